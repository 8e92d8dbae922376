//! Every type that a column can have, through a real guest and back.

use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Int8Type, Int32Type, IntervalMonthDayNano, TimeUnit, i256};
use polder_sandbox::{Error, Interrupt};

use crate::guest::{bind, column, constant, functions};

const ROWS: usize = 100;

fn int64s() -> ArrayRef {
    Arc::new((0..ROWS as i64).map(|i| (i % 7 > 0).then_some(i * i - 50)).collect::<Int64Array>())
}

/// One array of every type that can cross as it is, of 100 rows with nulls among them.
fn plain() -> Vec<ArrayRef> {
    let ints = int64s();
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(NullArray::new(ROWS)),
        Arc::new((0..ROWS).map(|i| (i % 5 > 0).then_some(i % 3 == 0)).collect::<BooleanArray>()),
        Arc::new(
            (0..ROWS as i128)
                .map(|i| (i % 4 > 0).then_some(i * i * i - 77))
                .collect::<Decimal128Array>()
                .with_precision_and_scale(38, 10)
                .unwrap(),
        ),
        Arc::new(
            (0..ROWS as i128)
                .map(|i| Some(i256::from_i128(i)))
                .collect::<Decimal256Array>()
                .with_precision_and_scale(76, 0)
                .unwrap(),
        ),
        Arc::new(IntervalMonthDayNanoArray::from(vec![Some(IntervalMonthDayNano::new(1, -2, 3)); ROWS])),
        Arc::new((0..ROWS).map(|i| (i % 6 > 0).then(|| "é".repeat(i % 11))).collect::<StringArray>()),
        Arc::new((0..ROWS).map(|i| (i % 6 > 0).then(|| vec![i as u8; i % 4])).collect::<BinaryArray>()),
    ];
    let numbers = [
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float16,
        DataType::Float32,
        DataType::Float64,
    ];
    arrays.extend(numbers.iter().map(|number| cast(&ints, number).unwrap()));
    let units = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
    let mut times =
        vec![DataType::Date64, DataType::Time64(TimeUnit::Microsecond), DataType::Time64(TimeUnit::Nanosecond)];
    for unit in units {
        times.extend([
            DataType::Timestamp(unit, None),
            DataType::Timestamp(unit, Some("UTC".into())),
            DataType::Duration(unit),
        ]);
    }
    arrays.extend(times.iter().map(|time| cast(&ints, time).unwrap()));
    let ints = cast(&ints, &DataType::Int32).unwrap();
    let times = [DataType::Date32, DataType::Time32(TimeUnit::Second), DataType::Time32(TimeUnit::Millisecond)];
    arrays.extend(times.iter().map(|time| cast(&ints, time).unwrap()));
    arrays.extend([structs(), lists(structs()), maps(), lists(lists(maps()))]);
    arrays
}

fn structs() -> ArrayRef {
    let text: ArrayRef = Arc::new((0..ROWS).map(|i| (i % 2 > 0).then(|| i.to_string())).collect::<StringArray>());
    let fields = Fields::from(vec![Field::new("n", DataType::Int64, true), Field::new("text", DataType::Utf8, true)]);
    let nulls = NullBuffer::from_iter((0..ROWS).map(|i| i % 9 > 0));
    Arc::new(StructArray::new(fields, vec![int64s(), text], Some(nulls)))
}

/// Lists of 0 to 2 of the items, some null.
fn lists(items: ArrayRef) -> ArrayRef {
    let offsets = OffsetBuffer::<i32>::from_lengths((0..ROWS).map(|i| if i < 90 { i % 3 } else { 1 }));
    assert_eq!(offsets[ROWS] as usize, ROWS);
    let nulls = NullBuffer::from_iter((0..ROWS).map(|i| i % 8 > 0));
    let field = Arc::new(Field::new("item", items.data_type().clone(), true));
    Arc::new(ListArray::new(field, offsets, items, Some(nulls)))
}

fn maps() -> ArrayRef {
    let keys: ArrayRef = Arc::new(StringArray::from_iter_values((0..ROWS).map(|i| format!("key {i}"))));
    let fields =
        Fields::from(vec![Field::new("keys", DataType::Utf8, false), Field::new("values", DataType::Int64, true)]);
    let entries = StructArray::new(fields.clone(), vec![keys, int64s()], None);
    let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
    let offsets = OffsetBuffer::<i32>::from_lengths((0..ROWS).map(|i| if i < 90 { i % 3 } else { 1 }));
    Arc::new(MapArray::new(field, offsets, entries, None, false))
}

