//! The sample plugins that every SDK has, alike in every language: what they are called with, and what must come out.
//!
//! The README says what each is. Text is compared where all languages agree: letters of ASCII have two cases here, and
//! none but those are asked to change theirs.

use std::fmt;
use std::str::FromStr;

use crate::checks::Check;
use crate::house::{House, SCHEMA};
use crate::report::{Problem, Verdict, holds};

/// A sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// A text function.
    Initials,
    /// An aggregate.
    Longest,
    /// A table function.
    Words,
    /// A task that reads a volume and writes a table.
    LoadLines,
}

impl Sample {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Initials, Self::Longest, Self::Words, Self::LoadLines];

    /// The function's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initials => "initials",
            Self::Longest => "longest",
            Self::Words => "words",
            Self::LoadLines => "load_lines",
        }
    }

    pub(crate) const fn check(self) -> &'static Check<House> {
        &CHECKS[self as usize]
    }
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|sample| sample.name() == name).ok_or(format!("the samples are {names}"))
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub(crate) const CHECKS: &[Check<House>] = &[
    Check { name: "sample.initials", rule: "The text function answers as the README says.", run: initials },
    Check { name: "sample.longest", rule: "The aggregate answers as the README says.", run: longest },
    Check { name: "sample.words", rule: "The table function answers as the README says.", run: words },
    Check {
        name: "sample.load_lines",
        rule: "The task loads a file of a volume into a table in one commit, tells how many rows it wrote, and hands on \
               every refusal, after which nothing is written.",
        run: load_lines,
    },
];

/// A query gives these rows.
fn gives(house: &House, query: &str, expected: &[&[&str]]) -> Verdict {
    let query = query.replace("{schema}", SCHEMA);
    let got = house.run(&query).map_err(|error| Problem::Broken(format!("{query}: {error}")))?.cells();
    holds(got == expected, || format!("{query} gives {got:?} instead of {expected:?}"))
}

/// A statement fails, and the error holds this text.
fn fails(house: &House, statement: &str, text: &str) -> Verdict {
    match house.run(statement) {
        Err(error) if error.to_string().contains(text) => Ok(()),
        Err(error) => Err(Problem::Broken(format!("{statement} fails with: {error}; that should say: {text}"))),
        Ok(_) => Err(Problem::Broken(format!("{statement} passes; it should say: {text}"))),
    }
}

fn initials(house: &House) -> Verdict {
    let names = "VALUES (1, 'ada lovelace'), (2, '  Grace  brewster Hopper '), (3, ''), (4, NULL), (5, '土 地 x')";
    let query = format!("SELECT {{schema}}.initials(name) FROM ({names}) AS t(n, name) ORDER BY n");
    gives(house, &query, &[&["AL"], &["GBH"], &[""], &["NULL"], &["土地X"]])?;
    gives(house, "SELECT {schema}.initials('ada lovelace'), {schema}.initials(NULL)", &[&["AL", "NULL"]])
}

fn longest(house: &House) -> Verdict {
    let rows = "VALUES (1, 'a'), (1, 'abc'), (2, NULL), (1, NULL), (3, ''), (1, 'xyz'), (3, '土地')";
    let query = format!("SELECT g, {{schema}}.longest(text) FROM ({rows}) AS t(g, text) GROUP BY g ORDER BY g");
    gives(house, &query, &[&["1", "abc"], &["2", "NULL"], &["3", "土地"]])?;
    gives(house, "SELECT {schema}.longest(text) FROM (VALUES ('a')) AS t(text) WHERE false", &[&["NULL"]])?;
    // As many rows as are summed up in parts, which are then merged.
    let many = "SELECT {schema}.longest(repeat('x', CAST(n % 1000 AS INT))) = repeat('x', 999) FROM generate_series(1, 20000) AS s(n)";
    gives(house, many, &[&["true"]])
}

fn words(house: &House) -> Verdict {
    gives(
        house,
        "SELECT word, position FROM {schema}.words('  make new  土地 ')",
        &[&["make", "1"], &["new", "2"], &["土地", "3"]],
    )?;
    gives(house, "SELECT word FROM {schema}.words(' ')", &[])?;
    gives(house, "SELECT count(*), max(position) FROM {schema}.words(repeat('again ', 20000))", &[&["20000", "20000"]])
}

fn load_lines(house: &House) -> Verdict {
    let inbox = house.folder().join("inbox");
    let many = (1..=5000).map(|line| format!("line {line}\n")).collect::<String>();
    let files = [("few.txt", "one\ntwo\n\nvier – 四"), ("many.txt", many.as_str()), ("empty.txt", "")];
    let written = std::fs::create_dir_all(&inbox)
        .and_then(|()| files.iter().try_for_each(|(name, text)| std::fs::write(inbox.join(name), text)));
    written.map_err(|error| Problem::Broken(format!("the kit cannot write its files: {error}")))?;
    let plugin = format!("PLUGIN {SCHEMA}.kit");
    let (volume, table) = (format!("{SCHEMA}.inbox"), format!("{SCHEMA}.lines"));
    let call =
        |path: &str| format!("CALL {SCHEMA}.load_lines(volume => '{volume}', path => '{path}', target => '{table}')");
    let count = format!("SELECT count(*) FROM {table}");
    house.run(&format!("CREATE VOLUME {volume} LOCATION '{}'", inbox.display()))?;
    house.run(&format!("CREATE TABLE {table} (line BIGINT, text STRING)"))?;
    house.run(&format!("GRANT USE CATALOG ON CATALOG main TO {plugin}"))?;
    house.run(&format!("GRANT USE SCHEMA ON SCHEMA {SCHEMA} TO {plugin}"))?;

    fails(house, &call("few.txt"), "GRANT READ VOLUME")?;
    house.run(&format!("GRANT READ VOLUME ON VOLUME {volume} TO {plugin}"))?;
    fails(house, &call("few.txt"), "GRANT MODIFY")?;
    house.run(&format!("GRANT MODIFY ON TABLE {table} TO {plugin}"))?;
    fails(house, &call("none.txt"), "none.txt")?;
    gives(house, &count, &[&["0"]])?;

    gives(house, &call("few.txt"), &[&["4"]])?;
    let rows = format!("SELECT line, text FROM {table} ORDER BY line");
    gives(house, &rows, &[&["1", "one"], &["2", "two"], &["3", ""], &["4", "vier – 四"]])?;
    gives(house, &call("many.txt"), &[&["5000"]])?;
    gives(house, &format!("SELECT text FROM {table} WHERE line = 5000"), &[&["line 5000"]])?;
    gives(house, &call("empty.txt"), &[&["0"]])?;
    gives(house, &count, &[&["5004"]])?;
    // One is of the table's creation, and one may be an empty commit.
    let history = house.run(&format!("DESCRIBE HISTORY {table}"))?.0.num_rows();
    holds((3..=4).contains(&history), || format!("the table has {history} versions after three loads"))
}
