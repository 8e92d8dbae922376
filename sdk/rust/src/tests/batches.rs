//! Batches: how they are made, taken apart and read.

use super::{column, values};
use crate::prelude::*;

#[derive(Row, Clone, Debug, PartialEq)]
struct City {
    name: String,
    people: Option<i64>,
    tags: Vec<String>,
}

fn cities(count: usize) -> Vec<City> {
    let city = |number: usize| City {
        name: format!("city {number}"),
        people: (!number.is_multiple_of(4)).then_some(number as i64),
        tags: (0..number % 3).map(|tag| tag.to_string()).collect(),
    };
    (0..count).map(city).collect()
}

#[test]
fn rows_come_back_as_they_went() {
    let all = cities(150);
    let batch = Batch::from_rows(all.clone());
    let names: Vec<_> = batch.fields().iter().map(|field| (&*field.name, field.nullable)).collect();
    assert_eq!((batch.rows(), names), (150, vec![("name", false), ("people", true), ("tags", false)]));
    assert_eq!(batch.to_rows::<City>().unwrap(), all);
    assert!(Batch::from_rows(Vec::<City>::new()).to_rows::<City>().unwrap().is_empty());

    #[derive(Row, Debug)]
    struct Count {
        people: i64,
    }
    let error = batch.to_rows::<Count>().unwrap_err();
    assert_eq!(error.message(), "column `people` holds a null, which its field has no place for");
    assert_eq!(error.row(), Some(0));
    let some = batch.slice(1, 3).to_rows::<Count>().unwrap();
    assert_eq!(some.into_iter().map(|row| row.people).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn rows_are_chosen() {
    let all = cities(100);
    let batch = Batch::from_rows(all.clone());
    let rows = |batch: Batch| batch.to_rows::<City>().unwrap();
    assert_eq!(rows(batch.slice(98, 10)), all[98..]);
    assert_eq!(rows(batch.slice(200, 1)), []);
    assert_eq!(rows(batch.take(&[5, 0, 5])), [&all[5], &all[0], &all[5]].map(Clone::clone));
    let keep: Vec<bool> = (0..100).map(|row| row % 10 == 1).collect();
    assert_eq!(rows(batch.filter(&keep)), all.iter().skip(1).step_by(10).cloned().collect::<Vec<_>>());
    let joined = Batch::concat(&[batch.slice(0, 30), batch.slice(30, 70)]).unwrap().unwrap();
    assert_eq!(rows(joined), all);
    assert!(Batch::concat(&[]).unwrap().is_none());
}

#[test]
fn columns_go_by_name() {
    let batch = Batch::from_columns([("a", column([1i64, 2])), ("b", column(["x", "y"]))]).unwrap();
    let batch = batch.with_column("c", column([Decimal::<5, 1>(15), Decimal(-5)])).unwrap();
    assert_eq!(batch.typed::<str>("b").unwrap().get(1), Some("y"));
    assert_eq!(values::<f64>(batch.numbers("c").unwrap().column()), [Some(1.5), Some(-0.5)]);
    assert_eq!(values::<f64>(batch.numbers("a").unwrap().column()), [Some(1.0), Some(2.0)]);
    for (error, message) in [
        (batch.column("d").err(), "there is no column `d`"),
        (batch.typed::<f64>("a").err(), "column `a` has Arrow format `l`, not `g`"),
        (batch.numbers("b").err(), "column `b` holds no numbers"),
        (batch.clone().with_column("d", column([1i64])).err(), "column `d` has 1 rows, not 2"),
        (Batch::new(batch.fields(), vec![]).err(), "0 columns for 3 fields"),
    ] {
        assert_eq!(error.unwrap().message(), message);
    }
}
