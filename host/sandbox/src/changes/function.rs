//! What changes for callers of one function, and for those who use what it returns.

use std::fmt;

use arrow::datatypes::{DataType, Field, Schema};

use super::Changes;
use crate::{Bump, Function, FunctionKind, Parameter, Volatility};

/// Notes under `about` what is different.
pub(super) fn compare(about: &str, was: &Function, is: &Function, changes: &mut Changes) {
    let mut notes = Notes { about, changes };
    match was.kind {
        FunctionKind::Transform | FunctionKind::Task => notes.named(&was.parameters, &is.parameters),
        FunctionKind::Scalar | FunctionKind::Aggregate | FunctionKind::Table => {
            notes.positional(&was.parameters, &is.parameters, Bump::Patch);
        }
        // Columns of a table, by their place, but known to its reader by name.
        FunctionKind::Scorer => notes.positional(&was.parameters, &is.parameters, Bump::Major),
    }
    match (was.variadic, is.variadic) {
        (true, false) => notes.add(Bump::Major, "repeats its last parameter no longer"),
        (false, true) => notes.add(Bump::Minor, "may repeat its last parameter"),
        _ => {}
    }
    match (&was.returns, &is.returns) {
        (None, None) => {}
        (Some(_), None) => notes.add(Bump::Major, "returns what depends on its arguments"),
        (None, Some(_)) => notes.add(Bump::Major, "returns what no longer depends on its arguments"),
        (Some(old), Some(new)) => match (was.kind, &old.fields()[..], &new.fields()[..]) {
            // A single value has no name.
            (FunctionKind::Scalar | FunctionKind::Aggregate, [was], [is]) => notes.result("", was, is),
            _ => notes.columns(old, new),
        },
    }
    let (before, now) = (rank(was.volatility), rank(is.volatility));
    if before != now {
        let needs = if now.0 > before.0 { Bump::Major } else { Bump::Minor };
        notes.add(needs, format!("is {} instead of {}", now.1, before.1));
    }
}

/// Less and less repeatable.
fn rank(volatility: Volatility) -> (u8, &'static str) {
    match volatility {
        Volatility::Immutable => (0, "immutable"),
        Volatility::Stable => (1, "stable"),
        Volatility::Volatile => (2, "volatile"),
    }
}

struct Notes<'a> {
    about: &'a str,
    changes: &'a mut Changes,
}

impl Notes<'_> {
    fn add(&mut self, needs: Bump, what: impl Into<String>) {
        self.changes.add(needs, self.about, what);
    }

    /// Parameters that calls name.
    fn named(&mut self, old: &[Parameter], new: &[Parameter]) {
        for was in old {
            match new.iter().find(|is| is.name == was.name) {
                Some(is) => self.parameter(was, is),
                None => self.lost(was),
            }
        }
        for is in new.iter().filter(|is| old.iter().all(|was| was.name != is.name)) {
            self.gained(is);
        }
    }

    /// Parameters that calls give in order. `renamed` is what another name needs.
    fn positional(&mut self, old: &[Parameter], new: &[Parameter], renamed: Bump) {
        for (at, was) in old.iter().enumerate() {
            let Some(is) = new.get(at) else {
                self.lost(was);
                continue;
            };
            if is.name != was.name {
                // The names tell what the places mean.
                let moved =
                    old.iter().any(|other| other.name == is.name) || new.iter().any(|other| other.name == was.name);
                let needs = if moved { Bump::Major } else { renamed };
                self.add(needs, format!("calls its parameter {} `{}` instead of `{}`", at + 1, is.name, was.name));
            }
            self.parameter(was, is);
        }
        new.iter().skip(old.len()).for_each(|is| self.gained(is));
    }

    fn lost(&mut self, was: &Parameter) {
        self.add(Bump::Major, format!("has no parameter `{}` any more", was.name));
    }

    fn gained(&mut self, is: &Parameter) {
        let (needs, must) = if is.optional { (Bump::Minor, "may") } else { (Bump::Major, "must") };
        self.add(needs, format!("has a new parameter `{}`, which {must} be given", is.name));
    }

    fn parameter(&mut self, was: &Parameter, is: &Parameter) {
        let name = &was.name;
        match (was.optional, is.optional) {
            (true, false) => self.add(Bump::Major, format!("must be given its parameter `{name}`")),
            (false, true) => self.add(Bump::Minor, format!("may be called without its parameter `{name}`")),
            _ => {}
        }
        match (&was.field, &is.field) {
            (None, None) => {}
            (Some(_), None) => self.add(Bump::Minor, format!("takes any type as `{name}`")),
            (None, Some(is)) => self.add(Bump::Major, format!("takes only {} as `{name}`", Type(is))),
            (Some(was), Some(is)) => {
                if !same_type(was, is) {
                    let needs = if widens(was.data_type(), is.data_type()) { Bump::Minor } else { Bump::Major };
                    self.add(needs, format!("takes {} instead of {} as `{name}`", Type(is), Type(was)));
                }
                match (was.is_nullable(), is.is_nullable()) {
                    (true, false) => self.add(Bump::Major, format!("takes no NULL as `{name}` any more")),
                    (false, true) => self.add(Bump::Minor, format!("takes NULL as `{name}`")),
                    _ => {}
                }
            }
        }
    }

    /// One more changes what `SELECT *` gives, and what can be inserted.
    fn columns(&mut self, old: &Schema, new: &Schema) {
        let names = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        if names(old) != names(new) {
            let [was, is] = [names(old), names(new)].map(|names| names.join(", "));
            return self.add(Bump::Major, format!("returns the columns {is} instead of {was}"));
        }
        for (was, is) in old.fields().iter().zip(new.fields()) {
            self.result(&format!(" in the column {}", is.name()), was, is);
        }
    }

    fn result(&mut self, place: &str, was: &Field, is: &Field) {
        if !same_type(was, is) {
            self.add(Bump::Major, format!("returns {} instead of {}{place}", Type(is), Type(was)));
        }
        match (was.is_nullable(), is.is_nullable()) {
            (false, true) => self.add(Bump::Major, format!("may return NULL{place}")),
            (true, false) => self.add(Bump::Minor, format!("never returns NULL{place} any more")),
            _ => {}
        }
    }
}

/// Extensions of types are told in metadata.
fn same_type(was: &Field, is: &Field) -> bool {
    was.data_type() == is.data_type() && was.metadata() == is.metadata()
}

/// Whether every value of one type is one of the other, and comes there without being asked for.
fn widens(was: &DataType, is: &DataType) -> bool {
    use DataType::{Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64};
    let widest = |order: &[DataType]| {
        let place = |of| order.iter().position(|one| one == of);
        matches!((place(was), place(is)), (Some(was), Some(is)) if was < is)
    };
    widest(&[Int8, Int16, Int32, Int64]) || widest(&[UInt8, UInt16, UInt32, UInt64]) || widest(&[Float32, Float64])
}

/// A type in words.
struct Type<'a>(&'a Field);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.metadata().get("ARROW:extension:name") {
            Some(extension) => write!(f, "{} ({extension})", self.0.data_type()),
            None => write!(f, "{}", self.0.data_type()),
        }
    }
}
