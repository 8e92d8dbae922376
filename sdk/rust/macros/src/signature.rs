//! The parameters of the author's function.

use crate::doc;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, GenericArgument, Ident, Lifetime, Pat, PatType, PathArguments, ReturnType, Signature, Type};

/// A parameter that is an argument in SQL.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Its type, with the lifetime `'c` wherever there is one.
    pub(crate) data_type: Type,
}

/// Refuses what no SQL function can be.
pub(crate) fn check(signature: &Signature) -> syn::Result<()> {
    let wrong: Option<(&dyn Spanned, &str)> = match signature {
        Signature { asyncness: Some(token), .. } => Some((token, "a SQL function cannot be async")),
        Signature { unsafety: Some(token), .. } => Some((token, "a SQL function cannot be unsafe")),
        Signature { variadic: Some(token), .. } => Some((token, "C variadics have no types")),
        Signature { generics, .. } if generics.type_params().next().is_some() => {
            Some((generics, "a SQL function has one type for each parameter: name it instead of a type parameter"))
        }
        Signature { generics, .. } if generics.const_params().next().is_some() => {
            Some((generics, "a SQL function cannot have const parameters"))
        }
        _ => None,
    };
    wrong.map_or(Ok(()), |(tokens, message)| Err(syn::Error::new(tokens.span(), message)))
}

/// Takes the attributes that are ours off the parameters and reads these.
pub(crate) fn parameters(signature: &mut Signature) -> syn::Result<Vec<Parameter>> {
    signature.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Receiver(_) => None,
        FnArg::Typed(parameter) => Some(parse(parameter)),
    }).collect()
}

fn parse(parameter: &mut PatType) -> syn::Result<Parameter> {
    let name = match &*parameter.pat {
        Pat::Ident(pattern) => pattern.ident.to_string(),
        other => return Err(syn::Error::new(other.span(), "an argument of a SQL function needs a name")),
    };
    if let Type::ImplTrait(implied) = &*parameter.ty {
        return Err(syn::Error::new(implied.span(), "an argument of a SQL function needs a type, not a trait"));
    }
    let doc = doc::lines(&parameter.attrs);
    parameter.attrs.retain(|attribute: &Attribute| !attribute.path().is_ident("doc"));
    let mut data_type = (*parameter.ty).clone();
    name_lifetimes(&mut data_type);
    Ok(Parameter { name: name.trim_start_matches("r#").trim_start_matches('_').to_owned(), doc, data_type })
}

/// Puts `'c`, the lifetime of the columns, in place of every lifetime that is elided or named.
pub(crate) fn name_lifetimes(data_type: &mut Type) {
    match data_type {
        Type::Reference(reference) => {
            reference.lifetime = Some(Lifetime::new("'c", reference.and_token.span));
            name_lifetimes(&mut reference.elem);
        }
        Type::Slice(slice) => name_lifetimes(&mut slice.elem),
        Type::Paren(paren) => name_lifetimes(&mut paren.elem),
        Type::Group(group) => name_lifetimes(&mut group.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(name_lifetimes),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
                for argument in &mut arguments.args {
                    match argument {
                        GenericArgument::Lifetime(lifetime) => *lifetime = Lifetime::new("'c", lifetime.span()),
                        GenericArgument::Type(inner) => name_lifetimes(inner),
                        _ => {}
                    }
                }
            }
        }
        _ => {}
    }
}

/// The type of the result, `()` when there is none.
pub(crate) fn output(signature: &Signature) -> Type {
    match &signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, output) => {
            let mut output = (**output).clone();
            name_lifetimes(&mut output);
            output
        }
    }
}

/// `(a, (b, (c, ())))`: the shape in which the SDK handles any number of values.
pub(crate) fn nest(items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    items.rfold(quote!(()), |rest, item| quote!((#item, #rest)))
}

/// Names for the arguments of the generated call.
pub(crate) fn argument_names(count: usize) -> Vec<Ident> {
    (0..count).map(|index| quote::format_ident!("argument_{index}")).collect()
}

/// The descriptions of the parameters.
pub(crate) fn describe(parameters: &[Parameter]) -> TokenStream {
    let parameters = parameters.iter().map(|Parameter { name, doc, data_type }| {
        let span = data_type.span();
        // Spanned, so that an unfit type is reported where it stands.
        let data_type = quote_spanned!(span=> <#data_type as sdk::Typed>::data_type());
        quote! {
            sdk::Parameter {
                name: #name,
                doc: #doc,
                data_type: { fn data_type<'c>() -> ::core::option::Option<sdk::DataType> { Some(#data_type) } data_type },
            }
        }
    });
    quote!(&[#(#parameters),*])
}
