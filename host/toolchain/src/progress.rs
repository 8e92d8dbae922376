//! What a build tells whoever watches it. No terminal code: the `polder` binary draws bars, tests look on.

use std::fmt;

/// One step of a build, as it begins or moves on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// Another process is doing the same work; this one waits for it.
    Wait { what: &'a str },
    /// `rustup target add` runs.
    InstallTarget { target: &'a str },
    /// Packages of the distribution are downloaded and unpacked into the cache folder.
    Download { packages: &'a str },
    /// The standard library is compiled for the target, once.
    BuildStd { target: &'a str },
    /// Crates are looked up and downloaded; the text is Cargo's.
    Fetch { what: &'a str },
    /// `done` of `total` units of work are compiled; `total` is 0 while unknown.
    Compile { name: &'a str, done: u32, total: u32 },
    /// A core module is turned into a component.
    Encode { name: &'a str },
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Wait { what } => write!(f, "waiting for another process: {what}"),
            Step::InstallTarget { target } => write!(f, "installing target {target}"),
            Step::Download { packages } => write!(f, "downloading {packages}"),
            Step::BuildStd { target } => write!(f, "compiling the standard library for {target}"),
            Step::Fetch { what } => write!(f, "fetching {what}"),
            Step::Compile { name, total: 0, .. } => write!(f, "compiling {name}"),
            Step::Compile { name, done, total } => write!(f, "compiling {name} ({done}/{total})"),
            Step::Encode { name } => write!(f, "encoding component {name}"),
        }
    }
}

/// Watches a build.
pub trait Progress {
    fn step(&mut self, step: Step<'_>);

    /// Warnings of a build that succeeded, as rustc prints them.
    fn warnings(&mut self, text: &str) {
        let _ = text;
    }

    /// Whether the compiler's messages may hold ANSI colours.
    fn color(&self) -> bool {
        false
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&mut self, _: Step<'_>) {}
}

/// Any closure over steps watches a build.
impl<F: FnMut(Step<'_>)> Progress for F {
    fn step(&mut self, step: Step<'_>) {
        self(step);
    }
}
