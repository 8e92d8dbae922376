//! What the figures were measured on.

use serde_json::{Value, json};

/// Cores that this process may use, their model, memory in GiB, and whether the program is optimised.
pub(crate) fn describe() -> Value {
    let model = field("/proc/cpuinfo", "model name");
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    json!({
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "cpu": model,
        "memory_gib": memory.map(|kib| (kib / (1024.0 * 1024.0)).round()),
        "os": std::env::consts::OS,
        "optimised": !cfg!(debug_assertions),
    })
}

/// The text behind `name:` in a file of Linux; none elsewhere.
fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
