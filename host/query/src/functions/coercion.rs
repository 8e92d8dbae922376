//! Which argument types a plugin function takes, and how types are written in SQL.

use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use polder_sandbox::Parameter;

use super::Function;

/// What becomes of a value of one type where another is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Never,
    /// A constant of which nothing is lost is taken.
    Exactly,
    /// Every value is taken: the declared type is as wide, or wider.
    Always,
}

impl Function {
    fn parameter(&self, position: usize) -> Option<&Parameter> {
        self.description.parameters.get(position).or(self.description.parameters.last())
    }

    /// The types that the planner must cast the arguments to, or why it cannot. What only a constant may be stays as
    /// it is, for [`settle`](Self::settle) to see.
    pub(super) fn coerce(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let parameters = &self.description.parameters;
        let fits = if self.description.variadic {
            given.len() + 1 >= parameters.len()
        } else {
            given.len() == parameters.len()
        };
        if !fits {
            return plan_err!("{} takes {} arguments, not {}", self.signature(), parameters.len(), given.len());
        }
        let coerced = given.iter().enumerate().map(|(position, given)| {
            let Some((parameter, declared)) = self.parameter(position).and_then(typed) else {
                return Ok(given.clone());
            };
            match fit(given, declared) {
                Fit::Always => Ok(declared.clone()),
                Fit::Exactly => Ok(given.clone()),
                Fit::Never => Err(self.refused(parameter, declared, given, None)),
            }
        });
        coerced.collect()
    }

    /// The arguments as the function is bound with them: each a value of the declared type, or a constant that is one
    /// exactly. `decided` is whether what is no constant now will not become one.
    pub(super) fn settle(
        &self,
        fields: &[FieldRef],
        constants: &[Option<ScalarValue>],
        decided: bool,
    ) -> Result<Vec<FieldRef>> {
        let settled = fields.iter().zip(constants).enumerate().map(|(position, (field, constant))| {
            let given = field.data_type();
            let Some((parameter, declared)) = self.parameter(position).and_then(typed) else {
                return Ok(FieldRef::clone(field));
            };
            if fit(given, declared) != Fit::Exactly {
                return Ok(FieldRef::clone(field));
            }
            let taken = constant.as_ref().map_or(!decided, |value| is_exact(value, declared));
            match taken {
                true => Ok(FieldRef::new(field.as_ref().clone().with_data_type(declared.clone()))),
                false => Err(self.refused(parameter, declared, given, constant.as_ref())),
            }
        });
        settled.collect()
    }

    fn refused(
        &self,
        parameter: &Parameter,
        declared: &DataType,
        given: &DataType,
        value: Option<&ScalarValue>,
    ) -> DataFusionError {
        let (declared, given) = (type_name(declared), type_name(given));
        let shown = value.map_or("…".to_owned(), ToString::to_string);
        DataFusionError::Plan(format!(
            "{} takes {declared} as '{}', not {given}; write CAST({shown} AS {declared})",
            self.signature(),
            parameter.name,
        ))
    }
}

/// A parameter of one type, with that type.
fn typed(parameter: &Parameter) -> Option<(&Parameter, &DataType)> {
    parameter.field.as_ref().map(|field| (parameter, field.data_type()))
}

/// Nothing is cast in silence that could lose something, but for the last digits of what becomes a DOUBLE and of moments
/// finer than microseconds.
fn fit(from: &DataType, to: &DataType) -> Fit {
    use DataType::*;
    let text = |t: &DataType| matches!(t, Utf8 | LargeUtf8 | Utf8View);
    let bytes = |t: &DataType| matches!(t, Binary | LargeBinary | BinaryView | FixedSizeBinary(_));
    let date = |t: &DataType| matches!(t, Date32 | Date64);
    let moment = |t: &DataType| matches!(t, Timestamp(..));
    match (from, to) {
        (Null, _) => Fit::Always,
        (a, b) if a == b => Fit::Always,
        (Dictionary(_, value), to) => fit(value, to),
        (List(a) | LargeList(a) | FixedSizeList(a, _) | ListView(a), List(b) | LargeList(b)) => {
            fit(a.data_type(), b.data_type())
        }
        (Struct(a), Struct(b)) if a.len() == b.len() => {
            a.iter().zip(b).map(|(a, b)| fit(a.data_type(), b.data_type())).min().unwrap_or(Fit::Always)
        }
        (a, b) if text(a) && text(b) || bytes(a) && bytes(b) || date(a) && date(b) => Fit::Always,
        (a, b) if (date(a) || moment(a)) && moment(b) => Fit::Always,
        (a, b) if moment(a) && date(b) => Fit::Exactly,
        (a, b) if a.is_numeric() && b.is_numeric() => {
            if widens(a, b) {
                Fit::Always
            } else {
                Fit::Exactly
            }
        }
        _ => Fit::Never,
    }
}

