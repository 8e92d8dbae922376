//! Every type is read as it was written, wherever nulls and the ends of blocks lie.

use super::{column, values};
use crate::column::RawArray;
use crate::prelude::*;
use crate::value::{Read, Write};
use std::borrow::Cow;
use std::fmt::Debug;

#[derive(Row, Clone, Debug, PartialEq)]
struct Point {
    x: f64,
    label: Option<String>,
    tags: Vec<String>,
}

fn check<T: Clone + Debug + PartialEq + Write + for<'c> Read<'c>>(value: impl Fn(usize) -> T) {
    for rows in [0, 1, 63, 64, 65, 200] {
        for null in [usize::MAX, 1, 2, 64] {
            let written: Vec<Option<T>> = (0..rows).map(|row| (row % null != null - 1).then(|| value(row))).collect();
            let column = column(written.clone());
            assert_eq!(values::<T>(&column), written);

            // Through the border and back.
            let (mut arrays, data_type) = (Vec::<RawArray>::new(), column.data_type().clone());
            column.flatten(&mut arrays);
            let nulls = written.iter().filter(|value| value.is_none()).count();
            assert_eq!((arrays[0].length as usize, arrays[0].null_count as usize), (rows, nulls));
            assert_eq!(arrays[0].validity.len(), if nulls > 0 { rows.div_ceil(8) } else { 0 });
            let mut arrays = arrays.into_iter();
            let column = Column::unflatten(&data_type, &mut arrays).unwrap();
            assert!(arrays.next().is_none());
            assert_eq!(values::<T>(&column), written);

            // A constant has its value in every row.
            if let Some(first) = written.first() {
                let constant = super::column([first.clone()]).repeated(130);
                assert_eq!(values::<T>(&constant), vec![first.clone(); 130]);
            }
        }
    }
}

#[test]
fn every_type_is_read_as_it_was_written() {
    check(|row| row % 3 == 0);
    check(|row| row as i8);
    check(|row| row as u8);
    check(|row| -(row as i16));
    check(|row| row as u16 * 300);
    check(|row| -(row as i32) * 70_000);
    check(|row| row as u32 * 70_000);
    check(|row| i64::MIN + row as i64);
    check(|row| u64::MAX - row as u64);
    check(|row| row as f32 / 3.0);
    check(|row| row as f64 / 3.0);
    check(|row| Date(row as i32 - 50));
    check(|row| Timestamp(row as i64 * -1_000_001));
    check(|row| LocalTimestamp(row as i64));
    check(|row| Decimal::<38, 10>(i128::MIN + row as i128));
    check(|row| "é".repeat(row % 5));
    check(|row| vec![row as u8; row % 4]);
    check(|row| (0..row % 5).map(|item| (item % 2 == 0).then_some(item as i64)).collect::<Vec<_>>());
    check(|row| vec![vec![row as f32; row % 3]; row % 2]);
    check(|row| Point {
        x: row as f64,
        label: (row % 2 == 0).then(|| row.to_string()),
        tags: vec!["a".into(); row % 3],
    });
}

#[test]
fn borrowed_values_are_read_in_place() {
    let texts = column(["a", "bc", ""]);
    assert_eq!(values::<&str>(&texts), [Some("a"), Some("bc"), Some("")]);
    assert_eq!(values::<Cow<str>>(&column([Cow::Borrowed("x")])), [Some(Cow::Borrowed("x"))]);
    assert_eq!(values::<&[u8]>(&column([&b"xy"[..]])), [Some(&b"xy"[..])]);
    assert_eq!(values::<&[f64]>(&column([vec![1.0, 2.0], vec![]])), [Some(&[1.0, 2.0][..]), Some(&[])]);
}

#[test]
fn a_null_where_a_type_has_none_makes_the_whole_value_null() {
    let lists = column([Some(vec![Some(1i64), Some(2)]), Some(vec![Some(3), None]), None, Some(vec![])]);
    assert_eq!(values::<Vec<i64>>(&lists), [Some(vec![1, 2]), None, None, Some(vec![])]);
    assert_eq!(values::<&[i64]>(&lists), [Some(&[1, 2][..]), None, None, Some(&[])]);
    assert_eq!(values::<Vec<Option<i64>>>(&lists)[1], Some(vec![Some(3), None]));

    #[derive(Row)]
    struct Loose {
        x: Option<f64>,
        label: Option<String>,
        tags: Option<Vec<Option<String>>>,
    }
    let loose = |x, tags| Loose { x, label: None, tags };
    let rows = column([loose(Some(1.0), Some(vec![])), loose(None, Some(vec![])), loose(Some(2.0), Some(vec![None]))]);
    let points = values::<Point>(&rows);
    assert_eq!(points, [Some(Point { x: 1.0, label: None, tags: vec![] }), None, None]);
}

#[test]
fn schemas_cross_the_border_flat() {
    let field = Field::new(
        "f",
        DataType::Struct(
            [
                Field::new("d", DataType::Decimal { precision: 10, scale: -2 }).with_nullable(false),
                Field::new("l", DataType::list(DataType::timestamp_utc())),
                Field::new("t", DataType::Timestamp(None)),
                Field::new("o", DataType::Other("ttu".into(), [].into())),
            ]
            .into(),
        ),
    );
    let mut flat = Vec::new();
    field.flatten(&mut flat);
    let formats: Vec<_> = flat.iter().map(|field| (&*field.format, field.children)).collect();
    assert_eq!(formats, [("+s", 4), ("d:10,-2", 0), ("+l", 1), ("tsu:UTC", 0), ("tsu:", 0), ("ttu", 0)]);
    assert_eq!(Field::unflatten(&mut flat.into_iter()).unwrap(), field);
    assert!(Field::unflatten(&mut std::iter::empty()).is_err());
}
