//! Searching an index.
//!
//! A package is found if it has every word. For each word counts the best place that it is in: the whole name 100, a part of the
//! name 60 (`geo` of `geo-tools`), the name's beginning 50, a keyword 40, anywhere in the name 30, a word of the summary 15, an
//! author 10, the beginning of a word of the summary 5. Packages of which no version can be recommended come after all others;
//! among equals decides the name. Case does not matter.

use super::{Index, Listed, Release};

/// How many words are looked for.
const WORDS: usize = 16;

/// A package that was found.
#[derive(Clone, Debug)]
pub struct Hit<'a> {
    pub package: &'a Listed,
    /// What one would install ([`Listed::newest`]).
    pub newest: Option<&'a Release>,
    /// How well it fits; only good to be compared.
    pub score: u32,
}

impl Index {
    /// The packages that have all of these words, best first; without words all of them.
    pub fn search(&self, words: &str) -> Vec<Hit<'_>> {
        let words: Vec<_> = words.split_whitespace().take(WORDS).map(str::to_lowercase).collect();
        let hit = |package| {
            let score = score(package, &words)?;
            Some(Hit { package, newest: package.newest(), score })
        };
        let mut hits: Vec<_> = self.packages.iter().filter_map(hit).collect();
        hits.sort_by(|a, b| {
            let order = (b.newest.is_some(), b.score).cmp(&(a.newest.is_some(), a.score));
            order.then_with(|| a.package.name.cmp(&b.package.name))
        });
        hits
    }
}

/// None if a word is nowhere.
fn score(package: &Listed, words: &[String]) -> Option<u32> {
    let (name, summary) = (package.name.to_lowercase(), package.summary.to_lowercase());
    let parts = |text: &str| text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let (in_name, in_summary) = (parts(&name), parts(&summary));
    let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
    let (keywords, authors) = (lower(&package.keywords), lower(&package.authors));
    let one = |word: &String| match () {
        () if name == *word => Some(100),
        () if in_name.contains(word) => Some(60),
        () if name.starts_with(word) => Some(50),
        () if keywords.contains(word) => Some(40),
        () if name.contains(word) => Some(30),
        () if in_summary.contains(word) => Some(15),
        () if authors.iter().any(|author| author.contains(word)) => Some(10),
        () if in_summary.iter().any(|part| part.starts_with(word)) => Some(5),
        () => None,
    };
    words.iter().map(one).sum()
}
