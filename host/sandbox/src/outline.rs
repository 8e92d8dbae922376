//! What has to be known of a component to load it, once it is compiled: kept beside its compiled code, so that an
//! installed one's bytes are neither read nor inspected again.
//!
//! It says what the component has, not what this host makes of that: whether it is a plugin, and within the limits, is
//! decided each time that it is loaded.

use serde::{Deserialize, Serialize};

use crate::host::{self, Served};
use crate::inspect::{HOST, PLUGIN, VERSION, WORLDS, is, worlds};
use crate::weight::Weight;
use crate::{Digest, Error, Inspection, Result};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outline {
    /// The component that this is of.
    pub(crate) component: Digest,
    pub(crate) weight: Weight,
    /// Full names of what it imports; nothing that names types only, which gives nothing.
    imports: Vec<String>,
    /// Full names of what it exports of the contract's package.
    exports: Vec<String>,
}

impl Outline {
    pub(crate) fn new(inspection: &Inspection, weight: Weight) -> Self {
        let imports = inspection.imports.iter().filter(|import| !import.is_types()).map(|import| &import.name);
        let exports = inspection.exports.iter().map(|export| &export.name).filter(|name| name.starts_with(PLUGIN));
        Self {
            component: inspection.digest,
            weight,
            imports: imports.cloned().collect(),
            exports: exports.cloned().collect(),
        }
    }

    /// Checks that the component can be a plugin: it describes itself, exports what some world does, and asks for
    /// nothing that this host does not serve. Gives what is to be served to it beyond the log.
    pub(crate) fn check_plugin(&self) -> Result<Vec<&'static Served>> {
        let requests = self.imports.iter().filter(|import| !is(import, HOST, "log"));
        let served = requests
            .map(|import| host::served(import).ok_or_else(|| Error::Import { import: import.clone() }))
            .collect::<Result<Vec<_>>>()?;
        if !self.interfaces().contains(&"description") {
            return Err(Error::Export { export: format!("{PLUGIN}description@{VERSION}0") });
        }
        if worlds(&self.exports).is_empty() {
            return Err(Error::Export { export: format!("{PLUGIN}udf@{VERSION}0") });
        }
        Ok(served)
    }

    /// The interfaces of the contract that it exports.
    pub(crate) fn interfaces(&self) -> Vec<&'static str> {
        let known = WORLDS.iter().flat_map(|(_, needs)| *needs);
        let mut found: Vec<_> =
            known.filter(|name| self.exports.iter().any(|export| is(export, PLUGIN, name))).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(imports: &[&str], exports: &[&str]) -> Outline {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let component = Digest::of(b"");
        Outline { component, weight: Weight::default(), imports: names(imports), exports: names(exports) }
    }

    #[test]
    fn says_whether_it_is_a_plugin() {
        let exports = ["polder:plugin/description@0.1.0", "polder:plugin/udf@0.1.0"];
        let imports = ["polder:host/log@0.1.0", "polder:host/storage@0.1.0"];
        let good = outline(&imports, &exports);
        let served = good.check_plugin().unwrap();
        assert_eq!(served.iter().map(|served| served.request).collect::<Vec<_>>(), [Some("storage")]);
        assert_eq!(good.interfaces(), ["description", "udf"]);
        for stranger in ["wasi:sockets/tcp@0.2.0", "polder:host/root@0.1.0", "polder:host/log@9.0.0", ""] {
            let refused = outline(&[stranger], &exports).check_plugin();
            assert!(matches!(refused, Err(Error::Import { import }) if import == stranger), "{stranger}");
        }
        for (have, lacks) in [(&exports[..1], "udf"), (&exports[1..], "description"), (&[][..], "description")] {
            let refused = outline(&imports, have).check_plugin();
            assert!(matches!(refused, Err(Error::Export { export }) if export.contains(lacks)), "{have:?}");
        }
    }
}
