//! One time around: build, load, test, install, ask. What fails ends it, and what was installed stays.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use polder_catalog::{FullName, Kind, Securable};
use polder_query::Session;
use polder_sandbox::{Changes, Description};
use polder_toolchain::Artifact;
use serde_json::Value;

use super::Dev;
use super::report::{Failure, Installed, Report, Step};
use crate::args::Report as Format;
use crate::output::{self, Output};
use crate::plugin::{build, test};
use crate::{Error, Result, batch, sql, terminal};

/// Where a project is tried again and again.
pub(super) struct Stage {
    session: Session,
    project: PathBuf,
    schema: FullName,
    grant: bool,
    command: Option<String>,
    format: Format,
    /// What the plugin is called in the catalog, once it said so.
    name: Option<FullName>,
    /// Places of the cases that failed last time.
    failed: BTreeSet<String>,
    turns: usize,
}

impl Stage {
    /// Checks what can be known before anything is built.
    pub(super) async fn open(session: Session, dev: &Dev) -> Result<Self> {
        let schema: FullName = dev.into.parse()?;
        if schema.parts().len() != 2 {
            return Err(Error::invalid(format_args!(
                "'{}' is no schema; write catalog.schema, as in main.default",
                dev.into
            )));
        }
        session.run(&format!("USE {}", sql::name(&dev.into)?)).await?;
        Ok(Self {
            session,
            project: dev.project.clone(),
            schema,
            grant: dev.grant_requested,
            command: dev.command.clone(),
            format: dev.format,
            name: None,
            failed: BTreeSet::new(),
            turns: 0,
        })
    }

    /// Whether nothing was tried yet.
    pub(super) fn is_new(&self) -> bool {
        self.turns == 0
    }

    pub(super) async fn turn(&mut self, changed: Vec<PathBuf>) -> Report {
        self.turns += 1;
        let start = Instant::now();
        let mut report = Report { changed, ..Report::default() };
        let done = self.attempt(&mut report).await;
        report.failure = done.err();
        if let Some(Failure { step: Step::Build | Step::Load | Step::Cases | Step::Install, .. }) = &report.failure {
            report.stays = match &self.name {
                Some(name) => self.installed(name).await.ok().flatten().map(|_| name.to_string()),
                None => None,
            };
        }
        report.took.total = start.elapsed();
        report
    }

    async fn attempt(&mut self, report: &mut Report) -> Result<(), Failure> {
        let built = timed(&mut report.took.build, self.build()).await.map_err(Step::Build.failure())?;
        let said = timed(&mut report.took.load, self.load(&built)).await.map_err(Step::Load.failure())?;
        report.version = Some(said.version.clone());
        report.digest = Some(built.digest.clone());
        report.size = built.bytes.len() as u64;
        let name = self.schema.child(&said.name).map_err(Step::Load.failure())?;
        self.name = Some(name.clone());

        report.cases = timed(&mut report.took.cases, self.cases(&built)).await.map_err(Step::Cases.failure())?;
        let failed: BTreeSet<_> =
            report.cases.iter().filter(|case| !case.passed()).map(|case| case.place.clone()).collect();
        let before = std::mem::replace(&mut self.failed, failed);
        let passed = report.cases.iter().filter(|case| case.passed() && before.contains(&case.place));
        report.fixed = passed.map(|case| case.place.clone()).collect();
        if !self.failed.is_empty() {
            let (failed, all) = (self.failed.len(), report.cases.len());
            return Err(Step::Cases.failure()(format!("{failed} of {all} cases failed")));
        }

        let installed = timed(&mut report.took.install, self.install(&name, &built, &said)).await;
        let (installed, changes) = installed.map_err(Step::Install.failure())?;
        report.installed = Some((installed, name.to_string()));
        report.changes = changes;
        if let Some(command) = &self.command {
            report.rows = timed(&mut report.took.command, self.ask(command)).await.map_err(Step::Command.failure())?;
        }
        Ok(())
    }

    /// On a thread of its own: compilers take their time.
    async fn build(&self) -> Result<Artifact> {
        let project = self.project.clone();
        let built = tokio::task::spawn_blocking(move || build::build(&project, None));
        built.await.map_err(|error| Error::invalid(format_args!("building failed: {error}")))?
    }

    /// Compiles the component, for this and for whoever else has this home.
    async fn load(&self, built: &Artifact) -> Result<Description> {
        let (sandbox, bytes) = (self.session.polder().sandbox().clone(), built.bytes.clone());
        let said = tokio::task::spawn_blocking(move || sandbox.load(&bytes)?.describe());
        Ok(said.await.map_err(|error| Error::invalid(format_args!("loading failed: {error}")))??)
    }

    /// In a home of their own, that shares what is compiled.
    async fn cases(&self, built: &Artifact) -> Result<Vec<test::Outcome>> {
        let scratch = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
        share(&self.session.polder().home().join("compiled"), &scratch.path().join("compiled"))?;
        test::cases(&self.project, built, scratch.path(), |_| Ok(())).await
    }

    async fn installed(&self, name: &FullName) -> Result<Option<Securable>> {
        let access = self.session.polder().catalog().access(self.session.principal()).await?;
        Ok(access.find(&[Kind::Plugin], name).await?)
    }

    /// Puts it in the place of what is there, if anything is; and what that changes.
    async fn install(
        &self,
        name: &FullName,
        built: &Artifact,
        said: &Description,
    ) -> Result<(Installed, Option<Changes>)> {
        let old = self.installed(name).await?;
        let (from, clause) =
            (sql::text(&sql::absolute(&built.path)?), if self.grant { " GRANT REQUESTED" } else { "" });
        let written = sql::name(&name.to_string())?;
        let statement = match &old {
            Some(_) => format!("UPGRADE PLUGIN {written} FROM {from}{clause}"),
            None => {
                let (name, schema) = (sql::identifier(&said.name), sql::name(&self.schema.to_string())?);
                format!("INSTALL PLUGIN {name} FROM {from} INTO SCHEMA {schema}{clause}")
            }
        };
        self.session.run(&statement).await?;
        let Some(old) = old.as_ref().and_then(Securable::as_plugin) else { return Ok((Installed::New, None)) };
        if old.digest == built.digest {
            return Ok((Installed::Same, None));
        }
        let before = serde_json::from_value::<Description>(old.description.clone()).ok();
        Ok((Installed::Upgraded, before.map(|before| Changes::between(&before, said))))
    }

    /// Runs what the user wants to see again. Rows go where they always go, or into the report.
    async fn ask(&self, command: &str) -> Result<Vec<Value>> {
        if self.format == Format::Text {
            let mut output = Output::new(std::io::stdout(), output::Format::Table);
            output.look.width = terminal::width();
            batch::script(&self.session, command, "", false, &mut output).await?;
            return Ok(Vec::new());
        }
        let mut output = Output::new(Vec::new(), output::Format::Json);
        batch::script(&self.session, command, "", false, &mut output).await?;
        let rows = output.to.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        rows.map(|line| serde_json::from_slice(line).map_err(|error| Error::Output(error.into()))).collect()
    }
}

async fn timed<T>(took: &mut Duration, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let done = work.await;
    *took = start.elapsed();
    done
}

/// Makes `other` lead to `folder`, so that what is compiled for one home is not compiled for the other again.
#[cfg(unix)]
fn share(folder: &Path, other: &Path) -> Result<()> {
    std::os::unix::fs::symlink(folder, other).map_err(Error::file(other))
}

/// Links are a privilege there: what is compiled is compiled twice.
#[cfg(not(unix))]
fn share(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}
