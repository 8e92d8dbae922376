//! Tasks: one call from parameters to outputs, which are JSON values by name.

use crate::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The parameters of a run.
pub struct Inputs(Vec<(String, String)>);

impl Inputs {
    /// The parameters, all of which are among those that the task knows.
    pub fn new(known: &[&str], given: Vec<(String, String)>) -> Result<Self, Error> {
        let unknown = given.iter().find(|(name, _)| !known.contains(&name.as_str()));
        match unknown {
            Some((name, _)) if known.is_empty() => {
                Err(Error::new(format!("there is no parameter `{name}`; the task takes none")))
            }
            Some((name, _)) => {
                Err(Error::new(format!("there is no parameter `{name}`; there are: {}", known.join(", "))))
            }
            None => Ok(Self(given)),
        }
    }

    /// A parameter that a run may leave out.
    pub fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        self.find(name)?.map_or(Ok(None), |value| read(name, value))
    }

    /// A parameter that a run must give.
    pub fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let value = self.find(name)?.ok_or_else(|| Error::new(format!("parameter `{name}` is missing")))?;
        read(name, value)
    }

    fn find(&self, name: &str) -> Result<Option<Value>, Error> {
        let text = self.0.iter().find(|(given, _)| given == name).map(|(_, text)| text);
        text.map(|text| serde_json::from_str(text).map_err(|error| about(name, &error))).transpose()
    }
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| about(name, &error))
}

fn about(name: &str, error: &serde_json::Error) -> Error {
    Error::new(format!("parameter `{name}`: {error}"))
}

/// The outputs of a run: the fields of what the task returned.
pub fn outputs(returned: impl Serialize) -> Result<Vec<(String, String)>, Error> {
    match serde_json::to_value(returned)? {
        Value::Null => Ok(vec![]),
        Value::Object(fields) => Ok(fields.into_iter().map(|(name, value)| (name, value.to_string())).collect()),
        _ => Err(Error::new("a task returns nothing or a JSON object, whose fields are its outputs")),
    }
}
