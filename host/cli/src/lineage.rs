//! `polder lineage`: what a table was made from, and what was made from it.

mod report;
mod tree;

use std::io::{self, Write as _};

use polder_catalog::{Direction, FullName, Kind, Lineage};
use polder_query::Home;

use crate::args::{self, Report};
use crate::{Error, Result, home};

pub(crate) async fn run(home: &Home, arguments: args::Lineage) -> Result<()> {
    let args::Lineage { table, upstream, downstream, depth, format, who } = arguments;
    let session = home::session(home, who.principal.as_deref()).await?;
    let access = session.polder().catalog().access(session.principal()).await?;
    let name = complete(&table, &session.current_schema())?;
    let table = access.resolve(&Kind::RELATIONS, &name).await?;
    let both = upstream == downstream;
    let mut found = Vec::new();
    for (direction, wanted) in [(Direction::Upstream, upstream), (Direction::Downstream, downstream)] {
        if wanted || both {
            found.push((direction, access.lineage(&table, direction, depth).await?));
        }
    }
    let text = match format {
        Report::Text => text(&table.name, &found),
        Report::Json => {
            let report = report::Report::new(&table.name, &found);
            serde_json::to_string_pretty(&report).map_err(|error| Error::Output(error.into()))?
        }
    };
    Ok(writeln!(io::stdout(), "{}", text.trim_end())?)
}

/// A name of one to three parts, completed as in a new session.
fn complete(name: &str, current: &str) -> Result<FullName> {
    let (name, current): (FullName, FullName) = (name.parse()?, current.parse()?);
    let lead = current.parts().len().min(3_usize.saturating_sub(name.parts().len()));
    Ok(FullName::new(current.parts()[..lead].iter().chain(name.parts()))?)
}

fn text(name: &FullName, found: &[(Direction, Vec<Lineage>)]) -> String {
    let mut text = String::new();
    for (direction, records) in found {
        let (title, none) = match direction {
            Direction::Upstream => ("was made by", "nothing that was recorded"),
            Direction::Downstream => ("was used for", "nothing yet"),
        };
        text.push_str(&format!("{name} {title}\n"));
        if records.is_empty() {
            text.push_str(&format!("└─ {none}\n"));
        }
        text.push_str(&tree::draw(&name.to_string(), *direction, records));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_completed() {
        for (written, full) in [("t", "main.nyc.t"), ("s.t", "main.s.t"), ("c.s.t", "c.s.t")] {
            assert_eq!(complete(written, "main.nyc").unwrap().to_string(), full);
        }
        assert!(complete("a.b.c.d", "main.nyc").is_err());
    }
}
