//! Builds plugins without the rest of Polder: `cargo run -p polder-toolchain --example build -- plugins/geo`.

use std::time::Instant;

use polder_toolchain::{Progress, Result, Step, Toolchain};

struct Log(Instant);

impl Progress for Log {
    fn step(&mut self, step: Step<'_>) {
        eprintln!("{:7.1} s  {step}", self.0.elapsed().as_secs_f64());
    }

    fn warnings(&mut self, text: &str) {
        eprintln!("{text}");
    }
}

fn main() -> Result<()> {
    let projects: Vec<_> = std::env::args_os().skip(1).collect();
    let projects: Vec<_> = projects.iter().map(std::path::Path::new).collect();
    for artifact in Toolchain::new()?.build_all(&projects, &mut Log(Instant::now()))? {
        println!("{artifact:?}");
    }
    Ok(())
}
