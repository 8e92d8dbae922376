//! The methods of an author's `impl`.

use crate::options::Options;
use crate::signature::{check, snake_case};
use syn::spanned::Spanned;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Type};

/// The method of this name, if there is one; `what` tells what it is for when it is not of the right kind.
pub(crate) fn method<'i>(
    functions: &'i mut ItemImpl,
    name: &str,
    on_self: bool,
    what: &str,
) -> syn::Result<Option<&'i mut ImplItemFn>> {
    let method = functions.items.iter_mut().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    });
    let Some(method) = method else { return Ok(None) };
    check(&method.sig)?;
    if matches!(method.sig.inputs.first(), Some(FnArg::Receiver(_))) != on_self {
        let kind = if on_self { "a method" } else { "no method" };
        return Err(syn::Error::new(method.sig.span(), format!("`{name}` is {kind}: {what}")));
    }
    Ok(Some(method))
}

/// The name in SQL: the one that was told, or the type's in snake case.
pub(crate) fn own_name(options: &Options, own: &Type) -> syn::Result<String> {
    let ident = match own {
        Type::Path(path) if path.path.segments.last().is_some_and(|last| last.arguments.is_none()) => {
            path.path.segments.last().map(|last| last.ident.to_string())
        }
        _ => None,
    };
    let ident = ident.ok_or_else(|| syn::Error::new(own.span(), "this stands on the `impl` of a plain struct"))?;
    Ok(options.name(&snake_case(&ident)))
}
