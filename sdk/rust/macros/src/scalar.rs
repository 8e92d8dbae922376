//! `#[scalar]`.

use crate::doc::Doc;
use crate::options::Options;
use crate::registration::Registration;
use crate::signature::{self, Parameters, row_type, vec_item};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ItemFn, Type};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(options, &["name", "stable", "volatile", "columns", "variadic", "returns"])?;
    let mut function: ItemFn = syn::parse2(item)?;
    signature::check(&function.sig)?;
    let mut parameters = Parameters::take(&mut function.sig)?;
    let form = if options.columns {
        by_columns(&options, &function, &mut parameters)?
    } else {
        by_rows(&options, &function, &mut parameters)?
    };

    let Form { returns, call, descriptions } = form;
    let name = options.name(&function.sig.ident.to_string());
    let doc = Doc::of(&function.attrs);
    let (returned, returns) = match &options.returns {
        None => (
            quote!(sdk::Returns::Fixed(returns)),
            quote! {
                fn returns<'c>() -> ::std::vec::Vec<sdk::Field> {
                    ::std::vec![sdk::Field::new(#name, #returns)]
                }
            },
        ),
        Some(_) => (
            quote!(sdk::Returns::Bound(returns)),
            quote! {
                fn returns<'c>(
                    arguments: &'c [sdk::Argument],
                ) -> ::core::result::Result<::std::vec::Vec<sdk::Field>, sdk::Error> {
                    ::core::result::Result::Ok(::std::vec![sdk::Field::new(#name, #returns)])
                }
            },
        ),
    };
    let registration = Registration {
        name: quote!(#name),
        doc: doc.text(),
        examples: doc.examples(),
        volatility: options.volatility(),
        parameters: descriptions,
        variadic: parameters.variadic,
        returns: returned,
        prepare: parameters.prepare(false),
        implementation: quote!(sdk::Implementation::Scalar(call)),
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::polder_sdk::__private as sdk;

            #returns

            fn call<'c>(call: &'c sdk::Call) -> ::core::result::Result<sdk::Column, sdk::Error> {
                #call
            }

            #registration
        };
    })
}

/// What the two forms of functions differ in.
struct Form {
    /// An expression for the type of the result.
    returns: TokenStream,
    /// The body of the function that handles a call.
    call: TokenStream,
    descriptions: TokenStream,
}

/// The function handles one row.
fn by_rows(options: &Options, function: &ItemFn, parameters: &mut Parameters) -> syn::Result<Form> {
    if options.variadic {
        parameters.make_variadic(&function.sig, "a `Vec` of the arguments that are left", vec_item)?;
    }
    let (ident, output) = (&function.sig.ident, signature::output(&function.sig));
    let (memos, pattern, names) = (parameters.memos(), parameters.pattern(), parameters.names());
    let body = parameters.body(quote!(#ident(#(#names),*)));
    Ok(Form {
        returns: match &options.returns {
            None => quote_spanned!(output.span()=> sdk::output_type::<#output>()),
            Some(bind) => quote_spanned!(output.span()=> sdk::bound_type::<#output>(#bind(arguments)?)?),
        },
        call: quote! {
            #memos
            sdk::map(call, |#pattern| #body)
        },
        descriptions: parameters.describe(row_type),
    })
}

/// The function handles whole columns.
fn by_columns(options: &Options, function: &ItemFn, parameters: &mut Parameters) -> syn::Result<Form> {
    if let Some(made) = parameters.first_made() {
        return Err(syn::Error::new(
            made,
            "a function on whole columns cannot have #[bind]: it sees a constant itself",
        ));
    }
    let (ident, output) = (&function.sig.ident, signature::output(&function.sig));
    for parameter in &mut parameters.list {
        let Type::Reference(reference) = &parameter.data_type else {
            let message = "a function on whole columns takes references to them, such as `&Float64Column`";
            return Err(syn::Error::new(parameter.span, message));
        };
        parameter.data_type = (*reference.elem).clone();
    }
    if options.variadic {
        parameters.make_variadic(
            &function.sig,
            "a slice of the columns that are left, such as `&[Column]`",
            |last| match last {
                Type::Slice(slice) => Some((*slice.elem).clone()),
                _ => None,
            },
        )?;
    }
    let count = parameters.list.len();
    let columns = parameters.list.iter().enumerate().map(|(index, parameter)| {
        let data_type = &parameter.data_type;
        let column = quote_spanned!(data_type.span()=> <#data_type as sdk::Whole>::from_column);
        if parameters.variadic && index + 1 == count {
            quote!(&call.columns[#index..].iter().cloned().map(#column).collect::<::std::vec::Vec<_>>())
        } else {
            quote!(&#column(call.columns[#index].clone()))
        }
    });
    Ok(Form {
        returns: match &options.returns {
            None => quote_spanned!(output.span()=> sdk::whole_type::<#output>()),
            Some(bind) => quote!(#bind(arguments)?),
        },
        call: quote_spanned!(output.span()=> sdk::whole(call, #ident(#(#columns),*))),
        descriptions: parameters
            .describe(|data_type| quote_spanned!(data_type.span()=> <#data_type as sdk::Whole>::data_type())),
    })
}
