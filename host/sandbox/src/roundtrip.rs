//! Property tests of the buffer conversion: what is lowered and lifted again is what it was, and whatever a guest makes
//! of it either is refused or is a valid array.

use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;

use crate::Limits;
use crate::bindings::polder::host::data::{ArrayResult, BatchResult};
use crate::format::{flatten, parse};
use crate::lift::lift;
use crate::lower::{Lowered, lower};

const MOST: usize = 1 << 20;

/// Types that can cross, nested ones among them.
fn data_type() -> impl Strategy<Value = DataType> {
    let leaf = prop_oneof![
        Just(DataType::Null),
        Just(DataType::Boolean),
        Just(DataType::Int8),
        Just(DataType::Int64),
        Just(DataType::Float64),
        Just(DataType::Utf8),
        Just(DataType::LargeUtf8),
        Just(DataType::Binary),
        Just(DataType::FixedSizeBinary(3)),
        Just(DataType::Decimal128(20, 2)),
        Just(DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()))),
    ];
    let field = |name: &'static str| move |data_type| Arc::new(Field::new(name, data_type, true));
    leaf.prop_recursive(3, 8, 3, move |inner| {
        prop_oneof![
            inner.clone().prop_map(move |item| DataType::List(field("item")(item))),
            inner.clone().prop_map(move |item| DataType::LargeList(field("item")(item))),
            (inner.clone(), 1..4).prop_map(move |(item, size)| DataType::FixedSizeList(field("item")(item), size)),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(move |types| DataType::Struct(types.into_iter().map(field("member")).collect())),
            inner.prop_map(move |value| {
                let pair =
                    Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", value, true)]);
                DataType::Map(Arc::new(Field::new("entries", DataType::Struct(pair), false)), false)
            }),
        ]
    })
}

/// A small generator of numbers, so that an array is a function of its type, length and seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn text(&mut self) -> String {
        ["", "a", "é", "polder", "土地", "a longer text"][self.below(6)].repeat(self.below(3))
    }

    fn nulls(&mut self, length: usize) -> Option<NullBuffer> {
        (self.below(3) > 0).then(|| (0..length).map(|_| self.below(4) > 0).collect())
    }

    fn offsets<O: OffsetSizeTrait>(&mut self, length: usize) -> OffsetBuffer<O> {
        OffsetBuffer::from_lengths((0..length).map(|_| self.below(4)))
    }
}

fn array(data_type: &DataType, length: usize, random: &mut Random) -> ArrayRef {
    let nulls = random.nulls(length);
    match data_type {
        DataType::Null => Arc::new(NullArray::new(length)),
        DataType::Boolean => Arc::new(BooleanArray::new((0..length).map(|_| random.below(2) > 0).collect(), nulls)),
        DataType::Int8 => Arc::new(Int8Array::new((0..length).map(|_| random.next() as i8).collect(), nulls)),
        DataType::Int64 => Arc::new(Int64Array::new((0..length).map(|_| random.next() as i64).collect(), nulls)),
        DataType::Float64 => {
            Arc::new(Float64Array::new((0..length).map(|_| f64::from_bits(random.next())).collect(), nulls))
        }
        DataType::Decimal128(precision, scale) => {
            let values = (0..length).map(|_| i128::from(random.next() as i64)).collect();
            Arc::new(Decimal128Array::new(values, nulls).with_precision_and_scale(*precision, *scale).unwrap())
        }
        DataType::Timestamp(_, zone) => {
            let values = (0..length).map(|_| random.next() as i64 >> 12).collect();
            Arc::new(TimestampMicrosecondArray::new(values, nulls).with_timezone_opt(zone.clone()))
        }
        DataType::Utf8 => {
            Arc::new((0..length).map(|_| (random.below(4) > 0).then(|| random.text())).collect::<StringArray>())
        }
        DataType::LargeUtf8 => {
            Arc::new((0..length).map(|_| (random.below(4) > 0).then(|| random.text())).collect::<LargeStringArray>())
        }
        DataType::Binary => {
            Arc::new((0..length).map(|_| (random.below(4) > 0).then(|| random.text())).collect::<BinaryArray>())
        }
        DataType::FixedSizeBinary(size) => {
            let values = (0..length * *size as usize).map(|_| random.next() as u8).collect::<Vec<_>>();
            Arc::new(FixedSizeBinaryArray::new(*size, values.into(), nulls))
        }
        DataType::List(item) => {
            let offsets = random.offsets::<i32>(length);
            let items = array(item.data_type(), offsets[length] as usize, random);
            Arc::new(ListArray::new(item.clone(), offsets, items, nulls))
        }
        DataType::LargeList(item) => {
            let offsets = random.offsets::<i64>(length);
            let items = array(item.data_type(), offsets[length] as usize, random);
            Arc::new(LargeListArray::new(item.clone(), offsets, items, nulls))
        }
        DataType::FixedSizeList(item, size) => {
            let items = array(item.data_type(), length * *size as usize, random);
            Arc::new(FixedSizeListArray::new(item.clone(), *size, items, nulls))
        }
        DataType::Struct(fields) => Arc::new(structs(fields, length, nulls, random)),
        DataType::Map(entries, _) => {
            let DataType::Struct(pair) = entries.data_type() else { unreachable!("a map's entries are structs") };
            let offsets = random.offsets::<i32>(length);
            let keys = (0..offsets[length]).map(|i| Some(format!("{i}"))).collect::<StringArray>();
            let values = array(pair[1].data_type(), offsets[length] as usize, random);
            let pairs = StructArray::new(pair.clone(), vec![Arc::new(keys), values], None);
            Arc::new(MapArray::new(entries.clone(), offsets, pairs, nulls, false))
        }
        other => unreachable!("no generator for {other}"),
    }
}

