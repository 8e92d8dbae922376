//! The attribute macros of `polder-sdk`. They only describe: each leaves the author's item as it is written and
//! adds its registration, which names types and calls functions of `polder_sdk::__private`. All logic is there,
//! in ordinary generic code.

mod aggregate;
mod doc;
mod methods;
mod options;
mod registration;
mod row;
mod scalar;
mod scorer;
mod signature;
mod table;
mod task;
mod transform;

use proc_macro::TokenStream;

/// Makes a plain function a SQL function from rows to values.
///
/// The parameters and the result may be `bool`, `i8` to `i64`, `u8` to `u64`, `f32`, `f64`, `&str`, `String`, `&[u8]`,
/// `Vec<u8>`, `Date`, `Timestamp`, `LocalTimestamp`, `Decimal<P, S>`, `Vec<T>` and structs with `#[derive(Row)]`.
/// A null argument makes the result null, unless the parameter is an `Option`. The result may be an `Option`, and a
/// `Result` with any error that can be displayed.
///
/// * `#[scalar(stable)]`: the same arguments give the same result within one statement only.
/// * `#[scalar(volatile)]`: every call may give another result.
/// * `#[scalar(name = "…")]`: the name in SQL, instead of the function's.
/// * `#[scalar(variadic)]`: the last parameter is a `Vec` of all arguments that are left.
/// * `#[scalar(returns = f)]`: `fn f(arguments: &[Argument]) -> Result<DataType>` tells the type of the result, which is a
///   [`Value`](../polder_sdk/struct.Value.html) then.
/// * `#[scalar(columns)]`: the function handles whole columns: its parameters are `&Float64Column`, `&Utf8Column`, …, or `&Column`
///   for any type, and the result is a column with as many rows.
///
/// A parameter with `#[bind(f)]` is a reference to what `f` makes of the argument, once where it is a constant.
#[proc_macro_attribute]
pub fn scalar(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(scalar::expand(options.into(), item.into()))
}

/// Makes a struct the state of an aggregate function, and the methods of its `impl` the function.
///
/// The struct's fields are the columns of the state, in which it is shuffled, spilled and merged; it is `Default`
/// before the first row. The name in SQL is the struct's in snake case, or that of `#[aggregate(name = "…")]`.
/// The `impl` has
/// * `fn update(&mut self, x: f64, …)`, which adds a row; its parameters are the function's. A row with a null is left
///   out, unless the parameter is an `Option`.
/// * `fn merge(&mut self, other: Self)`, which adds another state;
/// * `fn evaluate(&self) -> Option<f64>`, which tells the value. It can take arguments of `update` too, by the same
///   name, which then have to be constants in SQL.
#[proc_macro_attribute]
pub fn aggregate(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(aggregate::expand(options.into(), item.into()))
}

/// Makes a function that returns an iterator of rows a table function.
///
/// It returns `impl Iterator<Item = T>` or `Vec<T>`, or a `Result` of one, where `T` is a struct with `#[derive(Row)]`, or
/// a `Result` of it. The iterator is asked for no more rows than are wanted. A null argument makes no rows, unless the
/// parameter is an `Option`.
#[proc_macro_attribute]
pub fn table(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(table::expand(options.into(), item.into()))
}

/// Makes a plain function a task: a step of a workflow.
///
/// Its parameters are JSON values by name: whatever can be deserialized, and an `Option` where a run may leave it out. It
/// returns nothing, or anything that is serialized to a JSON object, whose fields are the task's outputs; or a `Result` of
/// one of these with any error that can be displayed. `#[task(name = "…")]`: another name.
#[proc_macro_attribute]
pub fn task(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(task::expand(options.into(), item.into()))
}

/// Makes the `impl` of a struct a transform: batches in, batches out, with the struct as the state in between.
///
/// The `impl` has
/// * `fn bind(input: &[Field], key: String, …) -> Result<(Self, Vec<Field>)>`, which takes the columns that come in and the
///   options of the call, by name, and tells the columns that come out. A call may leave out an option that is an `Option`.
/// * `fn push(&mut self, batch: Batch)`, which takes rows;
/// * `fn finish(&mut self)`, which may be left out, for when no more come.
///
/// Both return a `Batch`, an `Option<Batch>`, a `Vec<Batch>` or nothing, or a `Result` of one of them. The name in SQL is the
/// struct's in snake case, or that of `#[transform(name = "…")]`.
#[proc_macro_attribute]
pub fn transform(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(transform::expand(options.into(), item.into()))
}

/// Makes the `impl` of a struct a scorer: rows in, scores by a model out, with the struct as the model.
///
/// The `impl` has
/// * `fn load(input: &[Field]) -> Result<Self>`, which reads the model's files, see `polder_sdk::model`;
/// * `fn returns(&self) -> Vec<Field>`, which tells the columns of a score;
/// * `fn score(&self, batch: Batch)`, which returns them for as many rows as the batch has: a `Batch`, or a column where a score
///   is a single one, or a `Result` of that.
///
/// The name in SQL is the struct's in snake case, or that of `#[scorer(name = "…")]`.
#[proc_macro_attribute]
pub fn scorer(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(scorer::expand(options.into(), item.into()))
}

/// Makes a struct a row: the output of a table function, or a SQL struct as an argument or a result.
#[proc_macro_derive(Row)]
pub fn row(item: TokenStream) -> TokenStream {
    expand(row::derive(item.into()))
}

fn expand(tokens: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    tokens.unwrap_or_else(syn::Error::into_compile_error).into()
}
