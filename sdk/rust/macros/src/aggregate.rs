//! `#[aggregate]`, on the struct of the state and on its `impl`.

use crate::doc::Doc;
use crate::options::Options;
use crate::registration::Registration;
use crate::row;
use crate::signature::{self, Parameters, snake_case};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Signature};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    match syn::parse2(item)? {
        Item::Struct(state) => expand_state(Options::parse(options, &["name"])?, &state),
        Item::Impl(functions) => expand_functions(Options::parse(options, &["stable", "volatile"])?, functions),
        other => Err(syn::Error::new(other.span(), "#[aggregate] stands on the struct of the state and on its `impl`")),
    }
}

fn expand_state(options: Options, state: &ItemStruct) -> syn::Result<TokenStream> {
    if !state.generics.params.is_empty() {
        return Err(syn::Error::new(
            state.generics.span(),
            "a state owns its values and has one type for each of them",
        ));
    }
    let ident = &state.ident;
    let name = options.name(&snake_case(&ident.to_string()));
    let doc = Doc::of(&state.attrs);
    let (text, examples, record) = (doc.text(), doc.examples(), row::expand(state)?);
    // Spanned, so that a missing `Default` or `impl` is reported at the struct.
    let implementation = quote_spanned! {ident.span()=>
        impl sdk::State for #ident {
            const NAME: &'static str = #name;
            const DOC: &'static str = #text;
            const EXAMPLES: &'static [sdk::Example] = #examples;
        }

        const _: fn() = || {
            fn complete<S: sdk::Complete>() {}
            complete::<#ident>();
        };
    };
    Ok(quote! {
        #state

        const _: () = {
            use ::polder_sdk::__private as sdk;

            #record
            #implementation
        };
    })
}

fn expand_functions(options: Options, mut functions: ItemImpl) -> syn::Result<TokenStream> {
    let state = &functions.self_ty;
    let state = quote_spanned!(state.span()=> #state);

    let update = method(&mut functions, "update", "`fn update(&mut self, x: f64)`, which adds a row")?;
    let parameters = Parameters::take(&mut update.sig)?;
    method(&mut functions, "merge", "`fn merge(&mut self, other: Self)`, which adds another state")?;
    let evaluate = method(&mut functions, "evaluate", "`fn evaluate(&self) -> f64`, which tells the value")?;
    let constants = Parameters::take(&mut evaluate.sig)?;
    let output = signature::output(&evaluate.sig);
    let receiver = if changes_self(&evaluate.sig) { quote!(mut state) } else { quote!(state) };

    let positions = constants.list.iter().map(|constant| {
        parameters.list.iter().position(|parameter| parameter.name == constant.name).ok_or_else(|| {
            let message = "`evaluate` can take those arguments of `update` that are constant, by the same name";
            syn::Error::new(constant.span, message)
        })
    });
    let positions = positions.collect::<syn::Result<Vec<_>>>()?;

    let (memos, pattern, names) = (parameters.memos(), parameters.pattern(), parameters.names());
    let body = parameters.body(quote!(sdk::Done::done(state.update(#(#names),*))));
    let (constant_pattern, constant_names) = (constants.pattern(), constants.names());
    let output_type = quote_spanned!(output.span()=> sdk::output_type::<#output>());
    let registration = Registration {
        name: quote!(<#state as sdk::State>::NAME),
        doc: quote!(<#state as sdk::State>::DOC),
        examples: quote!(<#state as sdk::State>::EXAMPLES),
        volatility: options.volatility(),
        parameters: parameters.describe(signature::row_type),
        variadic: false,
        returns: quote!(sdk::Returns::Fixed(returns)),
        prepare: parameters.prepare(false),
        implementation: quote! {
            sdk::Implementation::Aggregate {
                groups: || sdk::groups(sdk::Aggregation { update, merge, evaluate }),
                state: <#state as sdk::Record>::fields,
                constants: &[#(#positions),*],
            }
        },
    };
    Ok(quote! {
        #functions

        const _: () = {
            use ::polder_sdk::__private as sdk;

            impl sdk::Complete for #state {}

            fn returns<'c>() -> ::std::vec::Vec<sdk::Field> {
                ::std::vec![sdk::Field::new(<#state as sdk::State>::NAME, #output_type)]
            }

            fn update<'c>(
                states: &mut [#state],
                call: &'c sdk::Call,
                groups: &[u32],
            ) -> ::core::result::Result<(), sdk::Error> {
                #memos
                sdk::update(states, call, groups, |state, #pattern| #body)
            }

            fn merge(
                states: &mut [#state],
                others: &sdk::Column,
                groups: &[u32],
            ) -> ::core::result::Result<(), sdk::Error> {
                sdk::merge(states, others, groups, |state, other| sdk::Done::done(state.merge(other)))
            }

            fn evaluate<'c>(
                states: ::std::vec::Vec<#state>,
                call: &'c sdk::Call,
            ) -> ::core::result::Result<sdk::Column, sdk::Error> {
                sdk::evaluate(states, call, |#receiver: #state, #constant_pattern| state.evaluate(#(#constant_names),*))
            }

            #registration
        };
    })
}

/// The method of this name; `what` tells what it is for when it is missing.
fn method<'i>(functions: &'i mut ItemImpl, name: &str, what: &str) -> syn::Result<&'i mut ImplItemFn> {
    let span = functions.self_ty.span();
    let method = functions.items.iter_mut().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    });
    let method = method.ok_or_else(|| syn::Error::new(span, format!("an aggregate needs {what}")))?;
    signature::check(&method.sig)?;
    if !matches!(method.sig.inputs.first(), Some(FnArg::Receiver(_))) {
        return Err(syn::Error::new(method.sig.span(), format!("`{name}` is a method: {what}")));
    }
    Ok(method)
}

fn changes_self(signature: &Signature) -> bool {
    signature.receiver().is_some_and(|receiver| receiver.reference.is_some() && receiver.mutability.is_some())
}
