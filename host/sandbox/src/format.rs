//! Arrow types in the words of the contract, both ways.
//!
//! A schema crosses as a flat list of fields, each followed by its children, with the type as a format string of
//! Arrow's C data interface. What comes from a guest is hostile text, so the parser here is our own: it counts fields
//! and depth, checks every number, and knows no type that a batch cannot carry.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{
    DECIMAL32_MAX_PRECISION, DECIMAL64_MAX_PRECISION, DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType,
    Field, FieldRef, IntervalUnit, Schema, TimeUnit,
};
use serde::{Deserialize, Serialize};

use crate::bindings::data::FieldResult;
use crate::{Error, Limits, Result};

/// Bytes of a time zone's name; the longest in use has 32.
const ZONE_BYTES: usize = 64;
/// Key and value pairs that a field may carry.
const METADATA_PAIRS: usize = 16;
/// Bytes of a fixed-size binary value, items of a fixed-size list: each row takes them all, null or not.
const WIDTH: i32 = 1 << 16;

/// A field as it crosses, and as a description is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireField {
    pub(crate) name: String,
    pub(crate) format: String,
    pub(crate) nullable: bool,
    /// Direct children that follow.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) children: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) metadata: Vec<(String, String)>,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Appends `field` and its children to `out`.
///
/// # Errors
/// [`Error::Type`] for a type that cannot cross (views, dictionaries, unions, run ends).
pub(crate) fn flatten(field: &Field, out: &mut Vec<WireField>) -> Result<()> {
    let mut metadata: Vec<_> = field.metadata().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    metadata.sort();
    let children = children(field.data_type());
    out.push(WireField {
        name: field.name().clone(),
        format: format(field.data_type())?,
        nullable: field.is_nullable(),
        children: children.len() as u32,
        metadata,
    });
    children.iter().try_for_each(|child| flatten(child, out))
}

/// A schema for a guest that asked for it.
pub(crate) fn fields(schema: &Schema) -> Result<Vec<FieldResult>> {
    let mut flat = Vec::new();
    schema.fields().iter().try_for_each(|field| flatten(field, &mut flat))?;
    let fields = flat.into_iter().map(|field| {
        let WireField { name, format, nullable, children, metadata } = field;
        FieldResult { name, format, nullable, children, metadata }
    });
    Ok(fields.collect())
}

/// The fields directly below a nested type.
pub(crate) fn children(data_type: &DataType) -> &[FieldRef] {
    match data_type {
        DataType::List(child) | DataType::LargeList(child) | DataType::FixedSizeList(child, _) => {
            std::slice::from_ref(child)
        }
        DataType::Map(entries, _) => std::slice::from_ref(entries),
        DataType::Struct(fields) => fields,
        _ => &[],
    }
}

fn format(data_type: &DataType) -> Result<String> {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => 's',
        TimeUnit::Millisecond => 'm',
        TimeUnit::Microsecond => 'u',
        TimeUnit::Nanosecond => 'n',
    };
    Ok(match data_type {
        DataType::Null => "n".into(),
        DataType::Boolean => "b".into(),
        DataType::Int8 => "c".into(),
        DataType::UInt8 => "C".into(),
        DataType::Int16 => "s".into(),
        DataType::UInt16 => "S".into(),
        DataType::Int32 => "i".into(),
        DataType::UInt32 => "I".into(),
        DataType::Int64 => "l".into(),
        DataType::UInt64 => "L".into(),
        DataType::Float16 => "e".into(),
        DataType::Float32 => "f".into(),
        DataType::Float64 => "g".into(),
        DataType::Binary => "z".into(),
        DataType::LargeBinary => "Z".into(),
        DataType::Utf8 => "u".into(),
        DataType::LargeUtf8 => "U".into(),
        DataType::FixedSizeBinary(width) => format!("w:{width}"),
        DataType::Decimal128(precision, scale) => format!("d:{precision},{scale}"),
        DataType::Decimal32(precision, scale) => format!("d:{precision},{scale},32"),
        DataType::Decimal64(precision, scale) => format!("d:{precision},{scale},64"),
        DataType::Decimal256(precision, scale) => format!("d:{precision},{scale},256"),
        DataType::Date32 => "tdD".into(),
        DataType::Date64 => "tdm".into(),
        DataType::Time32(u) | DataType::Time64(u) => format!("tt{}", unit(u)),
        DataType::Timestamp(u, zone) => format!("ts{}:{}", unit(u), zone.as_deref().unwrap_or("")),
        DataType::Duration(u) => format!("tD{}", unit(u)),
        DataType::Interval(IntervalUnit::YearMonth) => "tiM".into(),
        DataType::Interval(IntervalUnit::DayTime) => "tiD".into(),
        DataType::Interval(IntervalUnit::MonthDayNano) => "tin".into(),
        DataType::List(_) => "+l".into(),
        DataType::LargeList(_) => "+L".into(),
        DataType::FixedSizeList(_, size) => format!("+w:{size}"),
        DataType::Struct(_) => "+s".into(),
        DataType::Map(_, _) => "+m".into(),
        other => return Err(Error::Type(other.clone())),
    })
}

