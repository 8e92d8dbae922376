//! Scalar functions: from rows to values.

use crate::buffer::{BLOCK, low_bits};
use crate::function::Call;
use crate::value::{ReadRow, Typed, Write, Writer};
use crate::{Column, DataType, Error};

/// What a function returns: a value, or a result of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a function",
    label = "is no type of SQL, nor a `Result` of one whose error can be displayed"
)]
pub trait Output: Sized {
    type Value: Write;

    /// Writes the values of a block of rows; an error comes with the row that it is about.
    fn fill(writer: &mut Writing<Self>, value: impl FnMut(usize) -> Self) -> Result<(), (usize, Error)>;

    fn into_value(self) -> Result<Self::Value, Error>;
}

type Writing<R> = <<R as Output>::Value as Write>::Writer;

impl<T: Write> Output for T {
    type Value = T;

    #[inline]
    fn fill(writer: &mut T::Writer, value: impl FnMut(usize) -> T) -> Result<(), (usize, Error)> {
        T::write_block(writer, value);
        Ok(())
    }

    fn into_value(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T: Output, E: Into<Error>> Output for Result<T, E> {
    type Value = T::Value;

    #[inline]
    fn fill(writer: &mut Writing<Self>, mut value: impl FnMut(usize) -> Self) -> Result<(), (usize, Error)> {
        for row in 0..BLOCK {
            value(row).into_value().map_err(|error| (row, error))?.write(writer);
        }
        Ok(())
    }

    #[inline]
    fn into_value(self) -> Result<T::Value, Error> {
        self.map_err(Into::into)?.into_value()
    }
}

/// Calls `function` for every row whose arguments are all there; the result of other rows is null.
pub fn map<'c, A: ReadRow<'c>, R: Output>(call: &'c Call, mut function: impl FnMut(A) -> R) -> Result<Column, Error> {
    let readers = A::readers(&call.columns);
    let mut writer = <Writing<R>>::new(call.data_type(), call.rows);
    for start in (0..call.rows).step_by(BLOCK) {
        let (index, count) = (start / BLOCK, BLOCK.min(call.rows - start));
        let blocks = A::blocks(&readers, index);
        let valid = A::valid(&call.columns, &readers, index);
        if valid == u64::MAX && count == BLOCK {
            // The loop over a whole block has a fixed length, so that the compiler can vectorise it.
            R::fill(&mut writer, |row| function(A::get(blocks, row)))
        } else {
            some(&mut writer, valid & low_bits(count), count, |row| function(A::get(blocks, row)))
        }
        .map_err(|(row, error)| error.at(start + row))?;
    }
    Ok(writer.finish())
}

/// Writes the rows of a block whose bit is set, and nulls for the others.
fn some<R: Output>(
    writer: &mut Writing<R>,
    valid: u64,
    count: usize,
    mut value: impl FnMut(usize) -> R,
) -> Result<(), (usize, Error)> {
    for row in 0..count {
        if valid >> row & 1 == 1 {
            value(row).into_value().map_err(|error| (row, error))?.write(writer);
        } else {
            writer.push_null();
        }
    }
    Ok(())
}

/// The type of what a function returns, which has to be known without its arguments.
pub fn output_type<R: Output>() -> DataType {
    const { assert!(!R::Value::ANY, "a function that returns any `Value` needs #[scalar(returns = …)]") };
    R::Value::data_type()
}

/// `data_type`, if a function may return it; any type where its result is a `Value`.
pub fn bound_type<R: Output>(data_type: DataType) -> Result<DataType, Error> {
    let fits = R::Value::ANY || R::Value::data_type().same_values(&data_type);
    fits.then_some(data_type).ok_or_else(|| Error::new("`returns` tells another type than the function returns"))
}
