//! `#[scalar]`.

use crate::doc::Doc;
use crate::options::Options;
use crate::signature::{self, Parameter};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile"])?;
    let mut function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    let parameters = signature::parameters(&mut function.sig)?;
    let output = signature::output(&function.sig);

    let (ident, name, volatility) = (&function.sig.ident, options.name(&function.sig.ident.to_string()), options.volatility());
    let Doc { text, examples } = Doc::of(&function.attrs);
    let examples = examples.iter().map(|(sql, result)| quote!((#sql, #result)));
    let descriptions = signature::describe(&parameters);
    let names = signature::argument_names(parameters.len());
    let pattern = signature::nest(names.iter().map(|name| quote!(#name)));
    let types = signature::nest(parameters.iter().map(|Parameter { data_type, .. }| quote!(#data_type)));

    Ok(quote! {
        #function

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn returns<'c>() -> sdk::DataType {
                sdk::output_type::<#output>()
            }

            fn call<'c>(inputs: &'c sdk::Inputs) -> ::core::result::Result<sdk::Column, sdk::Error> {
                sdk::map(inputs, |#pattern: #types| #ident(#(#names),*))
            }

            sdk::inventory::submit! {
                sdk::Function {
                    name: #name,
                    kind: sdk::Kind::Scalar,
                    doc: #text,
                    parameters: #descriptions,
                    variadic: false,
                    returns: || Some(::std::vec![sdk::Field::new(#name, returns())]),
                    volatility: #volatility,
                    examples: &[#(#examples),*],
                    bind: sdk::Bind::Scalar(|_| Ok(sdk::BoundScalar {
                        returns: returns(),
                        call: ::std::boxed::Box::new(call),
                    })),
                    package: sdk::package!(),
                }
            }
        };
    })
}
