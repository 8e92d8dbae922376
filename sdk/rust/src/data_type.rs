//! Arrow's types as a plugin sees them, and their words in Arrow's C data interface, in which they cross
//! the border.

use crate::Error;
use std::rc::Rc;

/// The type of a column. Every type of a Delta table has a variant; Arrow's other types are [`DataType::Other`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataType {
    /// Nothing but nulls.
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Utf8,
    Binary,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01 00:00, in UTC (shown in the zone) or, without a zone, on the wall.
    Timestamp(Option<Rc<str>>),
    /// 128-bit integers that count units of 10^-scale.
    Decimal {
        precision: u8,
        scale: i8,
    },
    List(Rc<Field>),
    Struct(Rc<[Field]>),
    /// A list of entries: structs of a key and a value.
    Map(Rc<Field>),
    /// Any other type: its format string in Arrow's C data interface, and its children.
    Other(Rc<str>, Rc<[Field]>),
}

/// A named type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Rc<str>,
    pub data_type: DataType,
    pub nullable: bool,
}

/// A field as it crosses the border: flat, followed by its `children` direct children.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawField {
    pub name: String,
    pub format: String,
    pub nullable: bool,
    pub children: u32,
}

/// The types without parameters and their format strings.
const SIMPLE: [(DataType, &str); 15] = [
    (DataType::Null, "n"),
    (DataType::Boolean, "b"),
    (DataType::Int8, "c"),
    (DataType::UInt8, "C"),
    (DataType::Int16, "s"),
    (DataType::UInt16, "S"),
    (DataType::Int32, "i"),
    (DataType::UInt32, "I"),
    (DataType::Int64, "l"),
    (DataType::UInt64, "L"),
    (DataType::Float32, "f"),
    (DataType::Float64, "g"),
    (DataType::Utf8, "u"),
    (DataType::Binary, "z"),
    (DataType::Date, "tdD"),
];

impl DataType {
    /// A list of nullable items.
    pub fn list(item: DataType) -> Self {
        Self::List(Rc::new(Field::new("item", item)))
    }

    /// A timestamp in UTC.
    pub fn timestamp_utc() -> Self {
        Self::Timestamp(Some("UTC".into()))
    }

    /// The format string of Arrow's C data interface, such as `g` or `d:10,2`.
    pub fn format(&self) -> String {
        if let Some((_, format)) = SIMPLE.iter().find(|(simple, _)| simple == self) {
            return (*format).into();
        }
        match self {
            Self::Timestamp(zone) => format!("tsu:{}", zone.as_deref().unwrap_or_default()),
            Self::Decimal { precision, scale } => format!("d:{precision},{scale}"),
            Self::List(_) => "+l".into(),
            Self::Map(_) => "+m".into(),
            Self::Other(format, _) => format.to_string(),
            _ => "+s".into(),
        }
    }

    /// The types inside a nested type.
    pub fn children(&self) -> &[Field] {
        match self {
            Self::List(item) | Self::Map(item) => std::slice::from_ref(item),
            Self::Struct(fields) | Self::Other(_, fields) => fields,
            _ => &[],
        }
    }

    /// Bytes of a value, where each has the same number of whole bytes.
    pub(crate) fn width(&self) -> Option<usize> {
        Some(match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 | Self::Date => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Timestamp(_) => 8,
            Self::Decimal { .. } => 16,
            // Half floats, times, dates in milliseconds, timestamps in other units, durations, intervals.
            Self::Other(format, _) => match &**format {
                "e" => 2,
                "tts" | "ttm" | "tiM" => 4,
                "ttu" | "ttn" | "tdm" | "tDs" | "tDm" | "tDu" | "tDn" | "tiD" => 8,
                "tin" => 16,
                format if format.starts_with("ts") => 8,
                format if format.starts_with("d:") && format.ends_with(",256") => 32,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Whether its values are numbers.
    pub fn is_number(&self) -> bool {
        let integer = matches!(self.format().as_str(), "c" | "C" | "s" | "S" | "i" | "I" | "l" | "L");
        integer || matches!(self, Self::Float32 | Self::Float64 | Self::Decimal { .. })
    }

    /// The same type, but null may be whatever is inside.
    pub(crate) fn nullable_inside(&self) -> Self {
        let nullable = |field: &Field| Field::new(field.name.clone(), field.data_type.nullable_inside());
        match self {
            Self::List(item) => Self::List(Rc::new(nullable(item))),
            Self::Struct(fields) => Self::Struct(fields.iter().map(nullable).collect()),
            other => other.clone(),
        }
    }

    /// Whether both types have the same values, whatever their fields are called and whether they may be null.
    pub fn same_values(&self, other: &Self) -> bool {
        let (own, others) = (self.children(), other.children());
        self.format() == other.format()
            && own.len() == others.len()
            && own.iter().zip(others).all(|(a, b)| a.data_type.same_values(&b.data_type))
    }

    fn parse(format: &str, mut children: Vec<Field>) -> Result<Self, Error> {
        if let Some((simple, _)) = SIMPLE.iter().find(|(_, simple)| *simple == format) {
            return Ok(simple.clone());
        }
        if let Some(zone) = format.strip_prefix("tsu:") {
            return Ok(Self::Timestamp((!zone.is_empty()).then(|| zone.into())));
        }
        if let Some((precision, scale)) = format.strip_prefix("d:").and_then(|rest| rest.split_once(','))
            && let (Ok(precision), Ok(scale)) = (precision.parse(), scale.parse())
        {
            return Ok(Self::Decimal { precision, scale });
        }
        Ok(match (format, children.len()) {
            ("+l", 1) => Self::List(Rc::new(children.remove(0))),
            ("+m", 1) => Self::Map(Rc::new(children.remove(0))),
            ("+s", _) => Self::Struct(children.into()),
            ("+l" | "+m", count) => return Err(Error::new(format!("a type `{format}` has one child, not {count}"))),
            _ => Self::Other(format.into(), children.into()),
        })
    }
}

impl Field {
    /// A nullable field.
    pub fn new(name: impl Into<Rc<str>>, data_type: DataType) -> Self {
        Self { name: name.into(), data_type, nullable: true }
    }

    /// The same field, nullable or not.
    #[must_use]
    pub fn with_nullable(self, nullable: bool) -> Self {
        Self { nullable, ..self }
    }

    /// Appends the field and all that is inside it to a flat schema.
    #[doc(hidden)]
    pub fn flatten(&self, schema: &mut Vec<RawField>) {
        let children = self.data_type.children();
        schema.push(RawField {
            name: self.name.to_string(),
            format: self.data_type.format(),
            nullable: self.nullable,
            children: children.len() as u32,
        });
        children.iter().for_each(|child| child.flatten(schema));
    }

    /// Takes one field and all that is inside it from a flat schema.
    #[doc(hidden)]
    pub fn unflatten(schema: &mut impl Iterator<Item = RawField>) -> Result<Self, Error> {
        let raw = schema.next().ok_or_else(|| Error::new("the schema ends before its last field"))?;
        let children = (0..raw.children).map(|_| Self::unflatten(schema)).collect::<Result<_, _>>()?;
        Ok(Self { data_type: DataType::parse(&raw.format, children)?, name: raw.name.into(), nullable: raw.nullable })
    }
}
