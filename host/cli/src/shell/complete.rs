//! What Tab offers: names that the principal may see, columns, keywords and functions.

use polder_catalog::{FullName, Kind};
use rustyline::completion::{Completer, Pair};
use rustyline::{Context, Result};

use super::names::{Known, Names};
use super::words::{FUNCTIONS, KEYWORDS};

pub(super) struct Completion(pub(super) Names);

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        Ok(complete(&line[..at], &self.0.known()))
    }
}

/// The place of the word that ends `before`, and what may stand there.
fn complete(before: &str, known: &Known) -> (usize, Vec<Pair>) {
    let start = before
        .rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '`'))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start..];
    let (qualifier, last) = match word.rsplit_once('.') {
        Some((qualifier, last)) => (Some(qualifier), last),
        None => (None, word),
    };
    let place = start + word.len() - last.len();
    let mut found: Vec<String> = match qualifier {
        Some(qualifier) => qualified(qualifier, known),
        None if wants_relation(&before[..start]) => {
            unqualified(known, |kind| Kind::RELATIONS.contains(&kind) || kind.is_container())
        }
        None if last.is_empty() => Vec::new(),
        None => {
            let mut all = unqualified(known, |_| true);
            all.extend(known.columns.values().flatten().map(|column| quoted(column)));
            all.extend(FUNCTIONS.iter().map(|function| (*function).to_owned()));
            let lower = last.chars().any(char::is_lowercase);
            all.extend(KEYWORDS.iter().map(|word| if lower { word.to_lowercase() } else { (*word).to_owned() }));
            all
        }
    };
    let typed = last.to_lowercase();
    found.retain(|name| name.to_lowercase().starts_with(&typed));
    found.sort();
    found.dedup();
    (place, found.into_iter().map(|name| Pair { display: name.clone(), replacement: name }).collect())
}

/// What may follow `qualifier.`: what is in that catalog or schema, or the columns of that table.
fn qualified(qualifier: &str, known: &Known) -> Vec<String> {
    let Ok(qualifier) = qualifier.parse::<FullName>() else { return Vec::new() };
    let full: Option<FullName> = match qualifier.parts() {
        // A schema of the current catalog.
        [schema] => FullName::new([&known.catalog, schema]).ok(),
        _ => None,
    };
    let mut found: Vec<String> = known
        .securables
        .keys()
        .filter(|name| name.parent() == qualifier || Some(name.parent()) == full)
        .map(|name| quoted(name.last()))
        .collect();
    if let [table] = qualifier.parts() {
        found.extend(known.columns.get(table).into_iter().flatten().map(|column| quoted(column)));
    }
    found
}

/// What needs no qualifier: catalogs, schemas of the current catalog, and what is in the current schema.
fn unqualified(known: &Known, wanted: impl Fn(Kind) -> bool) -> Vec<String> {
    known
        .securables
        .iter()
        .filter(|(_, kind)| wanted(**kind))
        .filter(|(name, _)| match name.parts() {
            [_] => true,
            [catalog, _] => *catalog == known.catalog,
            [catalog, schema, _] => *catalog == known.catalog && *schema == known.schema,
            _ => false,
        })
        .map(|(name, _)| quoted(name.last()))
        .collect()
}

/// Whether the words before ask for a table.
fn wants_relation(before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default().to_uppercase();
    matches!(
        last.as_str(),
        "FROM" | "JOIN" | "INTO" | "TABLE" | "UPDATE" | "DESCRIBE" | "OPTIMIZE" | "VACUUM" | "\\D" | "\\D+" | "\\Z"
    )
}

/// The name as SQL spells it.
fn quoted(name: &str) -> String {
    FullName::new([name]).map_or_else(|_| format!("\"{}\"", name.replace('"', "\"\"")), |name| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(before: &str) -> Vec<String> {
        let mut known = Known::default();
        (known.catalog, known.schema) = ("main".into(), "nyc".into());
        for (name, kind) in [
            ("main", Kind::Catalog),
            ("system", Kind::Catalog),
            ("main.nyc", Kind::Schema),
            ("main.geo", Kind::Schema),
            ("main.nyc.flights", Kind::Table),
            ("main.nyc.`2024`", Kind::Table),
            ("main.geo.haversine", Kind::Function),
        ] {
            known.securables.insert(name.parse().unwrap(), kind);
        }
        known.columns.insert("flights".into(), vec!["flight".into(), "Air Time".into()]);
        let (place, found) = complete(before, &known);
        found.into_iter().map(|pair| format!("{}{}", &before[..place], pair.replacement)).collect()
    }

    #[test]
    fn names_by_where_they_stand() {
        assert_eq!(offered("SELECT * FROM fl"), ["SELECT * FROM flights"]);
        assert_eq!(offered("SELECT * FROM m"), ["SELECT * FROM main"]);
        assert_eq!(offered("SELECT main.geo.ha"), ["SELECT main.geo.haversine"]);
        assert_eq!(offered("SELECT geo."), ["SELECT geo.haversine"]);
        assert_eq!(offered("SELECT main."), ["SELECT main.geo", "SELECT main.nyc"]);
        assert_eq!(offered("SELECT flights.a"), Vec::<String>::new());
        assert_eq!(offered("SELECT flights.\u{e9}"), Vec::<String>::new());
        assert_eq!(offered("SELECT coale"), ["SELECT coalesce"]);
        assert_eq!(offered("SEL"), ["SELECT"]);
        assert_eq!(offered("sel"), ["select"]);
        assert_eq!(offered("SELECT "), Vec::<String>::new());
        assert_eq!(offered("\\d "), ["\\d `2024`", "\\d flights", "\\d geo", "\\d main", "\\d nyc", "\\d system"]);
    }
}
