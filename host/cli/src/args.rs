//! The command line: what can be asked for, and the help that says so.

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::output::Format;
use crate::plugin::Dev;

/// An AI lakehouse in one binary: SQL over Delta tables, with functions that run as sandboxed WebAssembly.
#[derive(Debug, Parser)]
#[command(name = "polder", version, arg_required_else_help = true, max_term_width = 110)]
#[command(after_help = "\
Examples:
  polder demo                                        see what it does, on real data
  polder sql                                         a shell on the home in this folder
  polder sql -c 'SELECT 1 AS one' --format json      one statement, one JSON object per row
  polder plugin new greet && polder plugin test greet

RUST_LOG (such as RUST_LOG=info) writes a log to stderr.")]
pub(crate) struct Arguments {
    /// Folder that holds everything [default: POLDER_HOME, else .polder]
    #[arg(long, global = true, value_name = "DIR", value_parser = clap::value_parser!(PathBuf))]
    pub(crate) home: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load real data, build and install plugins, and answer questions with them; in the folder demo of the home
    Demo,
    /// Make a home: the folder that holds catalog, tables and plugins
    Init(Init),
    /// Run SQL: a shell, or statements from the command line, files or standard input
    Sql(Sql),
    /// Write, build, test and install plugins
    Plugin(Plugin),
    /// Run a task of a plugin, and print what it gives
    Run(Run),
    /// Show what a table was made from, and what was made from it
    Lineage(Lineage),
    /// Check a home and this machine, and say what to do about what is wrong
    Doctor(Doctor),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  polder init
  polder --home /srv/polder init --owner jane@example.com")]
pub(crate) struct Init {
    /// User who will own the metastore, and may do everything
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
}

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct As {
    /// User or group to act as [default: the owner of the metastore]
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(crate) principal: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without -c and -f, statements come from standard input; where that is a terminal, a shell starts (\\? helps).
Rows go to stdout. What statements say beside rows goes to stdout in the format table, else to stderr.

Examples:
  polder sql
  polder sql -c 'CREATE TABLE t AS SELECT 1 AS a' -c 'SELECT * FROM t'
  polder sql -f setup.sql -f questions.sql --continue
  polder sql --format csv < question.sql > answer.csv
  polder sql --format arrow -c 'SELECT * FROM t' > t.arrows
  polder sql --as analyst -c 'SELECT * FROM main.hr.salaries'")]
pub(crate) struct Sql {
    /// Run these statements; may be repeated, and mixed with -f in any order
    #[arg(short = 'c', long = "command", value_name = "SQL", allow_hyphen_values = true)]
    commands: Vec<String>,

    /// Run the statements in this file (- is standard input); may be repeated
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Go on after a statement that failed (the exit code is 1 all the same)
    #[arg(long = "continue")]
    pub(crate) go_on: bool,

    #[command(flatten)]
    pub(crate) who: As,

    /// What -c and -f ask for, in the order of the command line.
    #[arg(skip)]
    pub(crate) inputs: Vec<Input>,
}

/// Where statements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Text(String),
    File(PathBuf),
    Stdin,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The same as CALL task(name => 'value', …) in SQL, with the log, metrics and progress of the run on stderr.

Examples:
  polder run main.etl.ingest --param day=2013-01-05
  polder run main.etl.simulate --param rounds=1000 --seed 7 --format json")]
pub(crate) struct Run {
    /// Such as main.etl.ingest
    pub(crate) task: String,
    /// A parameter of the task; may be repeated
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Make the run's random bytes those of another run with this seed
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: As,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  polder plugin new greet                            a project that builds and passes its tests
  polder plugin test greet                           its cases, as SQL, in the real sandbox
  polder plugin install greet --into main.default    build it and make its functions SQL functions
  polder plugin inspect some.wasm                    what a component asks for, without running it")]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Create a plugin project from a template
    New {
        /// Its name: lower-case letters, digits and _
        name: String,
        /// The folder to create it in
        #[arg(value_name = "DIR", default_value = ".")]
        parent: PathBuf,
        /// The language to write it in: rust, python, javascript, typescript, go, c, cpp or zig
        #[arg(long, default_value = "rust")]
        lang: String,
    },
    /// Compile a plugin project to a component
    Build {
        /// The project
        #[arg(value_name = "DIR", default_value = ".")]
        project: PathBuf,
        /// Where to put the component [default: DIR/target/polder/NAME.wasm]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Build a plugin project and run its cases, tests/*.sql, through SQL in the sandbox
    #[command(after_help = "\
A case is a statement and, in the comment lines directly below it, what it answers: a header and rows as CSV, or an
error. {schema} stands for where the plugin is installed. Numbers with a fraction are compared to the digits written.

  SELECT {schema}.haversine(40.64, -73.78, 33.94, -118.41) AS km;
  -- km
  -- 3974.3

  SELECT {schema}.haversine(91.0, 0.0, 0.0, 0.0);
  -- error: not between -90 and 90")]
    Test {
        /// The project
        #[arg(value_name = "DIR", default_value = ".")]
        project: PathBuf,
    },
    /// Build, test and install a plugin project again whenever a file of it changes
    Dev(Box<Dev>),
    /// Print what a component exports, imports and asks for; it is not run
    Inspect {
        /// A WebAssembly component
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = Report::Text)]
        format: Report,
    },
    /// Show what changes for users between two versions of a plugin, and what its version number must say
    Compare {
        /// The earlier component, or the folder of a plugin project
        old: PathBuf,
        /// The later one
        new: PathBuf,
        #[arg(long, value_enum, default_value_t = Report::Text)]
        format: Report,
    },
    /// Publish a component, or build a project and publish that
    #[command(after_help = "\
The registry's password is read from the environment (POLDER_REGISTRY_USERNAME and POLDER_REGISTRY_PASSWORD), or else from
what `docker login` left in ~/.docker/config.json. Published versions never change, and a version that says less than
changed since the one before it is refused; `polder plugin compare` tells beforehand.

Examples:
  polder plugin publish greet oci://ghcr.io/acme/greet
  polder plugin publish greet.wasm oci://localhost:5000/acme/greet --plain-http")]
    Publish {
        /// A component, or the folder of a plugin project
        file: PathBuf,
        /// Where to, without a version, which is the plugin's own: oci://registry/namespace/name
        place: String,
        /// Speak to the registry without TLS
        #[arg(long)]
        plain_http: bool,
    },
    /// Install a package, a component, or build a project and install that
    #[command(after_help = "\
A package is found by a connection of type oci, which an administrator makes:
  polder sql -c \"CREATE CONNECTION acme TYPE oci OPTIONS (url 'https://ghcr.io/acme')\"

Examples:
  polder plugin install oci://ghcr.io/acme/geo --into main.geo --version ^1.2
  polder plugin install greet --into main.default")]
    Install {
        /// A package (oci://…), a component, or the folder of a plugin project
        #[arg(value_name = "FROM")]
        from: String,
        /// Which version of a package, as Cargo writes requirements [default: the newest]
        #[arg(long, value_name = "REQUIREMENT")]
        version: Option<String>,
        /// The schema whose functions its functions become, such as main.geo
        #[arg(long, value_name = "SCHEMA")]
        into: String,
        /// What to call the plugin [default: what it calls itself]
        #[arg(long)]
        name: Option<String>,
        /// Grant what it asks for, without a question
        #[arg(long)]
        grant_requested: bool,
        #[command(flatten)]
        who: As,
    },
    /// List the installed plugins
    List {
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Show one plugin and its functions
    Show {
        /// Such as main.geo.geo
        name: String,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Replace an installed plugin by another version of it
    Upgrade {
        /// Such as main.geo.geo
        name: String,
        /// A package (oci://…), a component, or the folder of a plugin project [default: the registry it came from]
        #[arg(value_name = "FROM")]
        from: Option<String>,
        /// Which version of a package, as Cargo writes requirements [default: the newest]
        #[arg(long, value_name = "REQUIREMENT")]
        version: Option<String>,
        /// Grant what it asks for, without a question
        #[arg(long)]
        grant_requested: bool,
        #[command(flatten)]
        who: As,
    },
    /// Remove a plugin with its functions; refused while something depends on them
    Remove {
        /// Such as main.geo.geo
        name: String,
        #[command(flatten)]
        who: As,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  polder lineage main.air.delays
  polder lineage main.air.delays --upstream --format json")]
pub(crate) struct Lineage {
    /// Such as main.air.delays
    pub(crate) table: String,
    /// Only what it was made from
    #[arg(long)]
    pub(crate) upstream: bool,
    /// Only what was made from it
    #[arg(long)]
    pub(crate) downstream: bool,
    /// Through how many statements in a row
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) depth: usize,
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
    #[command(flatten)]
    pub(crate) who: As,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Report {
    /// For people
    Text,
    /// One JSON document
    Json,
}

impl Arguments {
    /// What this process was asked for; leaves it where that cannot be understood.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        Self::from_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    fn from_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::from_arg_matches(matches)?;
        if let (Command::Sql(sql), Some(matches)) = (&mut arguments.command, matches.subcommand_matches("sql")) {
            sql.inputs = sql.ordered(matches);
        }
        Ok(arguments)
    }
}

impl Sql {
    /// -c and -f as they follow each other, which two lists alone do not tell.
    fn ordered(&self, matches: &ArgMatches) -> Vec<Input> {
        let at = |id| matches.indices_of(id).into_iter().flatten();
        let texts = at("commands").zip(self.commands.iter().cloned().map(Input::Text));
        let files = at("files").zip(
            self.files.iter().cloned().map(
                |path| {
                    if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path) }
                },
            ),
        );
        let mut inputs: Vec<(usize, Input)> = texts.chain(files).collect();
        inputs.sort_by_key(|(at, _)| *at);
        inputs.into_iter().map(|(_, input)| input).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::from_matches(&Arguments::command().try_get_matches_from(line)?)
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn statements_keep_their_order() {
        let line = ["polder", "sql", "-c", "a", "-f", "x.sql", "-c", "b", "-f", "-", "--home", "h"];
        let Ok(Arguments { home, command: Command::Sql(sql) }) = read(&line) else { panic!("not understood") };
        let text = |text: &str| Input::Text(text.to_owned());
        assert_eq!(sql.inputs, [text("a"), Input::File("x.sql".into()), text("b"), Input::Stdin]);
        assert_eq!(home, Some("h".into()));
    }

    #[test]
    fn a_statement_may_begin_with_a_comment() {
        let Ok(Arguments { command: Command::Sql(sql), .. }) = read(&["polder", "sql", "-c", "-- one\nSELECT 1"])
        else {
            panic!("not understood")
        };
        assert_eq!(sql.inputs, [Input::Text("-- one\nSELECT 1".to_owned())]);
    }

    #[test]
    fn mistakes_are_refused() {
        for line in [
            &["polder"][..],
            &["polder", "sql", "--format", "xml"],
            &["polder", "plugin", "install", "x.wasm"],
            &["polder", "lineage"],
            &["polder", "init", "extra"],
        ] {
            assert_eq!(read(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
