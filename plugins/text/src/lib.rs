//! Text: normal forms, slugs, similarity, words and n-grams, the language.
//!
//! A character is what a reader takes for one (an extended grapheme cluster of Unicode's annex 29)
//! wherever texts are cut up; where they are compared it is a code point.

mod forms;
mod language;
mod pieces;
mod similarity;
