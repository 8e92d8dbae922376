//! A home for a test, and the binary to use it with.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{LazyLock, Mutex};

use serde_json::Value;
use tempfile::TempDir;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
    });
    &ROOT
}

/// Where tests keep what takes long to make: a folder in the user's cache.
pub(crate) fn cache(name: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.unwrap_or_else(std::env::temp_dir).join("polder").join(name)
}

/// A home folder that goes away with the test, and what the environment says when it is used.
pub(crate) struct Home {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// What a run of the binary gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(Vec::new())
    }

    pub(crate) fn with(environment: Vec<(&'static str, String)>) -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), environment }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The binary, in the root of the repository, with this home.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.command_of(env!("CARGO_BIN_EXE_polder"));
        command.args(args);
        command
    }

    /// Another program that may run the binary.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(root()).env("POLDER_HOME", self.path().join("home")).env_remove("RUST_LOG");
        command.envs(self.environment.iter().cloned());
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().expect("polder runs").into()
    }

    /// Run statements as the owner; they must succeed.
    #[track_caller]
    pub(crate) fn exec(&self, sql: &str) {
        let ran = self.script(&["sql", "--format", "json"], sql);
        assert_eq!(ran.code, Some(0), "{sql}\n{}", ran.err);
    }

    /// Run statements as the owner, and give the rows of the last one.
    #[track_caller]
    pub(crate) fn rows(&self, sql: &str) -> Vec<Value> {
        self.rows_as("owner", sql)
    }

    #[track_caller]
    pub(crate) fn rows_as(&self, principal: &str, sql: &str) -> Vec<Value> {
        let ran = self.script(&["sql", "--format", "json", "--as", principal], sql);
        assert_eq!(ran.code, Some(0), "{sql}\n{}", ran.err);
        ran.out.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
    }

    /// The only value of the only row.
    #[track_caller]
    pub(crate) fn value(&self, sql: &str) -> Value {
        let rows = self.rows(sql);
        let [Value::Object(row)] = rows.as_slice() else { panic!("{sql}: {rows:?}") };
        assert_eq!(row.len(), 1, "{sql}: {row:?}");
        row.values().next().cloned().unwrap_or_default()
    }

    /// Run statements that must fail, and give the error.
    #[track_caller]
    pub(crate) fn error_as(&self, principal: &str, sql: &str) -> String {
        let ran = self.script(&["sql", "--format", "json", "--as", principal], sql);
        assert_eq!(ran.code, Some(1), "expected an error: {sql}\n{}", ran.out);
        assert!(ran.err.contains("error: "), "{}", ran.err);
        ran.err
    }

    fn script(&self, args: &[&str], sql: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("polder runs");
        let mut input = child.stdin.take().expect("standard input is piped");
        let sql = sql.to_owned();
        let writer = std::thread::spawn(move || {
            // A failing statement ends the reader early, which is not this thread's concern.
            let _ = input.write_all(sql.as_bytes());
        });
        let output = child.wait_with_output().expect("polder ends");
        writer.join().expect("the writer ends");
        output.into()
    }
}

/// The components of the first-party plugins, built once for all tests by `polder plugin build`.
pub(crate) fn plugin(name: &str) -> PathBuf {
    static BUILT: LazyLock<()> = LazyLock::new(|| {
        let home = Home::new();
        for plugin in ["geo", "text", "stats", "pii"] {
            let ran = home.run(&["plugin", "build", &format!("plugins/{plugin}")]);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
        }
    });
    LazyLock::force(&BUILT);
    root().join(format!("plugins/{name}/target/polder/{name}.wasm"))
}

/// The component of a plugin in `tests/guests`, built once for all tests by `polder plugin build`. The folder is the
/// plugin's name, and `-` and the version where there are several.
pub(crate) fn guest(folder: &str) -> PathBuf {
    static BUILT: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().expect("the guests of other tests were built");
    let project = format!("tests/guests/{folder}");
    if built.insert(folder.to_owned()) {
        let ran = Home::new().run(&["plugin", "build", &project]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let name = folder.split_once('-').map_or(folder, |(name, _)| name);
    root().join(project).join(format!("target/polder/{name}.wasm"))
}

/// A copy of a plugin in `tests/guests`, which a test may change.
pub(crate) fn copy(folder: &str) -> (TempDir, PathBuf) {
    let copy = tempfile::tempdir().expect("a temporary folder");
    let (from, project) = (root().join("tests/guests").join(folder), copy.path().join("project"));
    std::fs::create_dir_all(project.join("src")).expect("a folder");
    for file in ["Cargo.toml", "src/lib.rs"] {
        std::fs::copy(from.join(file), project.join(file)).expect("copied");
    }
    (copy, project)
}

/// Write a text in a file of a project in the place of another.
#[track_caller]
pub(crate) fn edit(project: &Path, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(project.join(file)).expect("a file");
    assert!(text.contains(from), "{from} in {text}");
    std::fs::write(project.join(file), text.replace(from, to)).expect("written");
}

/// What Ctrl-C sends.
#[cfg(unix)]
pub(crate) fn interrupt(process: u32) {
    let sent = Command::new("kill").args(["-INT", &process.to_string()]).status().expect("kill runs");
    assert!(sent.success());
}