/// Whether one type of number holds all values of another; DOUBLE passes for every other.
fn widens(from: &DataType, to: &DataType) -> bool {
    use DataType::*;
    match (from, to) {
        (_, Float64) | (Int8 | Int16 | UInt8 | UInt16 | Float16, Float32) => true,
        (_, Float16 | Float32) | (Float16 | Float32 | Float64, _) => false,
        _ if from.is_signed_integer() && to.is_unsigned_integer() => false,
        _ if from.is_integer() && to.is_integer() => {
            let (a, b) = (from.primitive_width(), to.primitive_width());
            a < b || a == b && from.is_signed_integer() == to.is_signed_integer()
        }
        _ => {
            let ((whole, fraction), (most_whole, most_fraction)) = (digits(from), digits(to));
            // Not every number of as many digits is one of the type.
            !to.is_integer() && whole <= most_whole && fraction <= most_fraction
        }
    }
}

/// How many digits a number has at most, before and behind the point.
fn digits(data_type: &DataType) -> (i16, i16) {
    use DataType::*;
    match data_type {
        Int8 | UInt8 => (3, 0),
        Int16 | UInt16 => (5, 0),
        Int32 | UInt32 => (10, 0),
        Int64 => (19, 0),
        UInt64 => (20, 0),
        Decimal32(p, s) | Decimal64(p, s) | Decimal128(p, s) | Decimal256(p, s) => {
            (i16::from(*p) - i16::from(*s), i16::from(*s))
        }
        _ => (0, 0),
    }
}

/// Whether a constant is a value of the type too. What is written with a point is a DOUBLE, and stands for the FLOAT
/// that is nearest.
fn is_exact(value: &ScalarValue, to: &DataType) -> bool {
    let Ok(cast) = value.cast_to(to) else { return false };
    match (value, &cast) {
        (ScalarValue::Float64(Some(from)), ScalarValue::Float32(Some(to))) => from.is_finite() == to.is_finite(),
        _ => cast.cast_to(&value.data_type()).is_ok_and(|back| back == *value),
    }
}

