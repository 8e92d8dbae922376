//! `#[scalar]`.

use crate::doc::Doc;
use crate::options::Options;
use crate::registration::Registration;
use crate::signature::{self, Parameters};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ItemFn;
use syn::spanned::Spanned;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile"])?;
    let mut function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    let parameters = Parameters::take(&mut function.sig)?;
    let output = signature::output(&function.sig);

    let ident = &function.sig.ident;
    let name = options.name(&ident.to_string());
    let doc = Doc::of(&function.attrs);
    let (memos, pattern, names) = (parameters.memos(), parameters.pattern(), parameters.names());
    let body = parameters.body(quote!(#ident(#(#names),*)));
    let output_type = quote_spanned!(output.span()=> sdk::output_type::<#output>());
    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: options.volatility(),
        parameters: parameters.describe(),
        variadic: false,
        returns: quote!(sdk::Returns::Fixed(returns)),
        prepare: parameters.prepare(false),
        implementation: quote!(sdk::Implementation::Scalar(call)),
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn returns<'c>() -> ::std::vec::Vec<sdk::Field> {
                ::std::vec![sdk::Field::new(#name, #output_type)]
            }

            fn call<'c>(call: &'c sdk::Call) -> ::core::result::Result<sdk::Column, sdk::Error> {
                #memos
                sdk::map(call, |#pattern| #body)
            }

            #registration
        };
    })
}
