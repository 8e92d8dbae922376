//! The attribute macros of `polder-sdk`. They only describe: each leaves the author's item as it is written and
//! adds its registration, which names types and calls functions of `polder_sdk::__private`. All logic is there,
//! in ordinary generic code.

mod doc;
mod options;
mod scalar;
mod signature;

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
#[proc_macro_attribute]
pub fn scalar(options: TokenStream, item: TokenStream) -> TokenStream {
    expand(scalar::expand(options.into(), item.into()))
}

fn expand(tokens: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    tokens.unwrap_or_else(syn::Error::into_compile_error).into()
}