/// The fields that a guest's flat list stands for, or what is wrong with it.
pub(crate) fn parse(fields: &[WireField], limits: &Limits) -> Result<Vec<FieldRef>, String> {
    if fields.len() > limits.fields {
        return Err(format!("a schema of {} fields (limit `fields`: {})", fields.len(), limits.fields));
    }
    let mut rest = fields.iter();
    let mut roots = Vec::new();
    while let Some(field) = rest.next() {
        roots.push(Arc::new(root(field, &mut rest, limits, 1)?));
    }
    Ok(roots)
}

/// Like [`parse`], for a schema that must have a single root.
pub(crate) fn parse_one(fields: &[WireField], limits: &Limits) -> Result<FieldRef, String> {
    let [field] = <[FieldRef; 1]>::try_from(parse(fields, limits)?)
        .map_err(|roots| format!("a schema with {} roots where one is expected", roots.len()))?;
    Ok(field)
}

fn root<'a>(
    field: &'a WireField,
    rest: &mut impl Iterator<Item = &'a WireField>,
    limits: &Limits,
    depth: usize,
) -> Result<Field, String> {
    if depth > limits.type_depth {
        return Err(format!("a type deeper than {} (limit `type_depth`)", limits.type_depth));
    }
    if field.name.len() > limits.name_bytes || field.name.chars().any(char::is_control) {
        return Err(format!("a field whose name is longer than {} bytes or has control characters", limits.name_bytes));
    }
    let (pairs, bytes) = (field.metadata.len(), field.metadata.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>());
    if pairs > METADATA_PAIRS || bytes > limits.text_bytes {
        let (name, most) = (&field.name, limits.text_bytes);
        return Err(format!(
            "field `{name}` carries more metadata than {METADATA_PAIRS} pairs, or than `text_bytes` allows: {most} bytes"
        ));
    }
    // Comments of columns are metadata too, and may have several lines.
    let odd = |text: &str| text.chars().any(|c| c.is_control() && !"\n\r\t".contains(c));
    if field.metadata.iter().any(|(key, value)| odd(key) || odd(value)) {
        return Err(format!("field `{}` carries metadata with control characters", field.name));
    }
    // Bounded by what is left of the list, however large the count claims to be.
    let mut children = Vec::new();
    for _ in 0..field.children {
        let child = rest.next().ok_or_else(|| format!("field `{}` lacks children that it counts", field.name))?;
        children.push(Arc::new(root(child, rest, limits, depth + 1)?));
    }
    let data_type = data_type(&field.format, children).map_err(|why| {
        format!("field `{}` has the format {:?}: {why}", field.name, crate::error::clean(&field.format, 40))
    })?;
    let metadata: HashMap<_, _> = field.metadata.iter().cloned().collect();
    Ok(Field::new(&field.name, data_type, field.nullable).with_metadata(metadata))
}

fn data_type(format: &str, children: Vec<FieldRef>) -> Result<DataType, &'static str> {
    if let Some(nested) = format.strip_prefix('+') {
        return nested_type(nested, children);
    }
    if !children.is_empty() {
        return Err("this type has no children");
    }
    if let Some(parameters) = format.strip_prefix("d:") {
        return decimal(parameters);
    }
    if let Some(width) = format.strip_prefix("w:") {
        return Ok(DataType::FixedSizeBinary(size(width)?));
    }
    if let Some(timestamp) = format.strip_prefix("ts") {
        let (unit, zone) =
            timestamp.split_once(':').ok_or("a timestamp is ts, a unit, a colon and a time zone or nothing")?;
        if zone.len() > ZONE_BYTES || !zone.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-:".contains(c)) {
            return Err("this is no time zone");
        }
        return Ok(DataType::Timestamp(time_unit(unit)?, (!zone.is_empty()).then(|| zone.into())));
    }
    Ok(match format {
        "n" => DataType::Null,
        "b" => DataType::Boolean,
        "c" => DataType::Int8,
        "C" => DataType::UInt8,
        "s" => DataType::Int16,
        "S" => DataType::UInt16,
        "i" => DataType::Int32,
        "I" => DataType::UInt32,
        "l" => DataType::Int64,
        "L" => DataType::UInt64,
        "e" => DataType::Float16,
        "f" => DataType::Float32,
        "g" => DataType::Float64,
        "z" => DataType::Binary,
        "Z" => DataType::LargeBinary,
        "u" => DataType::Utf8,
        "U" => DataType::LargeUtf8,
        "tdD" => DataType::Date32,
        "tdm" => DataType::Date64,
        "tts" => DataType::Time32(TimeUnit::Second),
        "ttm" => DataType::Time32(TimeUnit::Millisecond),
        "ttu" => DataType::Time64(TimeUnit::Microsecond),
        "ttn" => DataType::Time64(TimeUnit::Nanosecond),
        "tDs" | "tDm" | "tDu" | "tDn" => DataType::Duration(time_unit(&format[2..])?),
        "tiM" => DataType::Interval(IntervalUnit::YearMonth),
        "tiD" => DataType::Interval(IntervalUnit::DayTime),
        "tin" => DataType::Interval(IntervalUnit::MonthDayNano),
        "vu" | "vz" => return Err("views do not cross; use u or z"),
        _ => return Err("no such type"),
    })
}

