//! What stands in the parentheses of an attribute.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::Parser;
use syn::{Ident, LitStr, Path};

/// The options of all attributes.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) name: Option<LitStr>,
    /// `Immutable` unless told otherwise.
    volatility: Option<&'static str>,
    /// Whether the function takes whole columns.
    pub(crate) columns: bool,
    /// Whether the last parameter takes any number of arguments.
    pub(crate) variadic: bool,
    /// The function that tells the type of the result from the arguments.
    pub(crate) returns: Option<Path>,
}

impl Options {
    /// Parses the options, of which an attribute knows those in `known`.
    pub(crate) fn parse(tokens: TokenStream, known: &[&str]) -> syn::Result<Self> {
        let mut options = Self::default();
        let parser = syn::meta::parser(|meta| {
            let option = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            if !known.contains(&option.as_str()) {
                return Err(meta.error(format!("there is no such option; there are: {}", known.join(", "))));
            }
            match option.as_str() {
                "name" => options.name = Some(meta.value()?.parse()?),
                "returns" => options.returns = Some(meta.value()?.parse()?),
                "columns" => options.columns = true,
                "variadic" => options.variadic = true,
                "stable" => options.volatility = Some("Stable"),
                _ => options.volatility = Some("Volatile"),
            }
            Ok(())
        });
        parser.parse2(tokens)?;
        if let Some(name) = &options.name
            && (name.value().is_empty() || name.value().chars().any(|c| !(c.is_alphanumeric() || c == '_')))
        {
            return Err(syn::Error::new(name.span(), "a name consists of letters, digits and underscores"));
        }
        Ok(options)
    }

    /// The name in SQL: the one that was told, or that of the item.
    pub(crate) fn name(&self, item: &str) -> String {
        self.name.as_ref().map_or_else(|| item.trim_start_matches("r#").to_owned(), LitStr::value)
    }

    pub(crate) fn volatility(&self) -> TokenStream {
        let volatility = Ident::new(self.volatility.unwrap_or("Immutable"), Span::call_site());
        quote!(sdk::Volatility::#volatility)
    }
}
