//! Rows as JSON: one object per row and line, with every column in it, NULL as null.
//!
//! Numbers are JSON numbers, except where most readers would lose digits (decimals) or JSON has none (NaN
//! and the infinities); those are strings, as are dates and times. Lists are arrays, structs objects; a map
//! is an object if its keys are texts, else an array of objects with `key` and `value`.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type, Schema};
use arrow::util::display::ArrayFormatter;

use super::{Sink, cells};
use crate::{Error, Result};

/// Bytes that are collected before they are written.
const CHUNK: usize = 64 << 10;

pub(super) struct Json<W> {
    to: W,
    /// What goes before each value of a row: `{"a":`, then `,"b":`
    before: Vec<Vec<u8>>,
}

impl<W: Write> Json<W> {
    pub(super) fn new(to: W, schema: &Schema) -> Self {
        let names = distinct(schema.fields().iter().map(|field| field.name().as_str()));
        Self { to, before: keys(names.iter().map(String::as_str)) }
    }
}

impl<W: Write> Sink for Json<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter().map(cells::unpacked).collect::<Result<Vec<_>>>()?;
        let columns = columns.iter().map(Encoder::new).collect::<Result<Vec<_>>>()?;
        let mut out = Vec::with_capacity(CHUNK + CHUNK / 4);
        for row in 0..batch.num_rows() {
            object(&self.before, &columns, row, &mut out)?;
            out.push(b'\n');
            if out.len() >= CHUNK {
                self.to.write_all(&out)?;
                out.clear();
            }
        }
        Ok(self.to.write_all(&out)?)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Writes the values of one column.
pub(super) struct Encoder<'a> {
    array: &'a dyn Array,
    values: Values<'a>,
}