fn nested_type(format: &str, mut children: Vec<FieldRef>) -> Result<DataType, &'static str> {
    if format == "s" {
        return Ok(DataType::Struct(children.into()));
    }
    let (Some(child), true) = (children.pop(), children.is_empty()) else {
        return Err("this type has exactly one child");
    };
    match format {
        "l" => Ok(DataType::List(child)),
        "L" => Ok(DataType::LargeList(child)),
        "m" => map(child),
        _ => {
            let length = format.strip_prefix("w:").ok_or("no such nested type")?;
            Ok(DataType::FixedSizeList(child, size(length)?))
        }
    }
}

fn map(entries: FieldRef) -> Result<DataType, &'static str> {
    let DataType::Struct(pair) = entries.data_type() else {
        return Err("a map's child is a struct of key and value");
    };
    if entries.is_nullable() || pair.len() != 2 || pair[0].is_nullable() {
        return Err("a map's child is a non-null struct of a non-null key and a value");
    }
    Ok(DataType::Map(entries, false))
}

fn decimal(parameters: &str) -> Result<DataType, &'static str> {
    let wrong = "a decimal is d:precision,scale or d:precision,scale,bits";
    let mut parts = parameters.split(',');
    let (Some(precision), Some(scale), bits, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(wrong);
    };
    let precision: u8 = precision.parse().map_err(|_| wrong)?;
    let scale: i8 = scale.parse().map_err(|_| wrong)?;
    let (most, data_type) = match bits {
        None | Some("128") => (DECIMAL128_MAX_PRECISION, DataType::Decimal128(precision, scale)),
        Some("32") => (DECIMAL32_MAX_PRECISION, DataType::Decimal32(precision, scale)),
        Some("64") => (DECIMAL64_MAX_PRECISION, DataType::Decimal64(precision, scale)),
        Some("256") => (DECIMAL256_MAX_PRECISION, DataType::Decimal256(precision, scale)),
        Some(_) => return Err(wrong),
    };
    if precision == 0 || precision > most || scale.unsigned_abs() > precision {
        return Err("this precision and scale do not fit");
    }
    Ok(data_type)
}

fn time_unit(unit: &str) -> Result<TimeUnit, &'static str> {
    match unit {
        "s" => Ok(TimeUnit::Second),
        "m" => Ok(TimeUnit::Millisecond),
        "u" => Ok(TimeUnit::Microsecond),
        "n" => Ok(TimeUnit::Nanosecond),
        _ => Err("a time unit is s, m, u or n"),
    }
}

fn size(text: &str) -> Result<i32, &'static str> {
    let size: i32 = text.parse().map_err(|_| "this size is no number")?;
    match size {
        1..=WIDTH => Ok(size),
        _ => Err("a fixed size is from 1 to 65536; use a variable one for more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_does_not_steer_a_terminal() {
        let parsed = |value: &str| {
            let metadata = vec![("comment".to_owned(), value.to_owned())];
            let field = WireField { name: "f".into(), format: "l".into(), nullable: true, children: 0, metadata };
            parse_one(&[field], &Limits::default())
        };
        assert!(parsed("two\n\tlines").is_ok());
        assert!(parsed("gone \u{1b}[2J").unwrap_err().contains("control characters"));
    }

    #[test]
    fn a_fixed_size_is_no_larger_than_a_row_may_be() {
        let parsed = |format: String, children: u32| {
            let field = |name: &str, format: String, children| WireField {
                name: name.to_owned(),
                format,
                nullable: true,
                children,
                metadata: vec![],
            };
            let mut fields = vec![field("f", format, children)];
            fields.extend((0..children).map(|_| field("item", "c".to_owned(), 0)));
            parse_one(&fields, &Limits::default())
        };
        for width in [1, 65_536] {
            assert!(parsed(format!("w:{width}"), 0).is_ok() && parsed(format!("+w:{width}"), 1).is_ok(), "{width}");
        }
        for width in [-1, 0, 65_537, i64::from(i32::MAX)] {
            for error in [parsed(format!("w:{width}"), 0).unwrap_err(), parsed(format!("+w:{width}"), 1).unwrap_err()] {
                assert!(error.contains("from 1 to 65536"), "{width}: {error}");
            }
        }
    }
}
