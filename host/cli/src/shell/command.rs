//! The shell's own commands, which begin with a backslash. Those that show something are SQL in short.

use std::path::PathBuf;

use clap::ValueEnum as _;

use crate::output::Format;
use crate::{Error, Result};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// A statement to run.
    Run(String),
    File(PathBuf),
    Output(Option<PathBuf>),
    Format(Option<Format>),
    Expanded,
    Timing,
    Rows(Option<usize>),
    Help,
    Quit,
}

pub(super) const HELP: &str = "\
Statements end with ; and may run over several lines. Tab completes, Ctrl-C cancels, Ctrl-D leaves.

  \\d [NAME]      tables, or the columns of one; \\d+ NAME tells more
  \\dt [SCHEMA]   tables and views        \\l, \\dc        catalogs
  \\dv [SCHEMA]   views                   \\dn [CATALOG]  schemas
  \\df [SCHEMA]   functions               \\du            users
  \\dp [SCHEMA]   plugins                 \\dg            groups
  \\dV [SCHEMA]   volumes                 \\z NAME        grants on a table
  \\c SCHEMA      make a schema the current one

  \\i FILE        run the statements in a file
  \\o [FILE]      write rows to a file, or to the terminal again
  \\format [F]    table, csv, json or arrow
  \\x             a block for each row, or a line again
  \\rows N        show at most so many rows of a table; 0 shows all
  \\timing        show how long statements take, or not
  \\h, \\?         this help
  \\q             leave";

impl Command {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim().trim_end_matches(';').trim_end();
        let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let argument = argument.trim();
        let path = || PathBuf::from(argument.trim_matches('\''));
        let needed = |what: &str| match argument {
            "" => Err(Error::invalid(format_args!("{name} needs {what}; \\? helps"))),
            argument => Ok(argument),
        };
        let within = |statement: &str| match argument {
            "" => Self::Run(statement.to_owned()),
            place => Self::Run(format!("{statement} IN {place}")),
        };
        let plain = |command: Self| match argument {
            "" => Ok(command),
            extra => Err(Error::invalid(format_args!("{name} takes no argument, such as '{extra}'"))),
        };
        Ok(match name {
            "\\d" if argument.is_empty() => within("SHOW TABLES"),
            "\\d" => Self::Run(format!("DESCRIBE {argument}")),
            "\\d+" => Self::Run(format!("DESCRIBE EXTENDED {}", needed("a name")?)),
            "\\dt" => within("SHOW TABLES"),
            "\\dv" => within("SHOW VIEWS"),
            "\\dV" => within("SHOW VOLUMES"),
            "\\df" => within("SHOW FUNCTIONS"),
            "\\dp" => within("SHOW PLUGINS"),
            "\\dn" => within("SHOW SCHEMAS"),
            "\\dc" | "\\l" => plain(Self::Run("SHOW CATALOGS".to_owned()))?,
            "\\du" => plain(Self::Run("SHOW USERS".to_owned()))?,
            "\\dg" => plain(Self::Run("SHOW GROUPS".to_owned()))?,
            "\\z" => Self::Run(format!("SHOW GRANTS ON TABLE {}", needed("the name of a table")?)),
            "\\c" => Self::Run(format!("USE {}", needed("the name of a schema")?)),
            "\\i" => {
                needed("a file")?;
                Self::File(path())
            }
            "\\o" => Self::Output((!argument.is_empty()).then(path)),
            "\\format" if argument.is_empty() => Self::Format(None),
            "\\format" => {
                let unknown = |_| {
                    Error::invalid(format_args!(
                        "there is no format '{argument}'; there are table, csv, json and arrow"
                    ))
                };
                Self::Format(Some(Format::from_str(argument, true).map_err(unknown)?))
            }
            "\\x" => plain(Self::Expanded)?,
            "\\timing" => plain(Self::Timing)?,
            "\\rows" if argument.is_empty() => Self::Rows(None),
            "\\rows" => {
                let unknown = |_| Error::invalid(format_args!("\\rows takes a number, not '{argument}'"));
                Self::Rows(Some(argument.parse().map_err(unknown)?))
            }
            "\\h" | "\\?" => Self::Help,
            "\\q" => plain(Self::Quit)?,
            _ => return Err(Error::invalid(format_args!("there is no command {name}; \\? lists them"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        let run = |sql: &str| Command::Run(sql.to_owned());
        for (text, command) in [
            ("\\d", run("SHOW TABLES")),
            ("\\d main.nyc.flights;", run("DESCRIBE main.nyc.flights")),
            ("\\d+ t", run("DESCRIBE EXTENDED t")),
            ("\\dn  main ", run("SHOW SCHEMAS IN main")),
            ("\\l", run("SHOW CATALOGS")),
            ("\\z t", run("SHOW GRANTS ON TABLE t")),
            ("\\i 'a b.sql'", Command::File("a b.sql".into())),
            ("\\o", Command::Output(None)),
            ("\\o x.csv", Command::Output(Some("x.csv".into()))),
            ("\\format CSV", Command::Format(Some(Format::Csv))),
            ("\\rows 0", Command::Rows(Some(0))),
            ("\\?", Command::Help),
            ("\\q", Command::Quit),
        ] {
            assert_eq!(Command::parse(text).unwrap(), command, "{text}");
        }
        for bad in ["\\nope", "\\i", "\\format xml", "\\rows many", "\\q now", "\\d+"] {
            assert!(Command::parse(bad).is_err(), "{bad}");
        }
    }
}
