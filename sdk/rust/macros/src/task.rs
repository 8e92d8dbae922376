//! `#[task]`.

use crate::doc::Doc;
use crate::options::Options;
use crate::registration::{Registration, nothing_to_prepare};
use crate::signature::{self, Parameters, generic_argument};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemFn, Type};

/// The types that say what a JSON value of theirs is in SQL; parameters of other types take any.
const TYPED: [&str; 12] = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "String"];

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name"])?;
    let mut function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    let parameters = Parameters::take(&mut function.sig)?;
    parameters.unprepared()?;

    let ident = &function.sig.ident;
    let name = options.name(&ident.to_string());
    let doc = Doc::of(&function.attrs);
    let (known, names) = (parameters.sql_names(), parameters.names());
    let values = parameters.list.iter().zip(&names).map(|(parameter, value)| {
        let (data_type, optional) = parameter.named();
        let read = if optional { quote!(optional) } else { quote!(required) };
        let owned = if is_str(data_type) { quote!(::std::string::String) } else { quote!(#data_type) };
        let name = &parameter.name;
        quote_spanned!(data_type.span()=> let #value = inputs.#read::<#owned>(#name)?;)
    });
    let arguments = parameters.list.iter().zip(&names).map(|(parameter, value)| match parameter.named() {
        (data_type, true) if is_str(data_type) => quote!(#value.as_deref()),
        (data_type, false) if is_str(data_type) => quote!(&#value),
        _ => quote!(#value),
    });
    let call = quote!(#ident(#(#arguments),*));
    let output = signature::output(&function.sig);
    let returned = match generic_argument(&output, "Result") {
        Some(_) => quote!(#call.map_err(<sdk::Error as ::core::convert::From<_>>::from)?),
        None => call,
    };
    let outputs = quote_spanned!(output.span()=> sdk::outputs(returned));
    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: quote!(sdk::Volatility::Volatile),
        parameters: parameters.describe_named(type_of),
        variadic: false,
        returns: quote!(sdk::Returns::Unknown),
        prepare: nothing_to_prepare(),
        implementation: quote!(sdk::Implementation::Task(run)),
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn run(
                parameters: ::std::vec::Vec<(::std::string::String, ::std::string::String)>,
            ) -> ::core::result::Result<::std::vec::Vec<(::std::string::String, ::std::string::String)>, sdk::Error> {
                let inputs = sdk::Inputs::new(#known, parameters)?;
                let _ = &inputs;
                #(#values)*
                let returned = #returned;
                #outputs
            }

            #registration
        };
    })
}

fn is_str(data_type: &Type) -> bool {
    matches!(data_type, Type::Reference(reference) if is(&reference.elem, &["str"]))
}

fn is(data_type: &Type, names: &[&str]) -> bool {
    matches!(data_type, Type::Path(path) if path.path.get_ident().is_some_and(|ident| names.iter().any(|name| ident == name)))
}

fn type_of(data_type: &Type) -> TokenStream {
    if is_str(data_type) || is(data_type, &TYPED) {
        quote!(::core::option::Option::Some(<#data_type as sdk::Typed>::data_type()))
    } else if is(data_type, &["usize"]) {
        quote!(::core::option::Option::Some(sdk::DataType::UInt64))
    } else {
        quote!(::core::option::Option::None)
    }
}
