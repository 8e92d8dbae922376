//! `polder plugin`: writing, building, testing and installing plugins.

mod build;
mod case;
mod compare;
mod dev;
mod index;
mod inspect;
mod install;
mod key;
mod lock;
mod manage;
mod publish;
mod registry;
mod test;
mod versions;

use std::path::Path;

use polder_query::Home;
use polder_toolchain::{Language, Toolchain};

pub(crate) use build::size;
pub(crate) use dev::Dev;

use crate::args::{KeyCommand, PluginCommand};
use crate::{Result, terminal};

pub(crate) async fn run(home: &Home, command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::New { name, parent, lang } => new(&name, &parent, &lang),
        PluginCommand::Build { project, output } => build::run(&project, output.as_deref()),
        PluginCommand::Test { project } => test::run(&project).await,
        PluginCommand::Dev(wanted) => dev::run(home, *wanted).await,
        PluginCommand::Inspect { file, format } => inspect::run(&file, format),
        PluginCommand::Compare { old, new, format } => versions::run(&old, &new, format),
        PluginCommand::Publish { file, place, plain_http, key } => {
            publish::run(&file, &place, plain_http, key.as_deref()).await
        }
        PluginCommand::Key { command: KeyCommand::New { file } } => key::new(&file),
        PluginCommand::Install { from, version, into, name, consent, who } => {
            let wanted = install::Wanted { from: &from, version: version.as_deref(), consent };
            install::install(home, &who, wanted, &into, name.as_deref()).await
        }
        PluginCommand::List { format, who } => manage::list(home, &who, format).await,
        PluginCommand::Show { name, format, who } => manage::show(home, &who, &name, format).await,
        PluginCommand::Upgrade { name, from, version, consent, who } => {
            install::upgrade(home, &who, &name, from.as_deref(), version.as_deref(), consent).await
        }
        PluginCommand::Rollback { name, to, who } => manage::rollback(home, &who, &name, to.as_deref()).await,
        PluginCommand::Pin { name, version, who } => manage::pin(home, &who, &name, &version).await,
        PluginCommand::Unpin { name, who } => manage::unpin(home, &who, &name).await,
        PluginCommand::Outdated { format, who } => manage::outdated(home, &who, format).await,
        PluginCommand::Verify { name, format, who } => manage::verify(home, &who, name.as_deref(), format).await,
        PluginCommand::Lock { output, who } => lock::lock(home, &who, output.as_deref()).await,
        PluginCommand::Sync { lock, bundle, prune, yes, dry_run, format, who } => {
            let wanted = lock::Wanted { lock: &lock, bundle: bundle.as_deref(), prune, yes, dry_run };
            lock::sync(home, &who, wanted, format).await
        }
        PluginCommand::Export { names, output, who } => lock::export(home, &who, &names, &output).await,
        PluginCommand::Search { words, format, who } => manage::search(home, &who, &words.join(" "), format).await,
        PluginCommand::Index { command } => index::run(command).await,
        PluginCommand::Audit { name, format, who } => manage::audit(home, &who, &name, format).await,
        PluginCommand::Remove { name, who } => manage::remove(home, &who, &name).await,
    }
}

fn new(name: &str, parent: &Path, language: &str) -> Result<()> {
    let language: Language = language.parse()?;
    let place = Toolchain::new()?.new_project(parent, name, language)?;
    let place = place.display();
    terminal::say(format_args!(
        "\
Created the plugin {name} in {place}.

Next:
  polder plugin test {place}                          build it and run its cases
  polder plugin dev {place}                           the same at each change, and install it
  polder plugin install {place} --into main.default   make its functions SQL functions"
    ))
}
