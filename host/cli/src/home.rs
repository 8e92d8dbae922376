//! Opening a home for a command.

use polder_query::{Home, Polder, Session};

use crate::{Error, Result};

/// Whether there is a home already: a folder is one by its catalog.
pub(crate) fn exists(home: &Home) -> bool {
    home.path().join("catalog.db").is_file()
}

/// A session on a home that must be there: a command that only looks makes none by mistake.
pub(crate) async fn session(home: &Home, principal: Option<&str>) -> Result<Session> {
    if !exists(home) {
        let place = home.path().display();
        return Err(Error::invalid(format_args!(
            "there is no home at {place}: make one with `polder init`, or name another with --home or POLDER_HOME"
        )));
    }
    Ok(Polder::open(home).await?.session(principal).await?)
}
