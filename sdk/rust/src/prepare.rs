//! `#[bind(f)]`: a value that is made of an argument by `f`, once where the argument is a constant.

use crate::function::Argument;
use crate::value::{Read, Typed};
use crate::{Column, DataType, Error};

/// The value made of an argument that is a constant; none when it varies, or is null and `f` does not take nulls.
pub struct Prepared<T>(Option<T>);

/// The value of the last row, kept for as long as the argument stays the same from row to row.
pub struct Memo<'p, A, T> {
    prepared: &'p Prepared<T>,
    last: Option<(A, T)>,
}

/// What `f` returns: the value, or a result of it.
#[diagnostic::on_unimplemented(
    message = "the function of #[bind] returns `{Self}`, but the parameter is a `&{T}`",
    label = "makes something else than the parameter refers to",
    note = "it returns `{T}`, or a `Result<{T}, E>` whose error can be displayed"
)]
pub trait Made<T> {
    fn made(self) -> Result<T, Error>;
}

impl<T> Made<T> for T {
    fn made(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T, E: Into<Error>> Made<T> for Result<T, E> {
    fn made(self) -> Result<T, Error> {
        self.map_err(Into::into)
    }
}

impl<T> Prepared<T> {
    pub fn new<'c, A: Read<'c>, M: Made<T>>(argument: &'c Argument, make: impl Fn(A) -> M) -> Result<Self, Error> {
        let value = argument.constant.as_ref().and_then(|constant| only_value(constant));
        value.map(|value| make(value).made()).transpose().map(Self)
    }

    /// As [`Prepared::new`], for an argument that must be a constant.
    pub fn constant<'c, A: Read<'c>, M: Made<T>>(
        argument: &'c Argument,
        name: &str,
        make: impl Fn(A) -> M,
    ) -> Result<Self, Error> {
        if argument.constant.is_none() {
            return Err(Error::new(format!("argument `{name}` must be a constant")));
        }
        Self::new(argument, make)
    }

    /// The value made of a constant. The arguments only tell the types.
    pub fn value<A, M>(&self, _: A, _: impl Fn(A) -> M) -> &T {
        self.0.as_ref().expect("rows in which the constant is null are not handled")
    }

    pub fn memo<A>(&self) -> Memo<'_, A, T> {
        Memo { prepared: self, last: None }
    }
}

/// The value of a constant, none when it is null.
fn only_value<'c, A: Read<'c>>(constant: &'c Column) -> Option<A> {
    // A reader cannot outlive this call, a value can.
    let reader = A::reader(constant);
    (A::valid(constant, &reader, 0) & 1 == 1).then(|| A::get(A::block(&reader, 0), 0))
}

impl<A: PartialEq, T> Memo<'_, A, T> {
    /// The value for an argument.
    pub fn get<M: Made<T>>(&mut self, argument: A, make: impl Fn(A) -> M) -> Result<&T, Error>
    where
        A: Clone,
    {
        if let Some(value) = &self.prepared.0 {
            return Ok(value);
        }
        if !self.last.as_ref().is_some_and(|(last, _)| *last == argument) {
            self.last = Some((argument.clone(), make(argument).made()?));
        }
        Ok(self.last.as_ref().map(|(_, value)| value).expect("it was made above"))
    }
}

/// The type of the argument from which `make` makes a value.
pub fn made_from<A: Typed, M>(_: impl Fn(A) -> M) -> DataType {
    A::data_type()
}
