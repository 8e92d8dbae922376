//! Lineage as a tree: under each table the statements that made it, under each statement what it read.

use std::collections::{BTreeMap, HashSet};

use chrono::DateTime;
use polder_catalog::{ColumnEdge, Direction, FunctionUse, Lineage, TableVersion};

use crate::terminal::plain;

/// Characters of a statement that are shown.
const STATEMENT: usize = 100;

/// The statements under `table`, and what is under them.
pub(super) fn draw(table: &str, direction: Direction, records: &[Lineage]) -> String {
    let mut tree = Tree { direction, records, drawn: HashSet::new(), out: String::new() };
    tree.statements(table, None, "");
    tree.out
}

struct Tree<'a> {
    direction: Direction,
    records: &'a [Lineage],
    /// Statements that were drawn: each is drawn once, also where tables feed each other.
    drawn: HashSet<&'a str>,
    out: String,
}

impl<'a> Tree<'a> {
    /// The statements that made `table` (up to a version), or that read it.
    fn statements(&mut self, table: &str, version: Option<i64>, indent: &str) {
        let made_it = |record: &Lineage| {
            let is_it = |one: &TableVersion| one.name == table;
            match self.direction {
                Direction::Upstream => record.target.as_ref().is_some_and(|target| {
                    is_it(target) && version.is_none_or(|read| target.version.is_none_or(|made| made <= read))
                }),
                Direction::Downstream => record.sources.iter().any(is_it),
            }
        };
        let records: Vec<&'a Lineage> = self.records.iter().filter(|record| made_it(record)).collect();
        let (fresh, known): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|record| self.drawn.insert(&record.statement_id));
        let (count, more) = (fresh.len(), !known.is_empty());
        for (position, record) in fresh.into_iter().enumerate() {
            self.statement(record, indent, position + 1 == count && !more);
        }
        if more {
            self.line(indent, true, "(see above)");
        }
    }

    fn statement(&mut self, record: &'a Lineage, indent: &str, last: bool) {
        let time =
            DateTime::from_timestamp_millis(record.at).map(|time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string());
        let made = record.target.as_ref().map_or_else(String::new, versioned);
        let title = format!("{made}  {} by {}", time.unwrap_or_default(), record.principal);
        self.line(indent, last, &title);
        let below = format!("{indent}{}", if last { "   " } else { "│  " });

        let tables: Vec<&TableVersion> = match self.direction {
            Direction::Upstream => record.sources.iter().collect(),
            Direction::Downstream => record.target.iter().collect(),
        };
        let mut facts = Vec::new();
        if !record.statement.is_empty() {
            facts.push(short(&record.statement));
        }
        facts.extend(components(&record.functions));
        facts.extend(columns(&record.columns));
        let count = facts.len() + tables.len();
        for (position, fact) in facts.iter().enumerate() {
            self.line(&below, position + 1 == count, fact);
        }
        for (position, table) in (facts.len()..).zip(tables) {
            let last = position + 1 == count;
            let word = if self.direction == Direction::Upstream { "from" } else { "made" };
            self.line(&below, last, &format!("{word} {}", versioned(table)));
            let deeper = format!("{below}{}", if last { "   " } else { "│  " });
            self.statements(&table.name, table.version, &deeper);
        }
    }

    fn line(&mut self, indent: &str, last: bool, text: &str) {
        let branch = if last { "└─ " } else { "├─ " };
        self.out.extend([indent, branch, &plain(text), "\n"]);
    }
}

fn versioned(table: &TableVersion) -> String {
    match table.version {
        Some(version) => format!("{} version {version}", table.name),
        None => table.name.clone(),
    }
}

/// A statement in one line.
fn short(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(STATEMENT) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// "with main.geo.haversine, main.geo.bearing (sha256:0123456789ab)", one for each component.
fn components(functions: &[FunctionUse]) -> Vec<String> {
    let mut components: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for function in functions {
        components.entry(&function.digest).or_default().push(&function.name);
    }
    let component = |(digest, names): (&str, Vec<&str>)| {
        format!("with {} (sha256:{})", names.join(", "), digest.get(..12).unwrap_or(digest))
    };
    components.into_iter().map(component).collect()
}

/// "km ← main.nyc.airports.lat, main.nyc.airports.lon", one for each column that was made.
fn columns(edges: &[ColumnEdge]) -> Vec<String> {
    let mut columns: Vec<(&str, Vec<String>)> = Vec::new();
    for ColumnEdge { source, source_column, target_column } in edges {
        let origin = format!("{source}.{source_column}");
        match columns.iter_mut().find(|(column, _)| column == target_column) {
            Some((_, origins)) => origins.push(origin),
            None => columns.push((target_column, vec![origin])),
        }
    }
    columns.into_iter().map(|(column, origins)| format!("{column} ← {}", origins.join(", "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, version: i64) -> TableVersion {
        TableVersion { name: name.into(), id: None, version: Some(version) }
    }

    fn record(id: &str, target: TableVersion, sources: &[TableVersion]) -> Lineage {
        Lineage {
            statement_id: id.into(),
            principal: "jane".into(),
            statement: format!("statement\n  {id}"),
            target: Some(target),
            sources: sources.to_vec(),
            ..Lineage::default()
        }
    }

    #[test]
    fn upstream() {
        let mut routes = record("c", table("routes", 0), &[table("flights", 1), table("airports", 0)]);
        routes.functions = vec![
            FunctionUse { name: "geo.a".into(), digest: "0123456789abcdef".into() },
            FunctionUse { name: "geo.b".into(), digest: "0123456789abcdef".into() },
        ];
        let edge = |source_column: &str| ColumnEdge {
            source: "airports".into(),
            source_column: source_column.into(),
            target_column: "km".into(),
        };
        routes.columns = vec![edge("lat"), edge("lon")];
        let records = [
            record("a", table("flights", 0), &[]),
            // A table may be made from itself.
            record("b", table("flights", 1), &[table("flights", 0)]),
            routes,
            record("later", table("flights", 2), &[]),
        ];
        let expected = "\
└─ routes version 0  1970-01-01 00:00:00 UTC by jane
   ├─ statement c
   ├─ with geo.a, geo.b (sha256:0123456789ab)
   ├─ km ← airports.lat, airports.lon
   ├─ from flights version 1
   │  ├─ flights version 0  1970-01-01 00:00:00 UTC by jane
   │  │  └─ statement a
   │  └─ flights version 1  1970-01-01 00:00:00 UTC by jane
   │     ├─ statement b
   │     └─ from flights version 0
   │        └─ (see above)
   └─ from airports version 0
";
        assert_eq!(draw("routes", Direction::Upstream, &records), expected);
    }

    #[test]
    fn downstream_and_around() {
        let records = [record("a", table("b", 0), &[table("a", 0)]), record("b", table("a", 1), &[table("b", 0)])];
        let expected = "\
└─ b version 0  1970-01-01 00:00:00 UTC by jane
   ├─ statement a
   └─ made b version 0
      └─ a version 1  1970-01-01 00:00:00 UTC by jane
         ├─ statement b
         └─ made a version 1
            └─ (see above)
";
        assert_eq!(draw("a", Direction::Downstream, &records), expected);
    }

    #[test]
    fn long_statements_are_cut() {
        assert_eq!(short("SELECT\n  1"), "SELECT 1");
        assert_eq!(short(&"é".repeat(101)), format!("{}…", "é".repeat(100)));
    }
}
