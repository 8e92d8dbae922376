//! Stand-ins for secrets, which the host replaces on their way out; no secret enters the sandbox.

use crate::HostError;
use crate::host::secrets;

/// What to put into a header of a request, in place of the secret `name` of a connection.
pub fn placeholder(connection: &str, name: &str) -> Result<String, HostError> {
    Ok(secrets::placeholder(connection, name)?)
}