fn structs(fields: &Fields, length: usize, nulls: Option<NullBuffer>, random: &mut Random) -> StructArray {
    let members = fields.iter().map(|field| array(field.data_type(), length, random)).collect();
    StructArray::new(fields.clone(), members, nulls)
}

/// What a guest that echoes would hand back.
fn echo(lowered: &Lowered) -> BatchResult {
    lowered.lend(|batch| BatchResult {
        rows: batch.rows,
        arrays: batch
            .arrays
            .iter()
            .map(|array| ArrayResult {
                length: array.length,
                null_count: array.null_count,
                validity: array.validity.to_vec(),
                buffers: array.buffers.iter().map(|buffer| buffer.to_vec()).collect(),
            })
            .collect(),
    })
}

/// Turns one thing in `batch` into something else.
fn damage(batch: &mut BatchResult, random: &mut Random) {
    let odd = [0, 1, 7, 8, 255, u32::MAX, u32::MAX / 2, i32::MAX as u32][random.below(8)];
    let at = random.below(batch.arrays.len());
    if random.below(20) == 0 {
        batch.arrays.remove(at);
        return;
    }
    let array = &mut batch.arrays[at];
    let which = random.below(array.buffers.len());
    match random.below(6) {
        0 => array.length = odd,
        1 => array.null_count = odd,
        2 => flip(&mut array.validity, random),
        3 => cut(&mut array.validity, random),
        4 => array.buffers.get_mut(which).into_iter().for_each(|buffer| flip(buffer, random)),
        _ => array.buffers.get_mut(which).into_iter().for_each(|buffer| cut(buffer, random)),
    }
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    let new = [random.next() as u8, 0, 0x80, 0xff][random.below(4)];
    bytes.get_mut(at).into_iter().for_each(|byte| *byte = new);
}

fn cut(bytes: &mut Vec<u8>, random: &mut Random) {
    bytes.resize(random.below(bytes.len() + 9), 0);
}

/// `rows` rows from the middle of an array of the type, with its field.
fn column(data_type: &DataType, rows: usize, seed: u64) -> (FieldRef, ArrayRef) {
    let (mut random, before) = (Random(seed), (seed % 11) as usize);
    let array = array(data_type, before + rows + 3, &mut random).slice(before, rows);
    (Arc::new(Field::new("column", data_type.clone(), true)), array)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowered_and_lifted_is_what_it_was(data_type in data_type(), rows in 0usize..40, seed: u64) {
        let (field, array) = column(&data_type, rows, seed);
        let lifted = lift(&[field], echo(&lower(std::slice::from_ref(&array), rows).unwrap()), rows, MOST).unwrap();
        prop_assert_eq!(&lifted[0], &array);
        prop_assert_eq!(lifted[0].null_count(), array.null_count());
        lifted[0].to_data().validate_full().unwrap();
    }

    #[test]
    fn what_was_tampered_with_is_refused_or_valid(data_type in data_type(), rows in 0usize..20, seed: u64, times in 1..4) {
        let (field, array) = column(&data_type, rows, seed);
        let mut batch = echo(&lower(&[array], rows).unwrap());
        let mut random = Random(!seed);
        for _ in 0..times {
            if !batch.arrays.is_empty() {
                damage(&mut batch, &mut random);
            }
        }
        if let Ok(columns) = lift(&[field], batch, rows, MOST) {
            let [column] = &columns[..] else { panic!("one column") };
            prop_assert_eq!(column.len(), rows);
            column.to_data().validate_full().unwrap();
            let shown = ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap();
            (0..rows).for_each(|row| drop(shown.value(row).try_to_string()));
        }
    }

    #[test]
    fn types_come_back_as_they_were(data_type in data_type()) {
        let field = Field::new("column", data_type, true);
        let mut wire = Vec::new();
        flatten(&field, &mut wire).unwrap();
        prop_assert_eq!(parse(&wire, &Limits::default()).unwrap(), vec![Arc::new(field)]);
    }

    #[test]
    fn format_strings_never_panic(format in "[+a-zA-Z]{0,3}[:,0-9a-zA-Z-]{0,12}", children in 0u32..3) {
        let field = |children, format: &str| crate::format::WireField {
            name: "x".into(), format: format.into(), nullable: true, children, metadata: vec![],
        };
        let _ = parse(&[field(children, &format), field(0, "l"), field(0, "u")], &Limits::default());
    }
}
