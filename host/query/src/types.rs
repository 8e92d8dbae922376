//! SQL's names of types as the Arrow types that a Delta table can hold.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use datafusion::common::{Result as PlanResult, plan_err};
use datafusion::logical_expr::planner::TypePlanner;
use datafusion::sql::sqlparser::ast::{
    self, ArrayElemTypeDef, ColumnOption, DataType as Sql, ExactNumberInfo, TimezoneInfo,
};

use crate::{Error, Result};

/// Plans types in CREATE TABLE and in casts alike, so that a cast gives what a column of that type holds.
#[derive(Debug)]
pub(crate) struct DeltaTypes;

impl TypePlanner for DeltaTypes {
    fn plan_type_field(&self, sql: &Sql) -> PlanResult<Option<FieldRef>> {
        Ok(arrow_type(sql)?.map(|data_type| Arc::new(Field::new("", data_type, true))))
    }
}

/// The columns of CREATE TABLE or ADD COLUMN. NOT NULL and COMMENT are kept; other options are refused.
pub(crate) fn columns(definitions: &[ast::ColumnDef]) -> Result<SchemaRef> {
    let fields = definitions.iter().map(column).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Schema::new(fields)))
}

fn column(definition: &ast::ColumnDef) -> Result<Field> {
    let name = if definition.name.quote_style.is_some() {
        definition.name.value.clone()
    } else {
        definition.name.value.to_lowercase()
    };
    let Some(data_type) = arrow_type(&definition.data_type)? else {
        return Err(Error::Unsupported(format!("a column cannot have the type {}", definition.data_type)));
    };
    let mut field = Field::new(&name, data_type, true);
    for option in &definition.options {
        match &option.option {
            ColumnOption::NotNull => field = field.with_nullable(false),
            ColumnOption::Null => {}
            ColumnOption::Comment(text) => {
                field = field.with_metadata([("comment".to_owned(), text.clone())].into());
            }
            other => {
                return Err(Error::Unsupported(format!(
                    "column '{name}' cannot have '{other}'; Delta columns take NOT NULL and COMMENT"
                )));
            }
        }
    }
    Ok(field)
}

/// The Arrow type; none for names that are not ours, which the engine may know.
fn arrow_type(sql: &Sql) -> PlanResult<Option<DataType>> {
    let data_type = match sql {
        Sql::Boolean | Sql::Bool => DataType::Boolean,
        Sql::TinyInt(_) => DataType::Int8,
        Sql::SmallInt(_) | Sql::Int2(_) => DataType::Int16,
        Sql::Int(_) | Sql::Integer(_) | Sql::Int4(_) => DataType::Int32,
        Sql::BigInt(_) | Sql::Int8(_) => DataType::Int64,
        Sql::Float(ExactNumberInfo::None) | Sql::Real | Sql::Float4 => DataType::Float32,
        Sql::Double(_) | Sql::DoublePrecision | Sql::Float8 => DataType::Float64,
        Sql::String(_) | Sql::Text | Sql::Varchar(_) | Sql::Char(_) | Sql::Character(_) | Sql::CharacterVarying(_) => {
            DataType::Utf8
        }
        Sql::Binary(_) | Sql::Varbinary(_) | Sql::Bytea | Sql::Blob(_) => DataType::Binary,
        Sql::Date => DataType::Date32,
        Sql::Timestamp(_, TimezoneInfo::None | TimezoneInfo::WithTimeZone | TimezoneInfo::Tz)
        | Sql::TimestampNtz(_) => {
            let zone = (!matches!(sql, Sql::TimestampNtz(_))).then(|| "UTC".into());
            DataType::Timestamp(TimeUnit::Microsecond, zone)
        }
        Sql::Timestamp(_, TimezoneInfo::WithoutTimeZone) | Sql::Datetime(_) => {
            DataType::Timestamp(TimeUnit::Microsecond, None)
        }
        Sql::Decimal(info) | Sql::Numeric(info) | Sql::Dec(info) => match *info {
            ExactNumberInfo::None => DataType::Decimal128(10, 0),
            ExactNumberInfo::Precision(precision) => decimal(precision, 0)?,
            ExactNumberInfo::PrecisionAndScale(precision, scale) => decimal(precision, scale)?,
        },
        Sql::Array(
            ArrayElemTypeDef::AngleBracket(item)
            | ArrayElemTypeDef::SquareBracket(item, _)
            | ArrayElemTypeDef::Parenthesis(item),
        ) => DataType::List(Arc::new(Field::new("element", inner(item)?, true))),
        Sql::Struct(fields, _) => {
            let fields = fields
                .iter()
                .enumerate()
                .map(|(at, field)| {
                    let name = field.field_name.as_ref().map_or(format!("c{at}"), |name| name.value.clone());
                    Ok(Field::new(name, inner(&field.field_type)?, true))
                })
                .collect::<PlanResult<Vec<_>>>()?;
            DataType::Struct(fields.into())
        }
        Sql::Map(key, value) => {
            let entries = vec![Field::new("key", inner(key)?, false), Field::new("value", inner(value)?, true)];
            DataType::Map(Arc::new(Field::new("key_value", DataType::Struct(entries.into()), false)), false)
        }
        Sql::Custom(name, arguments) => match (name.to_string().to_uppercase().as_str(), arguments.as_slice()) {
            ("STRING", []) => DataType::Utf8,
            ("LONG", []) => DataType::Int64,
            ("SHORT", []) => DataType::Int16,
            ("BYTE", []) => DataType::Int8,
            ("TIMESTAMP_NTZ", []) => DataType::Timestamp(TimeUnit::Microsecond, None),
            ("TIMESTAMP_LTZ", []) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(data_type))
}

fn inner(sql: &Sql) -> PlanResult<DataType> {
    match arrow_type(sql)? {
        Some(data_type) => Ok(data_type),
        None => plan_err!("there is no type {sql}"),
    }
}

fn decimal(precision: u64, scale: i64) -> PlanResult<DataType> {
    match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(precision @ 1..=38), Ok(scale)) if (0..=precision as i8).contains(&scale) => {
            Ok(DataType::Decimal128(precision, scale))
        }
        _ => plan_err!("DECIMAL({precision},{scale}): the precision is 1 to 38, the scale 0 to the precision"),
    }
}
