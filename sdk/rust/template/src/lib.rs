//! SQL functions: each plain function here is one.

use polder_sdk::prelude::*;

/// A person's initials: the first letter of each word, in upper case.
///
/// ```sql
/// {schema}.initials('ada lovelace')
/// -- AL
/// ```
#[scalar]
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// The longest text of a group; of several, the first.
#[aggregate]
#[derive(Default)]
struct Longest {
    text: Option<String>,
}

#[aggregate]
impl Longest {
    fn update(&mut self, text: &str) {
        if self.text.as_ref().is_none_or(|longest| longest.len() < text.len()) {
            self.text = Some(text.to_owned());
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some(text) = other.text {
            self.update(&text);
        }
    }

    fn evaluate(&self) -> Option<String> {
        self.text.clone()
    }
}

/// A word of a text and where it stands, counted from 1.
#[derive(Row)]
struct Word<'a> {
    word: &'a str,
    position: i64,
}

/// The words of a text, one row each.
#[table]
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split_whitespace().zip(1..).map(|(word, position)| Word { word, position })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_plain_functions() {
        assert_eq!(initials("  grace brewster hopper "), "GBH");
        assert_eq!(words("a b").last().map(|last| last.position), Some(2));
    }
}
