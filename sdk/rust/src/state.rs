//! Small values that outlive a run, such as how far the last one came. They are the plugin's own; each call is a
//! transaction.

use crate::HostError;
use crate::host::state;
use crate::pages::paged;

pub fn get(key: &str) -> Result<Option<Vec<u8>>, HostError> {
    Ok(state::get(key)?)
}

/// A value that is text.
pub fn text(key: &str) -> Result<Option<String>, HostError> {
    let text = get(key)?.map(String::from_utf8).transpose();
    text.map_err(|_| HostError::Invalid(format!("the value of `{key}` is not UTF-8")))
}

pub fn set(key: &str, value: impl AsRef<[u8]>) -> Result<(), HostError> {
    Ok(state::set(key, value.as_ref())?)
}

pub fn delete(key: &str) -> Result<(), HostError> {
    Ok(state::delete(key)?)
}

/// The keys that begin with `prefix`, in order.
pub fn keys(prefix: &str) -> impl Iterator<Item = Result<String, HostError>> {
    paged(move |after: Option<&str>| Ok(state::keys(prefix, after)?), String::as_str)
}
