//! Aggregate functions: one state a group, which is a Rust struct while it grows and a row when it travels.

use crate::buffer::{BLOCK, low_bits};
use crate::function::{Call, Example};
use crate::scalar::{Output, map};
use crate::value::{Read, ReadRow, Record, Write, Writer};
use crate::{Column, Error};

/// The states of all groups of one aggregation.
pub trait Groups {
    /// Adds row i to group number `groups[i]`, of `total` groups so far.
    fn update(&mut self, call: &Call, groups: &[u32], total: usize) -> Result<(), Error>;

    /// Merges row i of the states into group number `groups[i]`, of `total` groups so far.
    fn merge(&mut self, states: Vec<Column>, groups: &[u32], total: usize) -> Result<(), Error>;

    /// The states of the first groups, or of all; later groups move down.
    fn state(&mut self, first: Option<usize>) -> (usize, Vec<Column>);

    /// How many groups [`Groups::evaluate`] takes, and so the rows of its call.
    fn take(&self, first: Option<usize>) -> usize;

    /// The values of the first groups, as many as the call has rows; later groups move down.
    /// The columns of the call are the constants that evaluation needs.
    fn evaluate(&mut self, call: &Call) -> Result<Column, Error>;

    /// Bytes of memory that the states hold.
    fn size(&self) -> usize;
}

/// A struct with `#[aggregate]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of an aggregate",
    label = "needs #[aggregate] on the struct too",
    note = "write #[aggregate] #[derive(Default)] on the struct, whose fields are the columns of the state"
)]
pub trait State: Record + Default + Write + for<'c> Read<'c> {
    const NAME: &'static str;
    const DOC: &'static str;
    const EXAMPLES: &'static [Example];
}

/// A struct with `#[aggregate]` on an `impl` as well.
#[diagnostic::on_unimplemented(
    message = "the aggregate `{Self}` has no functions",
    label = "needs #[aggregate] on its `impl` too",
    note = "the functions are `update`, `merge` and `evaluate`"
)]
pub trait Complete {}

/// What the author's functions do with the states.
pub struct Aggregation<S> {
    pub update: Update<S>,
    pub merge: fn(&mut [S], &Column, &[u32]) -> Result<(), Error>,
    pub evaluate: fn(Vec<S>, &Call) -> Result<Column, Error>,
}

/// Adds rows to the states of their groups.
type Update<S> = fn(&mut [S], &Call, &[u32]) -> Result<(), Error>;

struct States<S> {
    states: Vec<S>,
    aggregation: Aggregation<S>,
}

/// No group yet.
pub fn groups<S: State + 'static>(aggregation: Aggregation<S>) -> Box<dyn Groups> {
    Box::new(States { states: Vec::new(), aggregation })
}

impl<S: State> States<S> {
    fn grow(&mut self, total: usize) {
        if total > self.states.len() {
            self.states.resize_with(total, S::default);
        }
    }

    fn first(&mut self, count: usize) -> Vec<S> {
        self.states.drain(..count).collect()
    }
}

impl<S: State> Groups for States<S> {
    fn update(&mut self, call: &Call, groups: &[u32], total: usize) -> Result<(), Error> {
        self.grow(total);
        (self.aggregation.update)(&mut self.states, call, groups)
    }

    fn merge(&mut self, states: Vec<Column>, groups: &[u32], total: usize) -> Result<(), Error> {
        self.grow(total);
        let column = Column::new(S::data_type(), groups.len(), Default::default(), vec![], states);
        (self.aggregation.merge)(&mut self.states, &column, groups)
    }

    fn state(&mut self, first: Option<usize>) -> (usize, Vec<Column>) {
        let count = self.take(first);
        let mut writer = S::Writer::new(&S::data_type(), count);
        self.first(count).into_iter().for_each(|state| state.write(&mut writer));
        (count, writer.finish().into_children())
    }

    fn take(&self, first: Option<usize>) -> usize {
        first.unwrap_or(usize::MAX).min(self.states.len())
    }

    fn evaluate(&mut self, call: &Call) -> Result<Column, Error> {
        let states = self.first(call.rows);
        (self.aggregation.evaluate)(states, call)
    }

    fn size(&self) -> usize {
        self.states.capacity() * size_of::<S>() + self.states.iter().map(S::heap_size).sum::<usize>()
    }
}

/// What `update` and `merge` return: nothing, or a result of nothing.
#[diagnostic::on_unimplemented(message = "`update` and `merge` return nothing or a `Result<(), E>`, not `{Self}`")]
pub trait Done {
    fn done(self) -> Result<(), Error>;
}

impl Done for () {
    fn done(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<D: Done, E: Into<Error>> Done for Result<D, E> {
    fn done(self) -> Result<(), Error> {
        self.map_err(Into::into)?.done()
    }
}

/// Calls `function` with the group's state and the arguments of every row whose arguments are all there.
pub fn update<'c, S, A: ReadRow<'c>, D: Done>(
    states: &mut [S],
    call: &'c Call,
    groups: &[u32],
    mut function: impl FnMut(&mut S, A) -> D,
) -> Result<(), Error> {
    let readers = A::readers(&call.columns);
    for (index, groups) in groups.chunks(BLOCK).enumerate() {
        let blocks = A::blocks(&readers, index);
        let mut rows = A::valid(&call.columns, &readers, index) & low_bits(groups.len());
        while rows != 0 {
            let row = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            function(&mut states[groups[row] as usize], A::get(blocks, row))
                .done()
                .map_err(|error| error.at(index * BLOCK + row))?;
        }
    }
    Ok(())
}

/// Calls `function` with the group's state and the state of every row. A loop for each aggregate, and little in it:
/// groups come in any order, and while one is fetched from memory the processor goes on to the next.
pub fn merge<S: State>(
    states: &mut [S],
    others: &Column,
    groups: &[u32],
    mut function: impl FnMut(&mut S, S) -> Result<(), Error>,
) -> Result<(), Error> {
    let reader = S::reader(others);
    for (index, groups) in groups.chunks(BLOCK).enumerate() {
        let nulls = !S::valid(others, &reader, index) & low_bits(groups.len());
        if nulls != 0 {
            let row = index * BLOCK + nulls.trailing_zeros() as usize;
            return Err(Error::new("a state holds a null where it cannot be null").at(row));
        }
        let block = S::block(&reader, index);
        for (row, group) in groups.iter().enumerate() {
            function(&mut states[*group as usize], S::get(block, row))
                .map_err(|error| error.at(index * BLOCK + row))?;
        }
    }
    Ok(())
}

/// Calls `function` with every state and the constants; where a constant is null the value is null.
pub fn evaluate<'c, S, A: ReadRow<'c>, R: Output>(
    states: Vec<S>,
    call: &'c Call,
    mut function: impl FnMut(S, A) -> R,
) -> Result<Column, Error> {
    let mut states = states.into_iter();
    map(call, |constants: A| function(states.next().expect("a call has as many rows as there are states"), constants))
}
