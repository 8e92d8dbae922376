//! What changes for users of a plugin from one version of it to another, told from what both say of themselves and from
//! what they import and export; and hence how the version number must go on.
//!
//! | needs | functions | parameters | results | asked | interfaces |
//! |---|---|---|---|---|---|
//! | major | gone; of another kind; less repeatable | gone, new and required, no longer optional; of another type; no longer takes NULL, repeats | of another type or shape; NULL where it never was | a right more, which somebody must grant before it works again | an export gone, or parts of one |
//! | minor | new; more repeatable | new and optional; optional now; of a wider type, or any; takes NULL, repeats | never NULL now | something that needs no right | an export or import more, or a later version of one |
//! | patch | | another name where arguments go by position | | less | an import less |
//!
//! What is documented, and how a function computes, is for its author to judge: nobody could tell from here.

mod function;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use semver::Version;
use serde::Serialize;

use crate::{Bump, Capability, Description, Extern, Inspection};

/// The packages that hosts serve or call, whose versions say which hosts can run a plugin.
const CONTRACT: [&str; 3] = ["polder:plugin/", "polder:host/", "wasi:"];

/// What is different between two versions of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Changes(Vec<Change>);

/// One difference, such as "function hello" "is gone".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// How far the version number must go for it.
    pub needs: Bump,
    /// What it is that changed.
    pub about: String,
    /// And how.
    pub what: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.about, self.what)
    }
}

impl Changes {
    /// What two versions say differently of themselves.
    pub fn between(old: &Description, new: &Description) -> Self {
        let mut changes = Self::default();
        if old.name != new.name {
            changes.add(Bump::Major, "the plugin", format!("is called {} instead of {}", new.name, old.name));
        }
        for was in &old.functions {
            let about = format!("function {}", was.name);
            match new.functions.iter().find(|is| is.name == was.name) {
                None => changes.add(Bump::Major, &about, "is gone"),
                Some(is) if is.kind != was.kind => {
                    let (is, was) = (is.kind.word(), was.kind.word());
                    changes.add(Bump::Major, &about, format!("is of the kind {is} instead of {was}"));
                }
                Some(is) => function::compare(&about, was, is, &mut changes),
            }
        }
        for is in new.functions.iter().filter(|is| old.functions.iter().all(|was| was.name != is.name)) {
            changes.add(Bump::Minor, &format!("function {}", is.name), "is new");
        }
        changes.asked(&old.capabilities, &new.capabilities);
        changes
    }

    /// The same, and what two versions import and export differently.
    #[must_use]
    pub fn and_surfaces(mut self, old: &Inspection, new: &Inspection) -> Self {
        self.exports(&old.exports, &new.exports);
        let requests = |externs: &[Extern]| externs.iter().filter(|one| one.is_request()).cloned().collect::<Vec<_>>();
        self.imports(&requests(&old.imports), &requests(&new.imports));
        self
    }

    /// One by one, those that need most first.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        [Bump::Major, Bump::Minor, Bump::Patch]
            .into_iter()
            .flat_map(|needs| self.0.iter().filter(move |change| change.needs == needs))
    }

    /// How far the version number must go for all of them.
    pub fn needs(&self) -> Bump {
        self.0.iter().map(|change| change.needs).max().unwrap_or(Bump::Patch)
    }

    fn add(&mut self, needs: Bump, about: &str, what: impl Into<String>) {
        self.0.push(Change { needs, about: about.to_owned(), what: what.into() });
    }

    fn asked(&mut self, old: &[Capability], new: &[Capability]) {
        let wish = |one: &Capability| match one.privilege.as_str() {
            "" => one.name.clone(),
            privilege => {
                let on = if one.on.is_empty() { "…" } else { &one.on };
                format!("{privilege} ON {} {on}", one.kind)
            }
        };
        let [was, is] = [old, new].map(|all| all.iter().map(|one| (wish(one), one)).collect::<Vec<_>>());
        for (wish, one) in is.iter().filter(|(wish, _)| was.iter().all(|(other, _)| other != wish)) {
            let needs = if one.privilege.is_empty() { Bump::Minor } else { Bump::Major };
            self.add(needs, "the plugin", format!("asks for {wish} as well"));
        }
        for (wish, _) in was.iter().filter(|(wish, _)| is.iter().all(|(other, _)| other != wish)) {
            self.add(Bump::Patch, "the plugin", format!("asks no longer for {wish}"));
        }
    }

    fn exports(&mut self, old: &[Extern], new: &[Extern]) {
        for was in old {
            let about = format!("export {}", was.name);
            let (package, version) = split(&was.name);
            let Some(is) = find(new, &was.name) else {
                self.add(Bump::Major, &about, "is gone");
                continue;
            };
            if is.name != was.name {
                let later =
                    matches!((version, split(&is.name).1), (Some(was), Some(is)) if is > was && compatible(&was, &is));
                let needs = if later || is_contract(package) { Bump::Minor } else { Bump::Major };
                self.add(needs, &about, format!("is {} instead", is.name));
            }
            let [had, has] = [was, is].map(|one| one.items.iter().collect::<BTreeSet<_>>());
            for item in had.difference(&has) {
                self.add(Bump::Major, &about, format!("has no {item} any more"));
            }
            for item in has.difference(&had) {
                self.add(Bump::Minor, &about, format!("has {item} as well"));
            }
        }
        for is in new.iter().filter(|is| find(old, &is.name).is_none()) {
            self.add(Bump::Minor, &format!("export {}", is.name), "is new");
        }
    }

    fn imports(&mut self, old: &[Extern], new: &[Extern]) {
        for is in new {
            let about = format!("import {}", is.name);
            match find(old, &is.name) {
                None => self.add(Bump::Minor, &about, "is new: hosts that do not serve it cannot run the plugin"),
                Some(was) if split(&was.name).1 < split(&is.name).1 => {
                    self.add(Bump::Minor, &about, format!("was {}, which more hosts serve", was.name));
                }
                Some(_) => {}
            }
        }
        for was in old.iter().filter(|was| find(new, &was.name).is_none()) {
            self.add(Bump::Patch, &format!("import {}", was.name), "is gone");
        }
    }
}

/// The extern of that name, else of that name in another version.
fn find<'a>(externs: &'a [Extern], name: &str) -> Option<&'a Extern> {
    let same = externs.iter().find(|one| one.name == name);
    same.or_else(|| externs.iter().find(|one| split(&one.name).0 == split(name).0))
}

/// The name of an interface, and its version.
fn split(name: &str) -> (&str, Option<Version>) {
    match name.split_once('@') {
        Some((name, version)) => (name, Version::parse(version).ok()),
        None => (name, None),
    }
}

fn compatible(old: &Version, new: &Version) -> bool {
    Bump::of(old, new) < Bump::Major
}

fn is_contract(name: &str) -> bool {
    CONTRACT.iter().any(|package| name.starts_with(package))
}
