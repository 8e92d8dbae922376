//! Another program that is measured: it is told a case on a line of stdin, and answers with a line of JSON.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

pub(super) struct Peer {
    program: PathBuf,
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What a program says of a case.
#[derive(Deserialize)]
pub(super) struct Measured {
    nanoseconds: u64,
    pub(super) answer: Value,
}

impl Measured {
    pub(super) fn time(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds)
    }
}

impl Peer {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let program = PathBuf::from(command.get_program());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(Error::at(&program))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Unexpected("a child without pipes".to_owned()));
        };
        Ok(Self { program, child, stdin, stdout: BufReader::new(stdout) })
    }

    pub(super) fn measure(&mut self, case: &str) -> Result<Measured> {
        writeln!(self.stdin, "{case}").map_err(Error::at(&self.program))?;
        self.stdin.flush().map_err(Error::at(&self.program))?;
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(Error::at(&self.program))?;
        if line.is_empty() {
            return Err(Error::Unexpected(format!("{} ended at '{case}'", self.program.display())));
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Nothing is lost: it only answers questions.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
