//! 10,000 installed functions: a plugin of 1,000 of them in each of ten schemas, and how long it takes to list them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use polder_query::{Home, Polder};
use polder_toolchain::{Silent, Toolchain};

use super::guest::quoted;
use super::report::Report;
use crate::engines::polder_rows;
use crate::tables::execute;
use crate::{Error, Result};

const SCHEMAS: usize = 10;
const FUNCTIONS: usize = 1_000;

pub(super) async fn run(folder: &Path, runs: usize, report: &mut Report) -> Result<()> {
    let project = folder.join("many");
    write(&project)?;
    let plugin = Toolchain::new()?.build(&project, None, &mut Silent)?;

    let session = Polder::open(&Home::find(Some(folder.join("many-home")))).await?.session(None).await?;
    let list = "SHOW FUNCTIONS IN main";
    let count = async || Ok::<_, Error>(polder_rows(&session, list).await?.iter().map(|batch| batch.num_rows()).sum());
    for schema in 0..SCHEMAS {
        if count().await? == SCHEMAS * FUNCTIONS {
            break;
        }
        execute(&session, &format!("CREATE SCHEMA IF NOT EXISTS main.many_{schema}")).await?;
        let start = Instant::now();
        let install = format!("INSTALL PLUGIN many FROM {} INTO SCHEMA main.many_{schema}", quoted(&plugin.path));
        execute(&session, &install).await?;
        eprintln!("installed {FUNCTIONS} functions in {:.1} s", start.elapsed().as_secs_f64());
    }
    let mut shortest = Duration::MAX;
    for _ in 0..=runs {
        let start = Instant::now();
        let found: usize = count().await?;
        shortest = shortest.min(start.elapsed());
        if found != SCHEMAS * FUNCTIONS {
            return Err(Error::Unexpected(format!("{list} shows {found} functions")));
        }
    }
    report.time("SHOW FUNCTIONS of 10,000", shortest, Some(Duration::from_millis(100)));
    Ok(())
}

/// Writes the plugin's project.
fn write(project: &Path) -> Result<()> {
    let manifest = "[package]\nname = \"many\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
                    [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\npolder-sdk = \"0.1\"\n\n[workspace]\n";
    let mut source = "use polder_sdk::prelude::*;\n".to_owned();
    for number in 0..FUNCTIONS {
        let _infallible = writeln!(
            source,
            "\n/// Adds {number}.\n#[scalar]\nfn add_{number}(x: i64) -> i64 {{\n    x.wrapping_add({number})\n}}"
        );
    }
    fs::create_dir_all(project.join("src")).map_err(Error::at(project))?;
    for (file, text) in [("Cargo.toml", manifest), ("src/lib.rs", &source)] {
        let path = project.join(file);
        // Left as it is when it is the same, so that Cargo need not build again.
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(&path, text).map_err(Error::at(&path))?;
        }
    }
    Ok(())
}
