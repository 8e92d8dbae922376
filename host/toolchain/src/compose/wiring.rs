//! Who serves whom: the rules by which a part gets what it imports.

use super::inside::Inside;
use super::surface::{Interface, Surface, unversioned};
use crate::{Error, Result};

/// Interfaces of the contract and of the system come from the host, whatever a part exports.
const HOSTS: [&str; 2] = ["polder:", "wasi:"];

/// What runtimes of languages import of WASI without need: a system that can do nothing will do.
const INERT: [&str; 6] = ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/"];

/// Who serves an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Whoever serves it to the plugin.
    Host,
    /// A part, by its place.
    Inside(usize),
    /// Types only: nobody has to do anything.
    Types,
    /// A system that can do nothing.
    Inert,
    /// Nobody: the call ends the plugin's.
    Withheld,
}

/// Who serves each import of a component: full names, in the component's order.
pub(crate) type Wires = Vec<(String, Source)>;

#[derive(Debug)]
pub(crate) struct Wiring {
    pub(crate) plugin: Wires,
    pub(crate) parts: Vec<Wires>,
    /// The places of the parts, each after those that serve it.
    pub(crate) order: Vec<usize>,
}

impl Wiring {
    pub(crate) fn plan(own: &Surface, parts: &[Inside], surfaces: &[Surface]) -> Result<Self> {
        let all = All { own, parts, surfaces };
        let mut plugin = Wires::new();
        for import in &own.imports {
            let source = all.provider(import, None)?.map_or(Source::Host, Source::Inside);
            plugin.push((import.name.clone(), source));
        }
        let wires: Vec<Wires> = (0..parts.len()).map(|place| all.wires(place, &plugin)).collect::<Result<_>>()?;
        for (place, part) in parts.iter().enumerate() {
            let serves = |wires: &Wires| wires.iter().any(|(_, source)| *source == Source::Inside(place));
            if !serves(&plugin) && !wires.iter().any(serves) {
                return Err(part.fails()(all.useless(place)));
            }
        }
        let order = order(parts, &wires)?;
        Ok(Self { plugin, parts: wires, order })
    }

    /// What the validator says of parts that do not fit, with the name of the part that it is about.
    pub(crate) fn explain(&self, parts: &[Inside], said: &str) -> String {
        let wires = self.plugin.iter().chain(self.parts.iter().flatten());
        let about =
            wires.filter(|(name, _)| said.contains(&format!("`{name}`"))).find_map(|(name, source)| match source {
                Source::Inside(place) => {
                    Some(format!("{name} of {} is not what its user was built for: {said}", parts[*place].name))
                }
                Source::Host => Some(format!(
                    "a part needs more of {name} than the plugin itself, or something else by that name: {said}"
                )),
                _ => None,
            });
        about.unwrap_or_else(|| said.to_owned())
    }
}

struct All<'a> {
    own: &'a Surface,
    parts: &'a [Inside],
    surfaces: &'a [Surface],
}

