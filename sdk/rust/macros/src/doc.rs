//! Doc comments become the function's documentation; their `sql` code blocks become its examples.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Documentation in Markdown and examples: what to run and what it returns.
pub(crate) struct Doc {
    text: String,
    examples: Vec<(String, String)>,
}

/// The lines of all doc comments among the attributes.
pub(crate) fn lines(attributes: &[Attribute]) -> String {
    let texts = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = texts.flat_map(|text| text.split('\n').map(str::to_owned).collect::<Vec<_>>()).collect();
    // What every line begins with is the space after the slashes.
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or("").trim_end())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

impl Doc {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        Self::parse(&lines(attributes))
    }

    pub(crate) fn text(&self) -> TokenStream {
        let text = &self.text;
        quote!(#text)
    }

    pub(crate) fn examples(&self) -> TokenStream {
        let examples = self.examples.iter().map(|(sql, result)| quote!((#sql, #result)));
        quote!(&[#(#examples),*])
    }

    fn parse(markdown: &str) -> Self {
        let (mut text, mut sql) = (Vec::new(), None::<Vec<&str>>);
        let mut examples = Vec::new();
        for line in markdown.lines() {
            match (&mut sql, line.trim()) {
                (None, "```sql") => sql = Some(Vec::new()),
                (None, _) => text.push(line),
                (Some(block), "```") => {
                    examples.extend(parse_examples(block));
                    sql = None;
                }
                (Some(block), _) => block.push(line),
            }
        }
        Self { text: text.join("\n").trim().to_owned(), examples }
    }
}

/// Each statement with the comment lines after it, which hold what it returns.
fn parse_examples(lines: &[&str]) -> Vec<(String, String)> {
    let mut examples: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        let result = line.trim().strip_prefix("--").map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
        match (examples.last_mut(), result) {
            (Some((_, results)), Some(result)) => results.push(result),
            (Some((sql, results)), None) if results.is_empty() => sql.push(line),
            (_, None) => examples.push((vec![line], vec![])),
            (None, Some(_)) => {}
        }
    }
    let join =
        |(sql, result): (Vec<&str>, Vec<&str>)| (sql.join("\n").trim_end_matches(';').to_owned(), result.join("\n"));
    examples.into_iter().map(join).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_blocks_are_examples() {
        let doc = Doc::parse(
            "Adds.\n\n```sql\nSELECT {schema}.add(1,\n  2);\n-- 3\n\n{schema}.add(1, NULL)\n-- NULL\n```\nMore.\n```rust\nx\n```",
        );
        assert_eq!(doc.text, "Adds.\n\nMore.\n```rust\nx\n```");
        assert_eq!(
            doc.examples,
            [
                ("SELECT {schema}.add(1,\n  2)".to_owned(), "3".to_owned()),
                ("{schema}.add(1, NULL)".to_owned(), "NULL".to_owned()),
            ]
        );
    }

    #[test]
    fn comments_lose_their_common_indent() {
        let function: syn::ItemFn = syn::parse_quote! {
            /// First.
            ///
            ///   * indented
            fn f() {}
        };
        assert_eq!(lines(&function.attrs), "First.\n\n  * indented");
    }
}
