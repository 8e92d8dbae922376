//! A home in which an attack takes place, with a neighbour beside it.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arrow::json::LineDelimitedWriter;
use futures::{FutureExt, TryStreamExt};
use polder_query::{Answer, Home, Polder, Session};
use polder_sandbox::Limits;
use serde_json::Value;
use tempfile::TempDir;

use crate::guests;
use crate::neighbour::{self, Neighbour};

/// An attack that is still going on by then was not stopped.
const DEADLINE: Duration = Duration::from_secs(240);

/// Limits that an attack reaches soon, and a neighbour does not.
pub(crate) fn limits() -> Limits {
    Limits {
        memory: 64 << 20,
        instances: 64,
        call_time: Duration::from_secs(2),
        task_time: Duration::from_secs(3),
        result_bytes: 16 << 20,
        table_rows: 1 << 20,
        state_bytes: 4 << 20,
        write_bytes: 256 << 20,
        read_bytes: 1 << 10,
        ..Limits::default()
    }
}

/// Runs an attack beside a neighbour.
pub(crate) fn beside<T>(attack: impl AsyncFnOnce(&Stage) -> T) -> T {
    beside_with(limits(), attack)
}

/// The same under other limits.
pub(crate) fn beside_with<T>(limits: Limits, attack: impl AsyncFnOnce(&Stage) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::set(limits));
    let result = runtime.block_on(async {
        let neighbour = Neighbour::begin(&stage.polder).await;
        let attack = AssertUnwindSafe(tokio::time::timeout(DEADLINE, attack(&stage)));
        let outcome = attack.catch_unwind().await;
        tokio::time::timeout(DEADLINE, neighbour.end()).await.expect("the neighbour gets on");
        outcome.unwrap_or_else(|failed| resume_unwind(failed)).expect("the attack is stopped")
    });
    runtime.shutdown_timeout(DEADLINE);
    result
}

/// A home with the neighbour's schema, and the schema `evil` of mallory's.
pub(crate) struct Stage {
    pub(crate) polder: Polder,
    pub(crate) owner: Session,
    /// May do in `main.evil` what one does with data and functions.
    pub(crate) mallory: Arc<Session>,
    folder: TempDir,
}

impl Stage {
    async fn set(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("home");
        guests::seed(&path.join("compiled"));
        let polder = Polder::open_with(&Home::find(Some(path)), limits).await.unwrap();
        let owner = polder.session(None).await.unwrap();
        let evil = [
            "CREATE SCHEMA evil",
            "CREATE TABLE evil.t AS SELECT n FROM generate_series(1, 10) AS s(n)",
            "CREATE TABLE main.default.secret AS SELECT 'sesame' AS word",
            "CREATE USER mallory",
            "GRANT USE CATALOG ON CATALOG main TO mallory",
            "GRANT USE SCHEMA, SELECT, MODIFY, EXECUTE, READ VOLUME, WRITE VOLUME ON SCHEMA evil TO mallory",
        ];
        for statement in neighbour::home(&guests::path("functions").display().to_string()) {
            rows(&owner, &statement).await.unwrap();
        }
        for statement in evil {
            rows(&owner, statement).await.unwrap();
        }
        let mallory = Arc::new(polder.session(Some("mallory")).await.unwrap());
        Self { polder, owner, mallory, folder }
    }

    /// A place for files outside of the home.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The home.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Installs a guest in `main.evil`, and grants its plugin there what it asks for.
    pub(crate) async fn install(&self, guest: &str) {
        self.did(&format!("INSTALL PLUGIN {guest} FROM '{}' INTO SCHEMA evil", guests::path(guest).display())).await;
        if guest == "functions" {
            return;
        }
        self.did(&format!("GRANT USE CATALOG ON CATALOG main TO PLUGIN main.evil.{guest}")).await;
        let all = "USE SCHEMA, SELECT, MODIFY, EXECUTE, READ VOLUME, WRITE VOLUME";
        self.did(&format!("GRANT {all} ON SCHEMA evil TO PLUGIN main.evil.{guest}")).await;
    }

    /// Tries to install a component, as the owner.
    pub(crate) async fn bring(&self, component: &[u8]) -> Result<Vec<Value>, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = self.folder().join(format!("component{number}.wasm"));
        std::fs::write(&file, component).unwrap();
        rows(&self.owner, &format!("INSTALL PLUGIN p{number} FROM '{}' INTO SCHEMA evil", file.display())).await
    }

    /// A statement of the owner's, which must pass.
    pub(crate) async fn did(&self, statement: &str) -> Vec<Value> {
        rows(&self.owner, statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// A statement of mallory's, which must pass.
    pub(crate) async fn got(&self, statement: &str) -> Vec<Value> {
        rows(&self.mallory, statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// A statement of mallory's, which must fail with an error that says all of `why`.
    pub(crate) async fn stopped(&self, statement: &str, why: &[&str]) {
        says(statement, rows(&self.mallory, statement).await, why);
    }
}

/// The outcome must be an error that says all of `why`, and nothing that steers a terminal.
pub(crate) fn says(attack: &str, outcome: Result<Vec<Value>, String>, why: &[&str]) {
    let error = outcome.expect_err(attack);
    let missing = why.iter().find(|part| !error.contains(**part));
    assert!(missing.is_none(), "{attack}: {missing:?} is not in: {error:.2000}");
    assert!(!error.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{attack}: {error:.2000?}");
    assert!(error.len() < 1 << 20, "{attack}: an error of {} bytes", error.len());
}

/// Runs a statement to its end. Its rows as JSON objects, or its error.
pub(crate) async fn rows(session: &Session, statement: &str) -> Result<Vec<Value>, String> {
    let answer = session.run(statement).await.map_err(|error| error.to_string())?;
    let Answer::Rows(rows) = answer else { return Ok(Vec::new()) };
    let batches: Vec<_> = rows.try_collect().await.map_err(|error| polder_query::Error::from(error).to_string())?;
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write_batches(&batches.iter().collect::<Vec<_>>()).unwrap();
    let text = String::from_utf8(writer.into_inner()).unwrap();
    Ok(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
