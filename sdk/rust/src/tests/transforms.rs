//! Transforms, as the border calls them.

use super::column;
use crate::function::{Function, Implementation};
use crate::prelude::*;
use crate::transform::{Options, Ready, Transform};

struct Above {
    least: i64,
    dropped: i64,
}

/// Keeps rows of at least so much; the last row counts the others.
#[transform]
impl Above {
    fn bind(
        input: &[Field],
        /// The smallest that stays.
        least: i64,
        times: Option<i64>,
    ) -> Result<(Self, Vec<Field>)> {
        if &*input[0].name != "n" {
            return Err("the first column is n".into());
        }
        Ok((Self { least: least * times.unwrap_or(1), dropped: 0 }, vec![Field::new("n", DataType::Int64)]))
    }

    fn push(&mut self, batch: Batch) -> Result<Option<Batch>> {
        let keep: Vec<bool> = batch.typed::<i64>("n")?.iter().map(|n| n.is_some_and(|n| n >= self.least)).collect();
        self.dropped += keep.iter().filter(|keep| !**keep).count() as i64;
        let kept = batch.filter(&keep);
        Ok((!kept.is_empty()).then_some(kept))
    }

    fn finish(&mut self) -> Result<Batch> {
        Batch::from_columns([("n", column([self.dropped]))])
    }
}

fn numbers(numbers: impl IntoIterator<Item = i64>) -> Batch {
    Batch::from_columns([("n", column(numbers))]).unwrap()
}

fn bind(options: &[(&str, Column)]) -> Result<(Box<dyn Transform>, Vec<Field>), String> {
    let Implementation::Transform(bind) = Function::named("above").unwrap().implementation else { panic!() };
    let options = Options::new(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
    bind(&[Field::new("n", DataType::Int64)], &options).map_err(|error| error.message().to_owned())
}

fn values(batch: &Batch) -> Vec<i64> {
    batch.typed::<i64>("n").unwrap().iter().flatten().collect()
}

#[test]
fn rows_are_pulled_in_pieces() {
    let (mut transform, fields) = bind(&[("least", column([2i64])), ("times", column([5i64]))]).unwrap();
    let mut ready = Ready::default();
    ready.add(transform.push(numbers(0..10)).unwrap(), &fields).unwrap();
    assert!(ready.next(10).is_none());
    ready.add(transform.push(numbers(8..15)).unwrap(), &fields).unwrap();
    assert_eq!(ready.next(3).map(|batch| values(&batch)), Some(vec![10, 11, 12]));
    assert_eq!(ready.next(3).map(|batch| values(&batch)), Some(vec![13, 14]));
    assert!(ready.next(3).is_none());
    ready.add(transform.finish().unwrap(), &fields).unwrap();
    assert_eq!(ready.next(100).map(|batch| values(&batch)), Some(vec![12]));
    assert!(ready.next(3).is_none());
}

#[test]
fn a_batch_has_the_columns_that_were_told() {
    let mut ready = Ready::default();
    for (batch, message) in [
        (Batch::from_columns([("n", column(["x"]))]), "column `n` has Arrow format `u`, not `l`"),
        (numbers([1]).with_column("m", column([2.0])), "a batch has 2 columns, not 1 as was said"),
    ] {
        let error = ready.add(vec![batch.unwrap()], &[Field::new("n", DataType::Int64)]).err().unwrap();
        assert_eq!(error.message(), message);
    }
}

#[test]
fn an_error_names_the_option() {
    let one = column([1i64]);
    for (options, message) in [
        (vec![], "option `least` is missing"),
        (vec![("least", column([None::<i64>]))], "option `least` is missing"),
        (vec![("least", column(["x"]))], "option `least`: the value has Arrow format `u`, not `l`"),
        (vec![("least", one.clone()), ("most", one)], "there is no option `most`; there are: least, times"),
    ] {
        assert_eq!(bind(&options).err().as_deref(), Some(message));
    }
}

#[test]
fn transforms_describe_themselves() {
    let above = Function::named("above").unwrap();
    assert_eq!(above.doc, "Keeps rows of at least so much; the last row counts the others.");
    let parameters: Vec<_> = above.parameters.iter().map(|p| (p.name, p.doc, p.optional)).collect();
    assert_eq!(parameters, [("least", "The smallest that stays.", false), ("times", "", true)]);
    assert_eq!((above.parameters[1].data_type)(), Some(DataType::Int64));
}