enum Values<'a> {
    /// Values whose text is their JSON.
    Bare(ArrayFormatter<'a>),
    Quoted(ArrayFormatter<'a>),
    Float(ArrayFormatter<'a>, Box<dyn Fn(usize) -> f64 + 'a>),
    Text(Box<dyn Fn(usize) -> &'a str + 'a>),
    List {
        items: Box<Encoder<'a>>,
        range: Box<dyn Fn(usize) -> (usize, usize) + 'a>,
    },
    Struct {
        before: Vec<Vec<u8>>,
        columns: Vec<Encoder<'a>>,
    },
    Map {
        keys: Box<Encoder<'a>>,
        values: Box<Encoder<'a>>,
        offsets: &'a [i32],
    },
}

impl<'a> Encoder<'a> {
    /// `array` is [unpacked](cells::unpacked).
    pub(super) fn new(array: &'a ArrayRef) -> Result<Self> {
        let formatter = || cells::formatter(array, "null");
        let values = match array.data_type() {
            DataType::Null | DataType::Boolean => Values::Bare(formatter()?),
            number if number.is_integer() => Values::Bare(formatter()?),
            DataType::Float16 => {
                let floats = array.as_primitive::<Float16Type>();
                Values::Float(formatter()?, Box::new(|row| f64::from(floats.value(row))))
            }
            DataType::Float32 => {
                let floats = array.as_primitive::<Float32Type>();
                Values::Float(formatter()?, Box::new(|row| f64::from(floats.value(row))))
            }
            DataType::Float64 => {
                let floats = array.as_primitive::<Float64Type>();
                Values::Float(formatter()?, Box::new(|row| floats.value(row)))
            }
            DataType::Utf8 => {
                let texts = array.as_string::<i32>();
                Values::Text(Box::new(|row| texts.value(row)))
            }
            DataType::LargeUtf8 => {
                let texts = array.as_string::<i64>();
                Values::Text(Box::new(|row| texts.value(row)))
            }
            DataType::Utf8View => {
                let texts = array.as_string_view();
                Values::Text(Box::new(|row| texts.value(row)))
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let at = |row| list.value_offsets()[row] as usize;
                Values::List { items: Self::boxed(list.values())?, range: Box::new(move |row| (at(row), at(row + 1))) }
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let at = |row| list.value_offsets()[row] as usize;
                Values::List { items: Self::boxed(list.values())?, range: Box::new(move |row| (at(row), at(row + 1))) }
            }
            DataType::FixedSizeList(_, size) => {
                let (list, size) = (array.as_fixed_size_list(), *size as usize);
                let items = Self::boxed(list.values())?;
                Values::List { items, range: Box::new(move |row| (row * size, (row + 1) * size)) }
            }
            DataType::Struct(fields) => Values::Struct {
                before: keys(fields.iter().map(|field| field.name().as_str())),
                columns: array.as_struct().columns().iter().map(Self::new).collect::<Result<_>>()?,
            },
            DataType::Map(..) => {
                let map = array.as_map();
                let (keys, values) = (Self::boxed(map.keys())?, Self::boxed(map.values())?);
                Values::Map { keys, values, offsets: map.value_offsets() }
            }
            _ => Values::Quoted(formatter()?),
        };
        Ok(Self { array, values })
    }

    fn boxed(array: &'a ArrayRef) -> Result<Box<Self>> {
        Ok(Box::new(Self::new(array)?))
    }

    pub(super) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        if self.array.is_null(row) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        match &self.values {
            Values::Bare(text) => write!(out, "{}", text.value(row))?,
            Values::Quoted(text) => quote(&text.value(row).to_string(), out)?,
            Values::Float(text, number) => match number(row) {
                number if number.is_finite() => write!(out, "{}", text.value(row))?,
                number if number.is_nan() => quote("NaN", out)?,
                number => quote(if number > 0.0 { "Infinity" } else { "-Infinity" }, out)?,
            },
            Values::Text(text) => quote(text(row), out)?,
            Values::List { items, range } => {
                let (start, end) = range(row);
                out.push(b'[');
                for item in start..end {
                    if item > start {
                        out.push(b',');
                    }
                    items.write(item, out)?;
                }
                out.push(b']');
            }
            Values::Struct { before, columns } => object(before, columns, row, out)?,
            Values::Map { keys, values, offsets } => {
                let entries = offsets[row] as usize..offsets[row + 1] as usize;
                let texts = matches!(keys.values, Values::Text(_));
                out.push(if texts { b'{' } else { b'[' });
                for (position, entry) in entries.enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    if !texts {
                        out.extend_from_slice(b"{\"key\":");
                    }
                    keys.write(entry, out)?;
                    out.extend_from_slice(if texts { b":" } else { b",\"value\":" });
                    values.write(entry, out)?;
                    if !texts {
                        out.push(b'}');
                    }
                }
                out.push(if texts { b'}' } else { b']' });
            }
        }
        Ok(())
    }
}

