//! The guests, built as any plugin is.

use std::path::Path;

use polder_query::Session;
use polder_toolchain::{Artifact, Silent, Toolchain};

use crate::Result;
use crate::tables::execute;

/// The schema into which functions and their data go.
pub(super) const SCHEMA: &str = "main.bench";

/// Builds the plugin in `guests/functions`.
pub(super) fn build() -> Result<Artifact> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/functions");
    Ok(Toolchain::new()?.build(&project, None, &mut Silent)?)
}

/// Installs it anew, so that what is measured is what was built; its schema becomes the current one.
pub(super) async fn install(session: &Session, guest: &Artifact) -> Result<()> {
    let file = quoted(&guest.path);
    for statement in [
        format!("CREATE SCHEMA IF NOT EXISTS {SCHEMA}"),
        format!("USE SCHEMA {SCHEMA}"),
        "DROP PLUGIN IF EXISTS functions".to_owned(),
        format!("INSTALL PLUGIN functions FROM {file} INTO SCHEMA {SCHEMA}"),
    ] {
        execute(session, &statement).await?;
    }
    Ok(())
}

/// A path as SQL writes it.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "''"))
}
