//! Checks of a component as a whole: what it is, what it says of itself, and that it can be installed.

use std::sync::Arc;

use polder_sandbox::{Description, Error, Plugin};

use crate::checks::Rule;
use crate::house::House;
use crate::report::{Problem, Report, Verdict, holds};

const VALID: Rule =
    Rule { name: "component.valid", rule: "The file is a component, within the limits of size, that can be compiled." };
const IMPORTS: Rule = Rule {
    name: "component.imports",
    rule: "It imports nothing but what the contract knows: of WASI nothing but requests over HTTP, no function of its own.",
};
const WORLD: Rule =
    Rule { name: "component.world", rule: "It exports `description` and what some world of the contract exports." };
const DESCRIBES: Rule = Rule {
    name: "component.describes",
    rule: "It describes itself: names, types and versions are well formed, and it says why it imports what it imports.",
};
const DOCUMENTED: Rule =
    Rule { name: "component.documented", rule: "The plugin has a summary, and every function says what it does." };
const INSTALLS: Rule = Rule { name: "sql.installs", rule: "It can be installed into a schema." };

pub(crate) const RULES: &[Rule] = &[VALID, IMPORTS, WORLD, DESCRIBES, DOCUMENTED, INSTALLS];

/// Of the component, not of one of its functions.
const WHOLE: &str = "component";

/// Loads a component and asks what it is; none if it cannot be asked.
pub(crate) fn load(house: &House, component: &[u8], report: &mut Report) -> Option<(Arc<Plugin>, Description)> {
    let loaded = house.sandbox().load(component);
    let broken = match &loaded {
        Ok(_) => None,
        Err(Error::Import { .. }) => Some(IMPORTS),
        Err(Error::Export { .. } | Error::Contract { .. }) => Some(WORLD),
        Err(_) => Some(VALID),
    };
    // What comes before the rule that is broken was kept.
    for rule in [VALID, IMPORTS, WORLD] {
        if Some(rule) == broken {
            break;
        }
        report.add(rule.name, WHOLE, Ok(()));
    }
    if let (Some(rule), Err(error)) = (broken, &loaded) {
        report.add(rule.name, WHOLE, Err(Problem::Broken(error.to_string())));
    }
    let plugin = loaded.ok()?;
    let described = plugin.describe();
    report.add(DESCRIBES.name, WHOLE, described.as_ref().map(drop).map_err(|error| Problem::Broken(error.to_string())));
    let description = described.ok()?;
    report.plugin = Some(format!("{} {}", description.name, description.version));
    report.add(DOCUMENTED.name, WHOLE, documented(&description));
    Some((plugin, description))
}

fn documented(description: &Description) -> Verdict {
    holds(!description.summary.trim().is_empty(), || "the plugin has no summary".into())?;
    let silent = description.functions.iter().filter(|function| function.doc.trim().is_empty());
    let silent: Vec<_> = silent.map(|function| function.name.as_str()).collect();
    holds(silent.is_empty(), || format!("no word on {}", silent.join(", ")))
}

/// Installs it; whether that went well.
pub(crate) fn install(house: &House, component: &[u8], report: &mut Report) -> bool {
    let installed = house.install(component, "kit");
    let well = installed.is_ok();
    report.add(INSTALLS.name, WHOLE, installed.map_err(|error| Problem::Broken(error.to_string())));
    well
}
