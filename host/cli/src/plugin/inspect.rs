//! `polder plugin inspect`: what a component is and asks for, from its bytes alone.

use std::io::{self, Write as _};
use std::path::Path;

use polder_sandbox::{Extern, Inspection, Limits};

use super::build::size;
use crate::args::Report;
use crate::terminal::plain;
use crate::{Error, Result};

pub(super) fn run(file: &Path, format: Report) -> Result<()> {
    let inspection = polder_sandbox::inspect(&read(file)?)?;
    match format {
        Report::Json => {
            let text = serde_json::to_string_pretty(&inspection).map_err(|error| Error::Output(error.into()))?;
            Ok(writeln!(io::stdout(), "{text}")?)
        }
        Report::Text => Ok(io::stdout().write_all(describe(file, &inspection).as_bytes())?),
    }
}

/// The bytes of a file that is not too large to be a component.
pub(super) fn read(file: &Path) -> Result<Vec<u8>> {
    let most = Limits::default().component_bytes as u64;
    let bytes = std::fs::metadata(file).map_err(Error::file(file))?.len();
    if bytes > most {
        let (file, is, most) = (file.display(), size(bytes), size(most));
        return Err(Error::invalid(format_args!("{file} has {is}; a component has at most {most}")));
    }
    std::fs::read(file).map_err(Error::file(file))
}

fn describe(file: &Path, inspection: &Inspection) -> String {
    let Inspection { digest, size: bytes, worlds, capabilities, imports, exports, modules, functions } = inspection;
    let list = |names: &[String], none: &str| {
        if names.is_empty() { none.to_owned() } else { plain(&names.join(", ")).into_owned() }
    };
    let mut text = format!(
        "\
file          {}
digest        sha256:{digest}
size          {} ({bytes} bytes)
code          {functions} functions in {modules} core modules
world         {}
capabilities  {}
",
        file.display(),
        size(*bytes),
        list(worlds, "none of polder:plugin"),
        list(capabilities, "none: it can compute, and write to the log"),
    );
    for (title, externs) in [("exports", exports), ("imports", imports)] {
        text.push_str(&format!("\n{title}\n"));
        if externs.is_empty() {
            text.push_str("  nothing\n");
        }
        for Extern { name, kind, items } in externs {
            text.push_str(&format!("  {} ({kind})\n", plain(name)));
            text.extend(items.iter().map(|item| format!("    {}\n", plain(item))));
        }
    }
    text
}
