//! Rows as JSON, for the outputs of tasks.

use crate::value::Value;
use crate::{Batch, DataType, Date, Json, LocalTimestamp};

impl Batch {
    /// The rows as JSON objects. What JSON has no type for is text; decimals are, so that they stay exact.
    pub fn to_json(&self) -> Vec<Json> {
        let row = |row| {
            let columns = self.fields().iter().zip(self.columns());
            columns.map(|(field, column)| (field.name.to_string(), json(Value::of(column, row)))).collect()
        };
        (0..self.rows()).map(row).map(Json::Object).collect()
    }
}

fn json(value: Value<'_>) -> Json {
    /// The value as one of the type.
    macro_rules! as_type {
        ($type:ty) => {
            value.get::<$type>().ok().flatten()
        };
    }
    if value.is_null() {
        return Json::Null;
    }
    let json = match value.data_type() {
        DataType::Boolean => as_type!(bool).map(Json::from),
        DataType::Int8 => as_type!(i8).map(Json::from),
        DataType::Int16 => as_type!(i16).map(Json::from),
        DataType::Int32 => as_type!(i32).map(Json::from),
        DataType::Int64 => as_type!(i64).map(Json::from),
        DataType::UInt8 => as_type!(u8).map(Json::from),
        DataType::UInt16 => as_type!(u16).map(Json::from),
        DataType::UInt32 => as_type!(u32).map(Json::from),
        DataType::UInt64 => as_type!(u64).map(Json::from),
        DataType::Float32 => as_type!(f32).map(Json::from),
        DataType::Float64 => as_type!(f64).map(Json::from),
        DataType::Utf8 => as_type!(&str).map(Json::from),
        DataType::Binary => as_type!(&[u8]).map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        DataType::Date => as_type!(Date).map(|date| date.to_string().into()),
        DataType::Timestamp(None) => as_type!(LocalTimestamp).map(|time| time.to_string().into()),
        DataType::Timestamp(Some(_)) => value.timestamp().map(|time| time.to_string().into()),
        DataType::Decimal { scale, .. } => value.units().map(|units| crate::decimal::digits(units, *scale).into()),
        DataType::List(_) | DataType::Map(_) => Some(value.items().map(json).collect()),
        DataType::Struct(fields) => {
            let inner = fields.iter().enumerate().filter_map(|(index, field)| Some((field, value.field(index)?)));
            Some(Json::Object(inner.map(|(field, value)| (field.name.to_string(), json(value))).collect()))
        }
        DataType::Null | DataType::Other(..) => None,
    };
    json.unwrap_or(Json::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decimal, Timestamp, json};

    #[derive(crate::Row)]
    struct Order {
        id: i64,
        paid: Option<bool>,
        price: Decimal<10, 2>,
        day: Date,
        at: Timestamp,
        tags: Vec<String>,
        place: Place,
    }

    #[derive(crate::Row)]
    struct Place {
        city: String,
    }

    #[test]
    fn every_type_has_a_form() {
        let order = Order {
            id: 7,
            paid: None,
            price: Decimal(-1_205),
            day: Date(0),
            at: Timestamp(1_500_000),
            tags: vec!["a".into(), "b".into()],
            place: Place { city: "Delft".into() },
        };
        let rows = Batch::from_rows([order]).to_json();
        let expected = json!({
            "id": 7, "paid": null, "price": "-12.05", "day": "1970-01-01", "at": "1970-01-01 00:00:01.500000Z",
            "tags": ["a", "b"], "place": {"city": "Delft"},
        });
        assert_eq!(rows, [expected]);
    }
}