fn object(before: &[Vec<u8>], columns: &[Encoder<'_>], row: usize, out: &mut Vec<u8>) -> Result<()> {
    if columns.is_empty() {
        out.push(b'{');
    }
    for (before, column) in before.iter().zip(columns) {
        out.extend_from_slice(before);
        column.write(row, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn keys<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Vec<u8>> {
    names
        .enumerate()
        .map(|(position, name)| {
            let mut key = vec![if position == 0 { b'{' } else { b',' }];
            key.extend(serde_json::Value::from(name).to_string().into_bytes());
            key.push(b':');
            key
        })
        .collect()
}

/// Names of which no two are equal, as readers keep but one value of a key: `a`, `a_2`.
fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        let mut unique = name.to_owned();
        let mut count = 1;
        while distinct.contains(&unique) {
            count += 1;
            unique = format!("{name}_{count}");
        }
        distinct.push(unique);
    }
    distinct
}

fn quote(text: &str, out: &mut Vec<u8>) -> Result<()> {
    serde_json::to_writer(out, text).map_err(|error| Error::Output(error.into()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeListArray, Float64Array,
        Int32Array, Int32Builder, Int64Array, ListArray, MapBuilder, NullArray, StringBuilder, StringViewArray,
        StructArray, TimestampMicrosecondArray,
    };
    use arrow::datatypes::{Field, Int8Type, Int32Type};

    use super::*;

    fn json(columns: Vec<(&str, ArrayRef)>) -> Vec<String> {
        let fields: Vec<_> =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
        let mut out = Vec::new();
        let mut sink = Json::new(&mut out, &batch.schema());
        sink.batch(&batch).unwrap();
        let text = String::from_utf8(out).unwrap();
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_kind_of_value() {
        let time = TimestampMicrosecondArray::from(vec![Some(1_357_034_400_000_000)]);
        let cases: Vec<(ArrayRef, &str)> = vec![
            (Arc::new(NullArray::new(1)), "null"),
            (Arc::new(BooleanArray::from(vec![true])), "true"),
            (Arc::new(Int64Array::from(vec![i64::MIN])), "-9223372036854775808"),
            (Arc::new(Int64Array::from(vec![None])), "null"),
            (Arc::new(Float64Array::from(vec![1.5])), "1.5"),
            (Arc::new(Float64Array::from(vec![f64::NAN])), "\"NaN\""),
            (Arc::new(Float64Array::from(vec![f64::NEG_INFINITY])), "\"-Infinity\""),
            (Arc::new(StringViewArray::from(vec!["a\"\n\u{1}é"])), "\"a\\\"\\n\\u0001é\""),
            (Arc::new(BinaryArray::from(vec![&b"\x00\xff"[..]])), "\"00ff\""),
            (Arc::new(Decimal128Array::from(vec![-12345]).with_precision_and_scale(38, 3).unwrap()), "\"-12.345\""),
            (Arc::new(Date32Array::from(vec![15_706])), "\"2013-01-01\""),
            (Arc::new(time.clone()), "\"2013-01-01T10:00:00\""),
            (Arc::new(time.with_timezone("UTC")), "\"2013-01-01T10:00:00Z\""),
            (Arc::new(["x"].into_iter().collect::<DictionaryArray<Int8Type>>()), "\"x\""),
        ];
        for (array, expected) in cases {
            assert_eq!(json(vec![("v", array)]), [format!("{{\"v\":{expected}}}")]);
        }
    }

    #[test]
    fn nested_values() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]);
        let sliced: ArrayRef = Arc::new(list.slice(1, 2));
        assert_eq!(json(vec![("l", Arc::new(list))]), [r#"{"l":[1,null]}"#, r#"{"l":null}"#, r#"{"l":[]}"#]);
        assert_eq!(json(vec![("l", sliced)]), [r#"{"l":null}"#, r#"{"l":[]}"#]);

        let pairs = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), Some(2)]), None], 2);
        assert_eq!(json(vec![("p", Arc::new(pairs.slice(0, 1)))]), [r#"{"p":[1,2]}"#]);

        let fields = vec![Field::new("x", DataType::Int32, true), Field::new("y", DataType::Boolean, true)];
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int32Array::from(vec![Some(1), None])), Arc::new(BooleanArray::from(vec![true, false]))];
        let pair = StructArray::new(fields.into(), columns, Some(vec![true, false].into()));
        assert_eq!(json(vec![("s", Arc::new(pair))]), [r#"{"s":{"x":1,"y":true}}"#, r#"{"s":null}"#]);

        let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        map.keys().append_value("k");
        map.values().append_null();
        map.append(true).unwrap();
        assert_eq!(json(vec![("m", Arc::new(map.finish()))]), [r#"{"m":{"k":null}}"#]);

        let mut map = MapBuilder::new(None, Int32Builder::new(), Int32Builder::new());
        map.keys().append_value(1);
        map.values().append_value(2);
        map.append(true).unwrap();
        assert_eq!(json(vec![("m", Arc::new(map.finish()))]), [r#"{"m":[{"key":1,"value":2}]}"#]);
    }

    #[test]
    fn columns_of_the_same_name_stay_apart() {
        let one: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        let row = json(vec![("a", Arc::clone(&one)), ("a", Arc::clone(&one)), ("a\"", one)]);
        assert_eq!(row, [r#"{"a":1,"a_2":1,"a\"":1}"#]);
    }
}
