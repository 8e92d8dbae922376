//! `#[table]`.

use crate::doc::Doc;
use crate::options::Options;
use crate::registration::Registration;
use crate::signature::{self, Parameters, generic_argument, row_type};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, ItemFn, PathArguments, Type, TypeParamBound};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile"])?;
    let mut function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    let parameters = Parameters::take(&mut function.sig)?;
    let output = signature::output(&function.sig);
    let (fallible, rows) = match generic_argument(&output, "Result") {
        Some(rows) => (true, rows),
        None => (false, &output),
    };
    let item = item_type(rows).ok_or_else(|| {
        let message = "a table function returns `impl Iterator<Item = Row>` or `Vec<Row>`, or a `Result` of one";
        syn::Error::new(output.span(), message)
    })?;

    let ident = &function.sig.ident;
    let name = options.name(&ident.to_string());
    let doc = Doc::of(&function.attrs);
    let (prepared, pattern, names) = (parameters.prepared(), parameters.pattern(), parameters.names());
    let constants = parameters.constants();
    let rows = if fallible {
        quote!(#ident(#(#names),*).map_err(::core::convert::Into::into))
    } else {
        quote!(::core::result::Result::Ok(#ident(#(#names),*)))
    };
    let fields = quote_spanned!(item.span()=> <<#item as sdk::TableRow>::Row as sdk::Record>::fields());
    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: options.volatility(),
        parameters: parameters.describe(row_type),
        variadic: false,
        returns: quote!(sdk::Returns::Fixed(returns)),
        prepare: parameters.prepare(true),
        implementation: quote!(sdk::Implementation::Table(pages)),
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::polder_sdk::__private as sdk;

            fn returns<'c>() -> ::std::vec::Vec<sdk::Field> {
                #fields
            }

            fn pages<'c>(call: &'c sdk::Call) -> ::std::boxed::Box<dyn sdk::Pages + 'c> {
                #prepared
                sdk::pages(call, move |#pattern| {
                    #constants
                    #rows
                })
            }

            #registration
        };
    })
}

/// The type of the items: `T` of `impl Iterator<Item = T>`, of `Box<dyn Iterator<Item = T>>`, of `Vec<T>`, of `Option<T>`.
fn item_type(rows: &Type) -> Option<&Type> {
    let bounds = match rows {
        Type::ImplTrait(implied) => &implied.bounds,
        Type::TraitObject(object) => &object.bounds,
        _ => {
            let item = |container| generic_argument(rows, container);
            return item("Vec").or_else(|| item("Option")).or_else(|| item_type(item("Box")?));
        }
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
            _ => None,
        })
    })
}
