//! Aggregates: groups that grow, states that travel, groups that move down.

use super::{bind, call, column, constant, values, varying};
use crate::aggregate::Groups;
use crate::function::{Bound, Implementation};
use crate::prelude::*;

#[aggregate]
#[derive(Default)]
struct RunningSum {
    sum: i64,
    last: Option<String>,
}

#[aggregate]
impl RunningSum {
    fn update(&mut self, number: i64, text: Option<&str>) -> Result<(), &'static str> {
        self.sum = self.sum.checked_add(number).ok_or("the sum is too large")?;
        self.last = text.map(str::to_owned).or(self.last.take());
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.last = other.last.or(self.last.take());
    }

    fn evaluate(&self) -> Option<String> {
        self.last.as_ref().map(|last| format!("{} {last}", self.sum))
    }
}

/// The sum, times a factor that is told at the end.
#[aggregate(name = "scaled")]
#[derive(Default)]
struct Scaled {
    sum: f64,
}

#[aggregate]
impl Scaled {
    fn update(&mut self, number: f64, _factor: f64) {
        self.sum += number;
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
    }

    fn evaluate(&self, factor: f64) -> f64 {
        self.sum * factor
    }
}

fn groups(bound: &Bound) -> Box<dyn Groups> {
    let Implementation::Aggregate { groups, .. } = bound.function.implementation else { panic!("no aggregate") };
    groups()
}

fn evaluate(bound: &Bound, groups: &mut Box<dyn Groups>, first: Option<usize>) -> Column {
    let Implementation::Aggregate { constants, .. } = bound.function.implementation else { panic!("no aggregate") };
    let call = bound.constants(groups.take(first), constants).unwrap();
    groups.evaluate(&call).unwrap()
}

fn running_sum() -> (Bound, Vec<Column>, Vec<u32>) {
    let columns = vec![
        column((0..150i64).map(|row| (row % 10 != 9).then_some(row))),
        column((0..150).map(|row| (row < 100).then(|| row.to_string()))),
    ];
    let groups = (0..150).map(|row| row % 3).collect();
    (bind("running_sum", columns.iter().map(varying)).unwrap(), columns, groups)
}

/// What the three groups come to.
fn expected() -> Vec<Option<String>> {
    let sum = |group| (0..150).filter(|row| row % 3 == group && row % 10 != 9).sum::<i64>();
    // Row 99 is left out since its number is null.
    vec![Some(format!("{} 96", sum(0))), Some(format!("{} 97", sum(1))), Some(format!("{} 98", sum(2)))]
}

#[test]
fn rows_are_added_to_their_groups() {
    let (bound, columns, of) = running_sum();
    let mut groups = groups(&bound);
    groups.update(&call(&bound, &columns), &of, 4).unwrap();
    assert!(groups.size() >= 4 * size_of::<RunningSum>() + 6);
    let mut all = expected();
    all.push(None);
    assert_eq!(values::<String>(&evaluate(&bound, &mut groups, None)), all);
    assert_eq!(evaluate(&bound, &mut groups, None).len(), 0);
}

#[test]
fn later_groups_move_down() {
    let (bound, columns, of) = running_sum();
    let mut groups = groups(&bound);
    groups.update(&call(&bound, &columns), &of, 3).unwrap();
    assert_eq!(values::<String>(&evaluate(&bound, &mut groups, Some(1))), expected()[..1]);
    // What was group 1 is group 0 now; a new group appears behind.
    let more = [column([1_000_000i64, 1]), column([None, Some("new")])];
    groups.update(&call(&bound, &more), &[0, 2], 3).unwrap();
    let (rows, state) = groups.state(Some(2));
    assert_eq!(
        (rows, values::<i64>(&state[0])[0]),
        (2, Some(1_000_000 + (0..50).map(|i| 3 * i + 1).filter(|r| r % 10 != 9).sum::<i64>()))
    );
    assert_eq!(values::<String>(&evaluate(&bound, &mut groups, Some(10))), [Some("1 new".to_owned())]);
}

#[test]
fn states_of_parts_merge_to_the_whole() {
    let (bound, columns, of) = running_sum();
    let (mut left, mut right) = (groups(&bound), groups(&bound));
    let part = |range: std::ops::Range<usize>| {
        let numbers = values::<i64>(&columns[0])[range.clone()].to_vec();
        let texts = values::<String>(&columns[1])[range].to_vec();
        call(&bound, &[column(numbers), column(texts)])
    };
    left.update(&part(0..70), &of[..70], 3).unwrap();
    right.update(&part(70..150), &of[70..], 3).unwrap();
    let (rows, states) = right.state(None);
    assert_eq!((rows, states.len(), right.size() < 1_000), (3, 2, true));
    left.merge(states, &[0, 1, 2], 3).unwrap();
    assert_eq!(values::<String>(&evaluate(&bound, &mut left, None)), expected());

    let wrong = vec![column([None::<i64>]), column([Some("x")])];
    assert_eq!(left.merge(wrong, &[0], 1).unwrap_err().row(), Some(0));
}

#[test]
fn an_error_tells_its_row() {
    let (bound, ..) = running_sum();
    let columns = [column([Some(1i64), None, Some(i64::MAX)]), column(["x"; 3])];
    let error = groups(&bound).update(&call(&bound, &columns), &[0, 0, 0], 1).unwrap_err();
    assert_eq!((error.row(), error.message()), (Some(2), "the sum is too large"));
}

#[test]
fn the_end_may_need_constants() {
    let numbers = column([1.0, 2.0, 3.0]);
    for (factor, expected) in [(Some(10.0), [Some(40.0), Some(20.0)]), (None, [None, None])] {
        let bound = bind("scaled", [varying(&numbers), constant(&column([factor]))]).unwrap();
        let mut groups = groups(&bound);
        groups.update(&call(&bound, std::slice::from_ref(&numbers)), &[0, 1, 0], 2).unwrap();
        assert_eq!(values::<f64>(&evaluate(&bound, &mut groups, None)), expected);
    }
    let bound = bind("scaled", [varying(&numbers), varying(&numbers)]).unwrap();
    let error = bound.constants(0, &[1]).err().unwrap();
    assert_eq!(error.message(), "argument 2 (`factor`) of `scaled` must be a constant");
}
