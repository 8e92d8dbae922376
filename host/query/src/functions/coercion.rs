//! Which argument types a plugin function takes, and how types are written in SQL.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{DataFusionError, Result, plan_err};

use super::Function;

impl Function {
    /// The types that the planner must cast the arguments to, or why it cannot.
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
        given
            .iter()
            .enumerate()
            .map(|(position, given)| {
                let Some(parameter) = parameters.get(position).or(parameters.last()) else {
                    return Ok(given.clone());
                };
                match &parameter.field {
                    None => Ok(given.clone()),
                    Some(field) if is_implicit(given, field.data_type()) => Ok(field.data_type().clone()),
                    Some(field) => Err(DataFusionError::Plan(format!(
                        "{} takes {} as '{}', not {}; write CAST(… AS {})",
                        self.signature(),
                        type_name(field.data_type()),
                        parameter.name,
                        type_name(given),
                        type_name(field.data_type()),
                    ))),
                }
            })
            .collect()
    }
}

/// Whether a value of one type is taken for another without being asked: within a family, and from NULL.
fn is_implicit(from: &DataType, to: &DataType) -> bool {
    use DataType::*;
    let text = |t: &DataType| matches!(t, Utf8 | LargeUtf8 | Utf8View);
    let bytes = |t: &DataType| matches!(t, Binary | LargeBinary | BinaryView | FixedSizeBinary(_));
    let number = |t: &DataType| t.is_numeric();
    let time = |t: &DataType| matches!(t, Date32 | Date64 | Timestamp(..));
    match (from, to) {
        (Null, _) => true,
        (Dictionary(_, value), to) => is_implicit(value, to),
        (List(a) | LargeList(a) | FixedSizeList(a, _) | ListView(a), List(b) | LargeList(b)) => {
            is_implicit(a.data_type(), b.data_type())
        }
        (Struct(a), Struct(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_implicit(a.data_type(), b.data_type()))
        }
        (a, b) => a == b || text(a) && text(b) || bytes(a) && bytes(b) || number(a) && number(b) || time(a) && time(b),
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
        Timestamp(TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond, zone) => {
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