impl All<'_> {
    /// The part that exports what is imported, by the plugin or another part.
    fn provider(&self, import: &Interface, by: Option<usize>) -> Result<Option<usize>> {
        if !import.is_request() || HOSTS.iter().any(|host| import.name.starts_with(host)) {
            return Ok(None);
        }
        let has = |place: &usize| Some(*place) != by && self.surfaces[*place].exports.contains(&import.name);
        let mut found = (0..self.parts.len()).filter(has);
        let (first, second) = (found.next(), found.next());
        if let (Some(first), Some(second)) = (first, second) {
            let (first, second) = (&self.parts[first], &self.parts[second]);
            return Err(second.fails()(format!("it exports {}, and so does {}: one must go", import.name, first.name)));
        }
        Ok(first)
    }

    fn wires(&self, place: usize, plugin: &Wires) -> Result<Wires> {
        let (part, surface) = (&self.parts[place], &self.surfaces[place]);
        let fail = part.fails();
        for (said, list) in [(&part.hands_on, "hands-on"), (&part.withholds, "withholds")] {
            if let Some(idle) = said.iter().find(|said| !surface.imports.iter().any(|i| i.is_request() && i.is(said))) {
                return Err(fail(format!("it does not import `{idle}`: take that out of {list}")));
            }
        }
        let mut wires = Wires::new();
        for import in &surface.imports {
            wires.push((import.name.clone(), self.source(place, import, plugin)?));
        }
        let given = |import: &Interface| part.hands_on.iter().any(|said| import.is(said));
        for import in surface.imports.iter().filter(|import| given(import)) {
            if let Some(used) = surface.uses(import).find(|used| !given(used)) {
                let (used, user) = (unversioned(&used.name), unversioned(&import.name));
                return Err(fail(format!("{user} needs {used}, so add that to hands-on, or take {user} out of it")));
            }
        }
        Ok(wires)
    }

    fn source(&self, place: usize, import: &Interface, plugin: &Wires) -> Result<Source> {
        let part = &self.parts[place];
        let (fail, name, short) = (part.fails(), &import.name, unversioned(&import.name));
        let (given, withheld) =
            (part.hands_on.iter().any(|said| import.is(said)), part.withholds.iter().any(|said| import.is(said)));
        if !import.is_request() {
            return Ok(Source::Types);
        }
        if given && withheld {
            return Err(fail(format!("{short} is in hands-on and in withholds: it can be in one of them")));
        }
        if withheld {
            return Ok(Source::Withheld);
        }
        if self.own.exports.contains(name) && self.own.import(name).is_none() {
            return Err(fail(format!("it imports {name}, which the plugin exports: nothing inside can call back")));
        }
        if given {
            if let Some(provider) = self.provider(import, Some(place))? {
                return Ok(Source::Inside(provider));
            }
            if plugin.iter().any(|(own, source)| own == name && *source == Source::Host) {
                return Ok(Source::Host);
            }
            let other = self.own.imports.iter().find(|own| unversioned(&own.name) == short);
            let why = match other {
                Some(other) => format!("it imports {name}, but the plugin {}", other.name),
                None => format!("it cannot have {name}, which the plugin itself does not import"),
            };
            return Err(fail(format!("{why}; put \"{short}\" into withholds if it can do without")));
        }
        if INERT.iter().any(|inert| name.starts_with(inert)) {
            return Ok(Source::Inert);
        }
        Err(fail(format!(
            "it imports {name}, which is nobody's until the manifest says so: \
             hands-on = [\"{short}\"], or withholds = [\"{short}\"] if it can do without"
        )))
    }

    /// Why nobody takes anything from a part.
    fn useless(&self, place: usize) -> String {
        let exports = &self.surfaces[place].exports;
        let users = self.surfaces.iter().chain([self.own]).flat_map(|surface| &surface.imports);
        for import in users.filter(|import| import.is_request()) {
            let same = |export: &&String| unversioned(export) == unversioned(&import.name) && **export != import.name;
            if let Some(other) = exports.iter().find(same) {
                return format!("it exports {other}, but what is imported is {}", import.name);
            }
        }
        let exports: Vec<&str> = exports.iter().map(String::as_str).collect();
        format!(
            "nothing takes what it exports ({}): the plugin must import that, and call it, as compilers leave out the rest",
            exports.join(", ")
        )
    }
}

/// The parts in an order in which each comes after those that serve it.
fn order(parts: &[Inside], wires: &[Wires]) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < parts.len() {
        let ready = |place: &usize| {
            let mut sources = wires[*place].iter().map(|(_, source)| source);
            !order.contains(place)
                && sources.all(|source| !matches!(source, Source::Inside(other) if !order.contains(other)))
        };
        match (0..parts.len()).find(ready) {
            Some(place) => order.push(place),
            None => {
                let left = parts.iter().enumerate().filter(|(place, _)| !order.contains(place));
                let names: Vec<&str> = left.map(|(_, part)| part.name.as_str()).collect();
                let reason = format!("they wait for each other in a circle: {}", names.join(", "));
                return Err(Error::Component { name: names[0].to_owned(), reason });
            }
        }
    }
    Ok(order)
}
