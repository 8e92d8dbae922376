//! The parameters of the author's function, and what is generated of them.

use crate::doc;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Lifetime, Pat, PatType, Path, PathArguments, ReturnType, Signature, Type,
    TypeParamBound,
};

/// A parameter that is an argument in SQL.
pub(crate) struct Parameter {
    pub(crate) name: String,
    doc: String,
    /// Its type, with the lifetime `'c` wherever there is one.
    pub(crate) data_type: Type,
    pub(crate) span: Span,
    /// The function of `#[bind(…)]`, which makes a value of the type behind the reference.
    maker: Option<Path>,
}

/// The parameters of a function, in order.
pub(crate) struct Parameters {
    pub(crate) list: Vec<Parameter>,
    /// Whether the last one takes the arguments that are left; its type is that of each of them.
    pub(crate) variadic: bool,
}

/// Refuses what no SQL function can be.
pub(crate) fn check(signature: &Signature) -> syn::Result<()> {
    let wrong: Option<(&dyn Spanned, &str)> = match signature {
        Signature { asyncness: Some(token), .. } => Some((token, "a SQL function cannot be async")),
        Signature { unsafety: Some(token), .. } => Some((token, "a SQL function cannot be unsafe")),
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

impl Parameters {
    /// Reads the parameters and takes off them the attributes that are ours.
    pub(crate) fn take(signature: &mut Signature) -> syn::Result<Self> {
        let typed = signature.inputs.iter_mut().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        });
        let list = typed.map(Parameter::take).collect::<syn::Result<_>>()?;
        Ok(Self { list, variadic: false })
    }

    /// Makes the last parameter take the arguments that are left; `item` tells the type of each from its type.
    pub(crate) fn make_variadic(
        &mut self,
        signature: &Signature,
        wanted: &str,
        item: impl Fn(&Type) -> Option<Type>,
    ) -> syn::Result<()> {
        let last = self.list.last_mut().ok_or_else(|| {
            syn::Error::new(signature.ident.span(), format!("a variadic function has a last parameter: {wanted}"))
        })?;
        last.data_type = item(&last.data_type).filter(|_| last.maker.is_none()).ok_or_else(|| {
            syn::Error::new(last.span, format!("the last parameter of a variadic function is {wanted}"))
        })?;
        self.variadic = true;
        Ok(())
    }

    /// The descriptions of the parameters; `type_of` is an expression for the type of each, if it has only one.
    pub(crate) fn describe(&self, type_of: impl Fn(&Type) -> TokenStream) -> TokenStream {
        let parameters = self.list.iter().map(|parameter| {
            // Spanned, so that an unfit type is reported where it stands.
            let data_type = match &parameter.maker {
                Some(maker) => quote_spanned!(maker.span()=> ::core::option::Option::Some(sdk::made_from(#maker))),
                None => type_of(&parameter.data_type),
            };
            parameter.describe(&data_type, false)
        });
        quote!(&[#(#parameters),*])
    }

    /// The same for parameters that are given by name, of which a call may leave out those that are an `Option`.
    pub(crate) fn describe_named(&self, type_of: impl Fn(&Type) -> TokenStream) -> TokenStream {
        let parameters = self.list.iter().map(|parameter| {
            let (data_type, optional) = parameter.named();
            parameter.describe(&type_of(data_type), optional)
        });
        quote!(&[#(#parameters),*])
    }

    /// Refuses #[bind], which is for arguments of SQL functions.
    pub(crate) fn unprepared(&self) -> syn::Result<()> {
        let message = "#[bind] is for arguments of SQL functions: make the value in the function";
        self.first_made().map_or(Ok(()), |made| Err(syn::Error::new(made, message)))
    }

    /// The names in SQL.
    pub(crate) fn sql_names(&self) -> TokenStream {
        let names = self.list.iter().map(|parameter| &parameter.name);
        quote!(&[#(#names),*])
    }

    /// `|(argument_0, (argument_1, ())): (f64, (&'c str, ()))|` without the bars: what the SDK calls with.
    pub(crate) fn pattern(&self) -> TokenStream {
        let names = self.names();
        let types = self.list.iter().map(|Parameter { data_type, maker, .. }| match maker {
            Some(_) => quote!(_),
            None => quote_spanned!(data_type.span()=> #data_type),
        });
        let (mut names, mut types): (Vec<_>, Vec<_>) =
            (names.iter().map(|name| quote!(#name)).collect(), types.collect());
        let end = if self.variadic { (names.pop(), types.pop()) } else { (None, None) };
        let (name, data_type) = match end {
            (Some(name), Some(data_type)) => (quote!(sdk::Rest(#name)), quote!(sdk::Rest<#data_type>)),
            _ => (quote!(()), quote!(())),
        };
        let (names, types) = (nest_before(name, names.into_iter()), nest_before(data_type, types.into_iter()));
        quote!(#names: #types)
    }

    /// The arguments of the author's function, by name.
    pub(crate) fn names(&self) -> Vec<Ident> {
        (0..self.list.len()).map(|index| format_ident!("argument_{index}")).collect()
    }

    /// The function that makes values of constants; `constant`: of which every argument with `#[bind]` must be one.
    pub(crate) fn prepare(&self, constant: bool) -> TokenStream {
        let values = self.made().map(|(index, parameter, maker, target)| {
            let name = &parameter.name;
            if constant {
                quote_spanned!(maker.span()=> sdk::Prepared::<#target>::constant(&arguments[#index], #name, #maker)?,)
            } else {
                quote_spanned!(maker.span()=> sdk::Prepared::<#target>::new(&arguments[#index], #maker)?,)
            }
        });
        quote! {
            |arguments| {
                let _ = arguments;
                ::core::result::Result::Ok(::std::rc::Rc::new((#(#values)*)))
            }
        }
    }

    /// Statements before the loop over the rows.
    pub(crate) fn memos(&self) -> TokenStream {
        let memos = self.made().enumerate().map(|(nth, (index, ..))| {
            let (memo, nth) = (format_ident!("memo_{index}"), syn::Index::from(nth));
            quote!(let mut #memo = prepared.#nth.memo();)
        });
        let prepared = self.prepared();
        quote!(#prepared #(#memos)*)
    }

    /// What `prepare` made, where there is something.
    pub(crate) fn prepared(&self) -> TokenStream {
        let types: Vec<_> = self.made().map(|(_, _, _, target)| target).collect();
        if types.is_empty() {
            return TokenStream::new();
        }
        quote!(let prepared = call.prepared::<(#(sdk::Prepared<#types>,)*)>();)
    }

    /// The body of the closure around `call`, the call of the author's function: makes what is to be made first.
    pub(crate) fn body(&self, call: TokenStream) -> TokenStream {
        let names = self.names();
        let makes: Vec<_> = self
            .made()
            .map(|(index, _, maker, _)| {
                let (memo, name) = (format_ident!("memo_{index}"), &names[index]);
                quote_spanned!(maker.span()=> let #name = #memo.get(#name, #maker)?;)
            })
            .collect();
        if makes.is_empty() {
            return call;
        }
        quote! {
            { // A closure of its own, for the question marks.
                (|| -> ::core::result::Result<_, sdk::Error> {
                    #(#makes)*
                    ::core::result::Result::Ok(#call)
                })()
            }
        }
    }

    /// Statements that take what was made of constants.
    pub(crate) fn constants(&self) -> TokenStream {
        let names = self.names();
        let values = self.made().enumerate().map(|(nth, (index, _, maker, _))| {
            let (nth, name) = (syn::Index::from(nth), &names[index]);
            quote_spanned!(maker.span()=> let #name = prepared.#nth.value(#name, #maker);)
        });
        quote!(#(#values)*)
    }

    /// The first parameter with `#[bind]`, where there may be none.
    pub(crate) fn first_made(&self) -> Option<Span> {
        self.made().next().map(|(_, parameter, ..)| parameter.span)
    }

    /// The parameters with `#[bind]`: position, parameter, maker, and the type that it makes.
    fn made(&self) -> impl Iterator<Item = (usize, &Parameter, &Path, &Type)> {
        self.list.iter().enumerate().filter_map(|(index, parameter)| match (&parameter.maker, &parameter.data_type) {
            (Some(maker), Type::Reference(target)) => Some((index, parameter, maker, &*target.elem)),
            _ => None,
        })
    }
}

impl Parameter {
    fn describe(&self, data_type: &TokenStream, optional: bool) -> TokenStream {
        let Self { name, doc, .. } = self;
        quote! {
            sdk::Parameter {
                name: #name,
                doc: #doc,
                data_type: {
                    fn data_type<'c>() -> ::core::option::Option<sdk::DataType> {
                        #data_type
                    }
                    data_type
                },
                optional: #optional,
            }
        }
    }

    /// The type of a parameter that is given by name, and whether it may be left out.
    pub(crate) fn named(&self) -> (&Type, bool) {
        generic_argument(&self.data_type, "Option").map_or((&self.data_type, false), |inner| (inner, true))
    }

    fn take(parameter: &mut PatType) -> syn::Result<Self> {
        let name = match &*parameter.pat {
            Pat::Ident(pattern) => pattern.ident.to_string(),
            other => return Err(syn::Error::new(other.span(), "an argument of a SQL function needs a name")),
        };
        if let Type::ImplTrait(implied) = &*parameter.ty {
            return Err(syn::Error::new(implied.span(), "an argument of a SQL function needs a type, not a trait"));
        }
        let ours = |attribute: &Attribute| attribute.path().is_ident("bind");
        let maker = parameter.attrs.iter().find(|attribute| ours(attribute)).map(Attribute::parse_args::<Path>);
        let maker = maker.transpose()?;
        if let (Some(maker), false) = (&maker, matches!(*parameter.ty, Type::Reference(_))) {
            let message = "a parameter with #[bind] is a reference to what the function makes, such as `&Regex`";
            return Err(syn::Error::new(
                parameter.ty.span().join(maker.span()).unwrap_or(parameter.ty.span()),
                message,
            ));
        }
        let doc = doc::lines(&parameter.attrs);
        parameter.attrs.retain(|attribute| !ours(attribute) && !attribute.path().is_ident("doc"));
        let span = parameter.span();
        let mut data_type = (*parameter.ty).clone();
        name_lifetimes(&mut data_type, "'c");
        Ok(Self { name: sql_name(&name), doc, data_type, span, maker })
    }
}

/// `PearsonCorrelation` is `pearson_correlation` in SQL.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (position, letter) in name.char_indices() {
        if letter.is_uppercase() && position > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// A name without what only Rust needs: `r#` and a leading underscore.
pub(crate) fn sql_name(name: &str) -> String {
    name.trim_start_matches("r#").trim_start_matches('_').to_owned()
}

/// Puts one lifetime in place of every lifetime that is elided or named.
pub(crate) fn name_lifetimes(data_type: &mut Type, name: &str) {
    match data_type {
        Type::Reference(reference) => {
            reference.lifetime = Some(Lifetime::new(name, reference.and_token.span));
            name_lifetimes(&mut reference.elem, name);
        }
        Type::Slice(slice) => name_lifetimes(&mut slice.elem, name),
        Type::Paren(paren) => name_lifetimes(&mut paren.elem, name),
        Type::Group(group) => name_lifetimes(&mut group.elem, name),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|inner| name_lifetimes(inner, name)),
        Type::Path(path) => {
            path.path.segments.iter_mut().for_each(|segment| in_arguments(&mut segment.arguments, name))
        }
        Type::ImplTrait(implied) => in_bounds(implied.bounds.iter_mut(), name),
        Type::TraitObject(object) => in_bounds(object.bounds.iter_mut(), name),
        _ => {}
    }
}

fn in_bounds<'b>(bounds: impl Iterator<Item = &'b mut TypeParamBound>, name: &str) {
    for bound in bounds {
        if let TypeParamBound::Trait(bound) = bound {
            bound.path.segments.iter_mut().for_each(|segment| in_arguments(&mut segment.arguments, name));
        }
    }
}

fn in_arguments(arguments: &mut PathArguments, name: &str) {
    let PathArguments::AngleBracketed(arguments) = arguments else { return };
    for argument in &mut arguments.args {
        match argument {
            GenericArgument::Lifetime(lifetime) => *lifetime = Lifetime::new(name, lifetime.span()),
            GenericArgument::Type(inner) => name_lifetimes(inner, name),
            GenericArgument::AssocType(inner) => name_lifetimes(&mut inner.ty, name),
            _ => {}
        }
    }
}

/// The type of the result, `()` when there is none.
pub(crate) fn output(signature: &Signature) -> Type {
    match &signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, output) => {
            let mut output = (**output).clone();
            name_lifetimes(&mut output, "'c");
            output
        }
    }
}

/// `(a, (b, (c, ())))`: the shape in which the SDK handles any number of values.
pub(crate) fn nest(items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    nest_before(quote!(()), items)
}

fn nest_before(end: TokenStream, items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    items.rfold(end, |rest, item| quote!((#item, #rest)))
}

/// The type of a parameter of row by row functions.
pub(crate) fn row_type(data_type: &Type) -> TokenStream {
    quote_spanned!(data_type.span()=> sdk::parameter_type::<#data_type>())
}

/// `T` of `Vec<T>`.
pub(crate) fn vec_item(data_type: &Type) -> Option<Type> {
    generic_argument(data_type, "Vec").cloned()
}

/// The first type argument of `name<…>`, whatever path leads there.
pub(crate) fn generic_argument<'t>(data_type: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = data_type else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}
