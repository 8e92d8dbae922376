//! The `polder` binary: a door from the command line to SQL, plugins and the catalog.
//!
//! Nothing is decided here. Commands that touch a home are SQL statements, or what the floors below offer
//! as functions; this crate reads arguments, shows answers and turns errors into exit codes: 1 for a
//! failure, 2 for a command line that makes no sense.

mod args;
mod batch;
mod demo;
mod doctor;
mod error;
mod home;
mod init;
mod lineage;
mod output;
mod plugin;
mod progress;
mod run;
mod shell;
mod sql;
mod terminal;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use polder_query::Home;
use tracing_subscriber::EnvFilter;

use crate::args::{Arguments, Command};
use crate::error::{Error, Result};

/// What is logged unless RUST_LOG says otherwise. The Delta kernel logs the errors that it returns as well.
const LOG: &str = "warn,deltalake_core=error,buoyant_kernel=off";

/// Plans of long queries are deep recursions, and debug builds have large frames.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();

    // On a thread of its own, because the main one's stack is as the system says.
    let command = std::thread::Builder::new().name("command".to_owned()).stack_size(STACK);
    let result = command.spawn(|| start(arguments)).map_err(Error::Thread).map(std::thread::JoinHandle::join);
    match result {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) | Err(error) => {
            if !matches!(error, Error::Told) {
                terminal::complain(error);
            }
            ExitCode::FAILURE
        }
        // The panic told of itself.
        Ok(Err(_)) => ExitCode::from(101),
    }
}

fn start(arguments: Arguments) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK).build().map_err(Error::Thread)?;
    let result = runtime.block_on(run(arguments));
    // What was abandoned (a cancelled query, names for completion) is not waited for: it ends with the
    // process. Shutting the runtime down beneath it would make it panic.
    std::mem::forget(runtime);
    result
}

async fn run(Arguments { home, command }: Arguments) -> Result<()> {
    let home = Home::find(home);
    match command {
        Command::Demo => demo::run(&home).await,
        Command::Init(init) => init::run(&home, init.owner.as_deref()).await,
        Command::Sql(sql) => batch::run(&home, sql).await,
        Command::Plugin(plugin) => plugin::run(&home, plugin.command).await,
        Command::Run(task) => run::run(&home, task).await,
        Command::Lineage(lineage) => lineage::run(&home, lineage).await,
        Command::Doctor(doctor) => doctor::run(&home, doctor.format).await,
    }
}
