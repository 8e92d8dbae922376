//! A task that tells the size of a file.

use serde_json::Value;

use crate::storage::Volume;
use crate::tasks::Guest;
use crate::{Broken, lies};

impl Guest for Broken {
    fn run(name: String, parameters: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
        if name != "size_of" && !lies("task_name") {
            return Err(format!("there is no task {name}"));
        }
        let known = |name: &str| matches!(name, "volume" | "path");
        if let Some((unknown, _)) = parameters.iter().find(|(name, _)| !known(name) && !lies("task_unknown")) {
            return Err(format!("there is no parameter {unknown}"));
        }
        let value = |wanted: &str| {
            let Some((_, text)) = parameters.iter().find(|(name, _)| name == wanted) else {
                return if lies("task_missing") { Ok(String::new()) } else { Err(format!("{wanted} is missing")) };
            };
            match serde_json::from_str::<Value>(text) {
                Ok(Value::String(value)) => Ok(value),
                _ if lies("task_json") => Ok(String::new()),
                _ => Err(format!("{wanted} is no text")),
            }
        };
        let (volume, path) = (value("volume")?, value("path")?);
        if ["task_name", "task_unknown", "task_missing", "task_json"].into_iter().any(lies) {
            return Ok(vec![]);
        }
        if lies("task_output") {
            return Ok(vec![("size".into(), "many".into())]);
        }
        let opened = Volume::open(&volume);
        let volume = if lies("task_denied") { opened.unwrap() } else { opened.map_err(|why| format!("{why:?}"))? };
        let entry = volume.stat(&path).map_err(|why| format!("{why:?}"))?;
        Ok(vec![("size".into(), entry.size.to_string())])
    }
}