/// Parameters as SQL would declare them.
pub(super) fn parameters(function: &polder_sandbox::Function) -> String {
    let last = function.parameters.len().saturating_sub(1);
    let shown = function.parameters.iter().enumerate().map(|(position, parameter)| {
        let data_type = parameter.field.as_ref().map_or("ANY".to_owned(), |field| type_name(field.data_type()));
        let more = if function.variadic && position == last { "…" } else { "" };
        format!("{} {data_type}{more}", parameter.name)
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// `TABLE, key => STRING, keep => STRING?`: what a call takes by name, after what it takes first.
pub(super) fn options(first: &str, function: &polder_sandbox::Function) -> String {
    let options = function.parameters.iter().map(|parameter| {
        let data_type = parameter.field.as_ref().map_or("ANY".to_owned(), |field| type_name(field.data_type()));
        format!("{} => {data_type}{}", parameter.name, if parameter.optional { "?" } else { "" })
    });
    let all = Some(first.to_owned()).filter(|first| !first.is_empty()).into_iter().chain(options);
    all.collect::<Vec<_>>().join(", ")
}

/// A type in SQL's words, as CREATE TABLE takes it.
pub(crate) fn type_name(data_type: &DataType) -> String {
    use DataType::*;
    let name = match data_type {
        Boolean => "BOOLEAN",
        Int8 => "TINYINT",
        Int16 => "SMALLINT",
        Int32 => "INT",
        Int64 => "BIGINT",
        UInt8 => "TINYINT UNSIGNED",
        UInt16 => "SMALLINT UNSIGNED",
        UInt32 => "INT UNSIGNED",
        UInt64 => "BIGINT UNSIGNED",
        Float16 | Float32 => "FLOAT",
        Float64 => "DOUBLE",
        Utf8 | LargeUtf8 | Utf8View => "STRING",
        Binary | LargeBinary | BinaryView | FixedSizeBinary(_) => "BINARY",
        Date32 | Date64 => "DATE",
        Timestamp(_, zone) => {
            if zone.is_some() {
                "TIMESTAMP"
            } else {
                "TIMESTAMP_NTZ"
            }
        }
        Null => "VOID",
        Decimal32(p, s) | Decimal64(p, s) | Decimal128(p, s) | Decimal256(p, s) => return format!("DECIMAL({p},{s})"),
        List(item) | LargeList(item) | FixedSizeList(item, _) | ListView(item) | LargeListView(item) => {
            return format!("ARRAY<{}>", type_name(item.data_type()));
        }
        Struct(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|field| format!("{}: {}", field.name(), type_name(field.data_type()))).collect();
            return format!("STRUCT<{}>", fields.join(", "));
        }
        Map(entries, _) => match entries.data_type() {
            Struct(fields) if fields.len() == 2 => {
                return format!("MAP<{}, {}>", type_name(fields[0].data_type()), type_name(fields[1].data_type()));
            }
            _ => "MAP",
        },
        Dictionary(_, value) => return type_name(value),
        other => return other.to_string(),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::TimeUnit;

    use super::*;

    #[test]
    fn only_what_loses_nothing_is_always_taken() {
        use DataType::*;
        let second = Timestamp(TimeUnit::Second, None);
        for (from, to) in [
            (Int32, Int64),
            (UInt32, Int64),
            (Int64, Float64),
            (Decimal128(15, 2), Float64),
            (Float32, Float64),
            (Int16, Float32),
            (Int32, Decimal128(12, 2)),
            (Decimal128(8, 2), Decimal128(10, 3)),
            (Date32, second.clone()),
            (Utf8View, Utf8),
            (Null, Int8),
        ] {
            assert_eq!(fit(&from, &to), Fit::Always, "{from} as {to}");
        }
        for (from, to) in [
            (Int64, Int32),
            (UInt64, Int64),
            (Int8, UInt8),
            (Int8, UInt64),
            (Float64, Int64),
            (Float64, Float32),
            (Int32, Float32),
            (Int64, Decimal128(10, 2)),
            (Decimal128(10, 3), Decimal128(10, 2)),
            (Decimal128(3, 0), Int64),
            (Float64, Decimal128(10, 2)),
            (second, Date32),
        ] {
            assert_eq!(fit(&from, &to), Fit::Exactly, "{from} as {to}");
        }
        for (from, to) in [(Utf8, Int64), (Int64, Utf8), (Boolean, Int8), (Int64, Date32), (Binary, Utf8)] {
            assert_eq!(fit(&from, &to), Fit::Never, "{from} as {to}");
        }
    }

    #[test]
    fn a_constant_is_taken_if_nothing_of_it_is_lost() {
        let double = |value| ScalarValue::Float64(Some(value));
        for (value, to, exact) in [
            (double(2.0), DataType::Int64, true),
            (double(2.5), DataType::Int64, false),
            (double(1e30), DataType::Int64, false),
            (double(0.1), DataType::Float32, true),
            (double(1e300), DataType::Float32, false),
            (double(2.5), DataType::Decimal128(10, 2), true),
            (double(2.505), DataType::Decimal128(10, 2), false),
            (ScalarValue::Int64(Some(127)), DataType::Int8, true),
            (ScalarValue::Int64(Some(128)), DataType::Int8, false),
            (ScalarValue::Int64(Some(16_777_217)), DataType::Float32, false),
            (ScalarValue::Float64(None), DataType::Int64, true),
        ] {
            assert_eq!(is_exact(&value, &to), exact, "{value} as {to}");
        }
    }
}