#[test]
fn plain_types_come_back_as_they_were() {
    for array in plain() {
        let echo = bind("echo", &[column(array.data_type().clone())]);
        assert_eq!(echo.returns().data_type(), array.data_type());
        for (from, rows) in [(0, ROWS), (0, 0), (0, 1), (7, 1), (3, 50), (8, 17), (13, ROWS - 13)] {
            let slice = array.slice(from, rows);
            let back = echo.call(std::slice::from_ref(&slice), rows).unwrap();
            assert_eq!(&back, &slice, "{} from {from}", array.data_type());
        }
        let one = array.slice(5, 1);
        let back = bind("echo", &[constant(one.clone())]).call(&[], 1).unwrap();
        assert_eq!(&back, &one, "a constant of {}", array.data_type());
    }
}

#[test]
fn other_layouts_come_back_plain() {
    let text: ArrayRef =
        Arc::new((0..ROWS).map(|i| (i % 6 > 0).then(|| format!("word {}", i % 10))).collect::<StringArray>());
    let bytes = cast(&text, &DataType::Binary).unwrap();
    let fixed: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter((0..ROWS).map(|i| [i as u8; 3])).unwrap());
    let decimals: ArrayRef = Arc::new(
        (0..ROWS as i32).map(|i| Some(i * 7)).collect::<Decimal32Array>().with_precision_and_scale(9, 2).unwrap(),
    );
    let item = |data_type| Arc::new(Field::new("item", data_type, true));
    let vectors = FixedSizeListArray::new(item(DataType::Int64), 4, int64s(), None);
    let runs = RunArray::try_new(
        &PrimitiveArray::<Int32Type>::from(vec![60, ROWS as i32]),
        &StringArray::from(vec![Some("a"), None]),
    )
    .unwrap();
    let nested = cast(&lists(text.clone()), &DataType::List(item(DataType::Utf8View))).unwrap();
    let keys = (0..ROWS).map(|i| (i % 4 > 0).then_some(i as i8 % 3)).collect::<PrimitiveArray<Int8Type>>();
    let dictionary = DictionaryArray::new(keys, Arc::new(StringArray::from(vec!["a", "b", "c"])));
    let layouts: Vec<(ArrayRef, DataType)> = vec![
        (cast(&text, &DataType::LargeUtf8).unwrap(), DataType::Utf8),
        (cast(&text, &DataType::Utf8View).unwrap(), DataType::Utf8),
        (cast(&bytes, &DataType::LargeBinary).unwrap(), DataType::Binary),
        (cast(&bytes, &DataType::BinaryView).unwrap(), DataType::Binary),
        (fixed, DataType::Binary),
        (decimals, DataType::Decimal128(9, 2)),
        (Arc::new(vectors), DataType::List(item(DataType::Int64))),
        (Arc::new(runs), DataType::Utf8),
        (nested, DataType::List(item(DataType::Utf8))),
        (Arc::new(dictionary), DataType::Utf8),
        (
            cast(&lists(int64s()), &DataType::LargeList(item(DataType::Int64))).unwrap(),
            DataType::List(item(DataType::Int64)),
        ),
    ];
    for (array, plain) in layouts {
        let rows = array.len();
        let echo = bind("echo", &[column(array.data_type().clone())]);
        assert_eq!(echo.returns().data_type(), &plain, "{}", array.data_type());
        for slice in [array.clone(), array.slice(3, rows - 5)] {
            let back = echo.call(std::slice::from_ref(&slice), slice.len()).unwrap();
            assert_eq!(&back, &cast(&slice, &plain).unwrap(), "{}", array.data_type());
        }
    }
}

#[test]
fn metadata_and_names_stay_with_the_type() {
    let field = Field::new("geometry", DataType::Binary, false)
        .with_metadata([("ARROW:extension:name".to_owned(), "geoarrow.wkb".to_owned())].into());
    let mut argument = column(DataType::Binary);
    argument.field = Arc::new(field.clone());
    assert_eq!(**bind("echo", &[argument]).returns(), field);
}

#[test]
fn unions_cannot_cross() {
    let fields = [(0, Arc::new(Field::new("a", DataType::Int32, true)))].into_iter().collect();
    let union = DataType::Union(fields, arrow::datatypes::UnionMode::Sparse);
    let error = functions().bind_scalar("echo", &[column(union.clone())], &Interrupt::new()).unwrap_err();
    assert!(matches!(&error, Error::Type(data_type) if *data_type == union), "{error:?}");
}
