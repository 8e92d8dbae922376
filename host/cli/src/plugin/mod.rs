//! `polder plugin`: writing, building, testing and installing plugins.

mod build;
mod case;
mod compare;
mod dev;
mod inspect;
mod manage;
mod publish;
mod test;
mod versions;

use std::path::Path;

use polder_query::Home;
use polder_toolchain::{Language, Toolchain};

pub(crate) use build::size;
pub(crate) use dev::Dev;

use crate::args::PluginCommand;
use crate::{Result, terminal};

pub(crate) async fn run(home: &Home, command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::New { name, parent, lang } => new(&name, &parent, &lang),
        PluginCommand::Build { project, output } => build::run(&project, output.as_deref()),
        PluginCommand::Test { project } => test::run(&project).await,
        PluginCommand::Dev(wanted) => dev::run(home, *wanted).await,
        PluginCommand::Inspect { file, format } => inspect::run(&file, format),
        PluginCommand::Compare { old, new, format } => versions::run(&old, &new, format),
        PluginCommand::Publish { file, place, plain_http } => publish::run(&file, &place, plain_http).await,
        PluginCommand::Install { from, version, into, name, grant_requested, who } => {
            let wanted = manage::Wanted { from: &from, version: version.as_deref(), grant: grant_requested };
            manage::install(home, &who, wanted, &into, name.as_deref()).await
        }
        PluginCommand::List { format, who } => manage::list(home, &who, format).await,
        PluginCommand::Show { name, format, who } => manage::show(home, &who, &name, format).await,
        PluginCommand::Upgrade { name, from, version, grant_requested, who } => {
            let (from, version) = match from {
                Some(from) => (from, version),
                None => {
                    let (place, at_least) = manage::newer(home, &who, &name).await?;
                    (place, Some(version.unwrap_or(at_least)))
                }
            };
            let wanted = manage::Wanted { from: &from, version: version.as_deref(), grant: grant_requested };
            manage::upgrade(home, &who, &name, wanted).await
        }
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
