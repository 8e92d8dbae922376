//! `polder init`: makes a home and says what to do with it.

use polder_catalog::Catalog;
use polder_query::{Home, Polder};

use crate::{Error, Result, home, terminal};

pub(crate) async fn run(home: &Home, owner: Option<&str>) -> Result<()> {
    let fresh = !home::exists(home);
    if fresh {
        // The catalog first: who owns it is settled when it is made.
        Catalog::open(home.path().join("catalog.db"), owner).await?.close().await;
    }
    let polder = Polder::open(home).await?;
    let (place, is) = (polder.home().display(), polder.catalog().owner().await?);
    if !fresh
        && let Some(owner) = owner
        && !owner.trim().eq_ignore_ascii_case(&is)
    {
        return Err(Error::invalid(format_args!("there is a home at {place} already, and {is} owns it")));
    }
    let word = if fresh { "Made a home" } else { "There is a home already" };
    terminal::say(format_args!(
        "\
{word} at {place}, owned by {is}.

Next:
  polder sql                                            a shell; \\? helps
  polder plugin new greet                               a plugin project, to build, test and install
  polder sql -c \"CREATE USER 'jane@example.com'\"        somebody to grant something to
  polder demo                                           see it at work, elsewhere, on real data"
    ))?;
    if home.path() != std::path::Path::new(".polder") {
        terminal::say(format_args!(
            "\nOther commands find it with --home, or with POLDER_HOME={place} in the environment."
        ))?;
    }
    Ok(())
}
