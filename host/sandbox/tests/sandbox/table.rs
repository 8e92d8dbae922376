//! Table functions.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use polder_sandbox::{Error, Interrupt, Limits, TableFunction};

use crate::guest::{column, component, functions, home, int64s};

fn table(name: &str) -> TableFunction {
    functions().bind_table(name, &[column(DataType::Int64)], &Interrupt::new()).unwrap()
}

#[test]
fn gives_rows_with_their_source_in_pieces() {
    let series = table("series");
    assert_eq!(series.returns().fields().len(), 2);
    let arguments: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None, Some(0), Some(5)]));
    for max in [1, 2, 3, 100] {
        let mut rows = series.open(std::slice::from_ref(&arguments), 4).unwrap();
        let (mut sources, mut values) = (Vec::new(), Vec::new());
        while let Some((batch, source)) = rows.next(max).unwrap() {
            assert!(batch.num_rows() <= max);
            assert_eq!(batch.schema(), *series.returns());
            values.extend_from_slice(
                arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batch.column(0)).values(),
            );
            sources.extend(source);
        }
        assert_eq!(values, [0, 1, 2, 0, 1, 2, 3, 4]);
        assert_eq!(sources, [0, 0, 0, 3, 3, 3, 3, 3]);
        assert!(rows.next(max).unwrap().is_none(), "the end stays the end");
    }
}

#[test]
fn a_new_batch_drops_what_was_left() {
    let series = table("series");
    drop(series.open(&[int64s([1_000])], 1).unwrap());
    let mut rows = series.open(&[int64s([1])], 1).unwrap();
    assert_eq!(rows.next(10).unwrap().map(|(batch, source)| (batch.num_rows(), source)), Some((1, vec![0])));
    assert!(rows.next(10).unwrap().is_none());
}

#[test]
fn the_functions_own_error_names_the_row() {
    let error = table("series").open(&[int64s([1, -1])], 2).unwrap_err();
    assert!(matches!(&error, Error::Guest { row: Some(1), .. }), "{error:?}");
}

#[test]
fn all_rows_at_once_are_counted_and_weighed() {
    let collect = |limits: Limits, counts: &[i64]| {
        let plugin = home(limits).sandbox.load(component()).unwrap();
        let series = plugin.bind_table("series", &[column(DataType::Int64)], &Interrupt::new()).unwrap();
        series.collect(&[int64s(counts.iter().copied())], counts.len())
    };
    let limits = || Limits { table_rows: 10_000, table_bytes: 1 << 20, ..Limits::default() };
    let (rows, ends) = collect(limits(), &[0, 2, 0, 9_998, 0]).unwrap();
    assert_eq!((rows.num_rows(), ends.to_vec()), (10_000, vec![0, 0, 2, 2, 10_000, 10_000]));
    let (rows, ends) = collect(limits(), &[0, 0]).unwrap();
    assert_eq!((rows.num_rows(), ends.to_vec()), (0, vec![0, 0, 0]));

    let error = collect(limits(), &[5_000, 5_001]).unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "table_rows", value, .. } if value == "10000"), "{error:?}");
    let error = collect(Limits { table_bytes: 64 << 10, ..limits() }, &[5_000]).unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "table_bytes", value, .. } if value == "64 KiB"), "{error:?}");
}

#[test]
fn lies_about_rows_are_refused() {
    let lies = [
        ("too_many", "4 rows where 1 to 3 were asked for"),
        ("no_rows", "0 rows where 1 to 3 were asked for"),
        ("backwards", "source row 0 after 1"),
        ("beyond", "source row 1000 after 0, of 2 rows"),
        ("sourceless", "0 source rows for 3 rows"),
    ];
    for (name, why) in lies {
        let mut rows = table(name).open(&[int64s([2, 9])], 2).unwrap();
        let error = rows.next(3).unwrap_err();
        assert!(matches!(&error, Error::Contract { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains(why), "{name}: {error}");
        assert!(rows.next(3).unwrap().is_none(), "{name}: nothing comes after an error");
    }
}
