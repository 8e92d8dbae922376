//! The entry of a function in the plugin's registry.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The parts of a `polder_sdk::__private::Function`, each an expression.
pub(crate) struct Registration {
    pub(crate) name: TokenStream,
    pub(crate) doc: TokenStream,
    pub(crate) examples: TokenStream,
    pub(crate) volatility: TokenStream,
    pub(crate) parameters: TokenStream,
    pub(crate) variadic: bool,
    pub(crate) returns: TokenStream,
    pub(crate) prepare: TokenStream,
    pub(crate) implementation: TokenStream,
}

/// The `prepare` of functions that have nothing to prepare.
pub(crate) fn nothing_to_prepare() -> TokenStream {
    quote!(|_| ::core::result::Result::Ok(::std::rc::Rc::new(())))
}

impl ToTokens for Registration {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { name, doc, examples, volatility, parameters, variadic, returns, prepare, implementation } = self;
        tokens.extend(quote! {
            sdk::inventory::submit! {
                sdk::Function {
                    name: #name,
                    doc: #doc,
                    examples: #examples,
                    volatility: #volatility,
                    parameters: #parameters,
                    variadic: #variadic,
                    returns: #returns,
                    prepare: #prepare,
                    implementation: #implementation,
                    package: sdk::package!(),
                }
            }
        });
    }
}
