//! `#[transform]`.

use crate::doc::Doc;
use crate::methods::{method, own_name};
use crate::options::Options;
use crate::registration::{Registration, nothing_to_prepare};
use crate::signature::{self, Parameters, generic_argument, row_type};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ItemImpl;
use syn::spanned::Spanned;

const BIND: &str = "`fn bind(input: &[Field], …) -> Result<(Self, Vec<Field>)>`, which takes the options and tells the \
                    columns that come out";
const PUSH: &str = "`fn push(&mut self, batch: Batch) -> Result<Option<Batch>>`, which takes rows";

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile"])?;
    let mut functions: ItemImpl = syn::parse2(item)?;
    let transform = functions.self_ty.clone();
    let name = own_name(&options, &transform)?;
    let doc = Doc::of(&functions.attrs);

    let bind = method(&mut functions, "bind", false, BIND)?.ok_or_else(|| missing(&transform, BIND))?;
    let mut parameters = Parameters::take(&mut bind.sig)?;
    parameters.unprepared()?;
    if parameters.list.is_empty() {
        return Err(syn::Error::new(bind.sig.span(), format!("`bind` takes the input's columns: {BIND}")));
    }
    parameters.list.remove(0);
    let output = signature::output(&bind.sig);
    if generic_argument(&output, "Result").is_none() {
        return Err(syn::Error::new(output.span(), format!("`bind` returns a `Result`: {BIND}")));
    }
    let push = method(&mut functions, "push", true, PUSH)?.ok_or_else(|| missing(&transform, PUSH))?;
    let pushed = signature::output(&push.sig);
    let pushed = quote_spanned!(pushed.span()=> sdk::Batches::batches(<#transform>::push(self, batch)));
    let finish = method(&mut functions, "finish", true, "`fn finish(&mut self)`, which gives what is left")?;
    let finished = match finish {
        Some(finish) => {
            let output = signature::output(&finish.sig);
            quote_spanned!(output.span()=> sdk::Batches::batches(<#transform>::finish(self)))
        }
        None => quote!(::core::result::Result::Ok(::std::vec![])),
    };

    let (known, names) = (parameters.sql_names(), parameters.names());
    let values = parameters.list.iter().zip(&names).map(|(parameter, value)| {
        let (data_type, optional) = parameter.named();
        let read = if optional { quote!(optional) } else { quote!(required) };
        let name = &parameter.name;
        quote_spanned!(data_type.span()=> let #value = options.#read::<#data_type>(#name)?;)
    });
    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: options.volatility(),
        parameters: parameters.describe_named(row_type),
        variadic: false,
        returns: quote!(sdk::Returns::Unknown),
        prepare: nothing_to_prepare(),
        implementation: quote!(sdk::Implementation::Transform(bind)),
    };
    Ok(quote! {
        #functions

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn bind<'c>(
                input: &[sdk::Field],
                options: &'c sdk::Options,
            ) -> ::core::result::Result<
                (::std::boxed::Box<dyn sdk::Transform>, ::std::vec::Vec<sdk::Field>),
                sdk::Error,
            > {
                options.only(#known)?;
                #(#values)*
                let (transform, fields) = <#transform>::bind(input, #(#names),*)
                    .map_err(<sdk::Error as ::core::convert::From<_>>::from)?;
                ::core::result::Result::Ok((::std::boxed::Box::new(transform), fields))
            }

            impl sdk::Transform for #transform {
                fn push(
                    &mut self,
                    batch: sdk::Batch,
                ) -> ::core::result::Result<::std::vec::Vec<sdk::Batch>, sdk::Error> {
                    #pushed
                }

                fn finish(&mut self) -> ::core::result::Result<::std::vec::Vec<sdk::Batch>, sdk::Error> {
                    #finished
                }
            }

            #registration
        };
    })
}

fn missing(transform: &syn::Type, what: &str) -> syn::Error {
    syn::Error::new(transform.span(), format!("a transform needs {what}"))
}
