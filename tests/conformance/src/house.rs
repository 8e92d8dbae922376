//! A home of its own, in which the component is installed and called through SQL.

use std::path::Path;
use std::time::Duration;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use futures::TryStreamExt;
use polder_query::{Answer, Home, Polder, Session};
use polder_sandbox::{Limits, Sandbox};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::values::cell;
use crate::{Error, Result};

/// Where the component is installed.
pub(crate) const SCHEMA: &str = "main.kit";

/// What a component may cost while it is checked.
fn limits() -> Limits {
    Limits {
        memory: 256 << 20,
        instances: 32,
        call_time: Duration::from_secs(30),
        task_time: Duration::from_secs(5),
        // It is the component that is judged, not the machine.
        compile_time: Duration::from_secs(600),
        ..Limits::default()
    }
}

pub(crate) struct House {
    runtime: Runtime,
    polder: Polder,
    session: Session,
    // Last, so that the home outlives whoever uses it.
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Result<Self> {
        let runtime = Runtime::new().map_err(Error::Setup)?;
        let folder = tempfile::tempdir().map_err(Error::Setup)?;
        let home = Home::find(Some(folder.path().join("home")));
        let (polder, session) = runtime.block_on(async {
            let polder = Polder::open_with(&home, limits()).await?;
            let session = polder.session(None).await?;
            Ok::<_, polder_query::Error>((polder, session))
        })?;
        let house = Self { runtime, polder, session, folder };
        house.run(&format!("CREATE SCHEMA {SCHEMA}"))?;
        Ok(house)
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.polder.sandbox()
    }

    /// A folder beside the home.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Installs the component as `plugin`.
    pub(crate) fn install(&self, component: &[u8], plugin: &str) -> Result<()> {
        let file = self.folder().join("component.wasm");
        std::fs::write(&file, component).map_err(Error::Setup)?;
        self.run(&format!("INSTALL PLUGIN {plugin} FROM '{}' INTO SCHEMA {SCHEMA}", file.display()))?;
        Ok(())
    }

    /// Runs a statement as the owner, and gives its rows.
    pub(crate) fn run(&self, statement: &str) -> Result<Rows, polder_query::Error> {
        self.runtime.block_on(async {
            match self.session.run(statement).await? {
                Answer::Done(..) => Ok(Rows(RecordBatch::new_empty(arrow::datatypes::Schema::empty().into()))),
                Answer::Rows(rows) => {
                    let schema = rows.schema();
                    let batches: Vec<_> = rows.try_collect().await?;
                    Ok(Rows(concat_batches(&schema, &batches)?))
                }
            }
        })
    }
}

/// The rows of an answer.
pub(crate) struct Rows(pub(crate) RecordBatch);

impl Rows {
    /// The names of the columns.
    pub(crate) fn header(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The cells as people read them.
    pub(crate) fn cells(&self) -> Vec<Vec<String>> {
        let row = |row| self.0.columns().iter().map(|column: &ArrayRef| plain(column, row)).collect();
        (0..self.0.num_rows()).map(row).collect()
    }
}

/// A cell without the quotes of a text.
fn plain(column: &ArrayRef, row: usize) -> String {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::DataType;
    match column.data_type() {
        DataType::Utf8 if column.is_valid(row) => column.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 if column.is_valid(row) => column.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View if column.is_valid(row) => column.as_string_view().value(row).to_owned(),
        _ => cell(column, row),
    }
}
