//! Checks of scorers, over the kit's table and the model that the kit was given.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use arrow::array::{ArrayRef, RecordBatch};
use polder_sandbox::{
    Capabilities, Entry, Error, Function, Granted, Interrupt, Model, Refusal, Scorer, Terms, Volatility,
};

use crate::bound::{Loaded, returns_declared, taken};
use crate::checks::Check;
use crate::report::{Problem, Verdict};
use crate::same::{same, same_rows};
use crate::transform::input;
use crate::values::joined;

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "scorer.denied",
        rule: "A scorer that may read no model says so in words, or needs none.",
        run: denied,
    },
    Check {
        name: "scorer.refuses",
        rule: "A name that is not there is refused when it is loaded.",
        run: |subject| match subject.load("no_such_function") {
            Err(Error::Guest { .. }) => Ok(()),
            Err(crashed) => Err(crashed.into()),
            Ok(_) => Err(Problem::Broken("a name that is not there is loaded".into())),
        },
    },
    Check {
        name: "scorer.load",
        rule: "A scorer loads the model, and gives the columns that it describes.",
        run: |subject| {
            let scorer = subject.scorer()?;
            returns_declared(&subject.function, "the kit's table", scorer.returns().fields())
        },
    },
    Check {
        name: "scorer.batches",
        rule: "The score of a row does not depend on the batch that it comes in.",
        run: batches,
    },
];

/// A scorer and the model for it.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
    model: Option<Arc<Files>>,
}

/// The files of a folder as a model.
pub(crate) struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    /// The files that lie directly in a folder.
    pub(crate) fn read(folder: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                files.push((entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?));
            }
        }
        files.sort();
        Ok(Self(files))
    }
}

impl Model for Files {
    fn artifacts(&self) -> Granted<Vec<Entry>> {
        let entry = |(path, bytes): &(String, Vec<u8>)| Entry {
            path: path.clone(),
            size: bytes.len() as u64,
            modified: SystemTime::UNIX_EPOCH,
        };
        Ok(self.0.iter().map(entry).collect())
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Granted<Vec<u8>> {
        let file = self.0.iter().find(|(name, _)| name == path);
        let (_, bytes) = file.ok_or_else(|| Refusal::NotFound(format!("the model has no file '{path}'")))?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[from..from.saturating_add(length).min(bytes.len())].to_vec())
    }
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function, model: Option<&Arc<Files>>) -> Self {
        Self { plugin: Loaded::clone(plugin), function: function.clone(), model: model.cloned() }
    }

    fn load(&self, name: &str) -> polder_sandbox::Result<Scorer> {
        let model = self.model.clone().map(|files| files as Arc<dyn Model>);
        let terms = Terms { capabilities: Capabilities { model, ..Capabilities::default() }, ..Terms::default() };
        self.plugin.load_scorer(name, &input().schema(), terms)
    }

    fn scorer(&self) -> Result<Scorer, Problem> {
        match self.load(&self.function.name) {
            Err(Error::Guest { message, .. }) if self.model.is_none() => {
                Err(Problem::Absent(format!("no model was given for it: {message}")))
            }
            loaded => taken("the model", loaded),
        }
    }
}

fn denied(subject: &Subject) -> Verdict {
    match subject.plugin.load_scorer(&subject.function.name, &input().schema(), &Interrupt::default()) {
        Ok(_) | Err(Error::Guest { .. }) => Ok(()),
        Err(crashed) => Err(crashed.into()),
    }
}

fn batches(subject: &Subject) -> Verdict {
    if subject.function.volatility == Volatility::Volatile {
        return Err(Problem::Absent("it is volatile".into()));
    }
    let (scorer, input) = (subject.scorer()?, input());
    let whole = taken("the kit's table", scorer.score(&input))?;
    let alone = (0..input.num_rows()).map(|row| scorer.score(&input.slice(row, 1)));
    let alone = taken("single rows", alone.collect::<polder_sandbox::Result<Vec<RecordBatch>>>())?;
    for (at, column) in whole.columns().iter().enumerate() {
        let rows: Vec<_> = alone.iter().map(|row| ArrayRef::clone(row.column(at))).collect();
        if let Some(rows) = joined(&rows) {
            same("single rows", column, &rows)?;
        }
    }
    let part = taken("a slice", scorer.score(&input.slice(5, 11)))?;
    same_rows("a slice", whole.slice(5, 11).columns(), part.columns())
}
