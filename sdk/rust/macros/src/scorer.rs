//! `#[scorer]`.

use crate::doc::Doc;
use crate::methods::{method, own_name};
use crate::options::Options;
use crate::registration::{Registration, nothing_to_prepare};
use crate::signature::{self, generic_argument};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ItemImpl;
use syn::spanned::Spanned;

const LOAD: &str = "`fn load(input: &[Field]) -> Result<Self>`, which reads the model";
const RETURNS: &str = "`fn returns(&self) -> Vec<Field>`, which tells the columns of a score";
const SCORE: &str = "`fn score(&self, batch: Batch) -> Result<Batch>`, which scores rows";

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile"])?;
    let mut functions: ItemImpl = syn::parse2(item)?;
    let scorer = functions.self_ty.clone();
    let name = own_name(&options, &scorer)?;
    let doc = Doc::of(&functions.attrs);
    let missing = |what| syn::Error::new(scorer.span(), format!("a scorer needs {what}"));

    let load = method(&mut functions, "load", false, LOAD)?.ok_or_else(|| missing(LOAD))?;
    let loaded = signature::output(&load.sig);
    if generic_argument(&loaded, "Result").is_none() {
        return Err(syn::Error::new(loaded.span(), format!("`load` returns a `Result`: {LOAD}")));
    }
    method(&mut functions, "returns", true, RETURNS)?.ok_or_else(|| missing(RETURNS))?;
    let score = method(&mut functions, "score", true, SCORE)?.ok_or_else(|| missing(SCORE))?;
    let output = signature::output(&score.sig);
    let scored = quote_spanned!(output.span()=> sdk::Scores::scores(<#scorer>::score(self, batch)));

    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: options.volatility(),
        // The input's columns are as many as the model has.
        parameters: quote!(&[]),
        variadic: false,
        returns: quote!(sdk::Returns::Unknown),
        prepare: nothing_to_prepare(),
        implementation: quote!(sdk::Implementation::Scorer(load)),
    };
    Ok(quote! {
        #functions

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn load(
                input: &[sdk::Field],
            ) -> ::core::result::Result<::std::boxed::Box<dyn sdk::Scorer>, sdk::Error> {
                let scorer = <#scorer>::load(input).map_err(<sdk::Error as ::core::convert::From<_>>::from)?;
                ::core::result::Result::Ok(::std::boxed::Box::new(scorer))
            }

            impl sdk::Scorer for #scorer {
                fn returns(&self) -> ::std::vec::Vec<sdk::Field> {
                    <#scorer>::returns(self)
                }

                fn score(
                    &self,
                    batch: sdk::Batch,
                ) -> ::core::result::Result<::std::vec::Vec<sdk::Column>, sdk::Error> {
                    #scored
                }
            }

            #registration
        };
    })
}
