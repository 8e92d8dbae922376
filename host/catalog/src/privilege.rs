//! Privileges: their names, and which kind of securable each can be granted on.
//!
//! The names are Unity Catalog's. `CREATE PLUGIN` is ours: who may bring foreign code into a schema.
//! `CREATE EXTERNAL TABLE`, `CREATE EXTERNAL VOLUME` and `READ FILES` stand on the metastore, because
//! there are no external locations to grant them on. A connection lives in no catalog: nothing is inherited by it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Kind};

macro_rules! privileges {
    ($($(#[$doc:meta])* $variant:ident = $name:literal on $($kind:ident)|+;)*) => {
        /// A right that can be granted. `Display` and `FromStr` use SQL's words, such as `USE CATALOG`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Privilege { $($(#[$doc])* $variant),* }

        impl Privilege {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// SQL's words for it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Whether it means something for securables of this kind (on a container it can also be
            /// granted for what is inside: see [`Privilege::grantable_on`]).
            pub const fn applies_to(self, kind: Kind) -> bool {
                match self { $(Self::$variant => matches!(kind, $(Kind::$kind)|+)),* }
            }
        }
    };
}

privileges! {
    /// Walk into a catalog: needed for anything inside.
    UseCatalog = "USE CATALOG" on Catalog;
    /// Walk into a schema: needed for anything inside.
    UseSchema = "USE SCHEMA" on Schema;
    /// Read rows.
    Select = "SELECT" on Table | View;
    /// Change rows, and read them where the change needs it.
    Modify = "MODIFY" on Table;
    /// Call a function.
    Execute = "EXECUTE" on Function;
    ReadVolume = "READ VOLUME" on Volume;
    WriteVolume = "WRITE VOLUME" on Volume;
    /// Send requests where a connection leads, with the secrets that it holds.
    UseConnection = "USE CONNECTION" on Connection;
    CreateCatalog = "CREATE CATALOG" on Metastore;
    CreateSchema = "CREATE SCHEMA" on Catalog;
    /// Create tables and views.
    CreateTable = "CREATE TABLE" on Schema;
    CreateVolume = "CREATE VOLUME" on Schema;
    CreateFunction = "CREATE FUNCTION" on Schema;
    /// Install a component; its functions need CREATE FUNCTION besides.
    CreatePlugin = "CREATE PLUGIN" on Schema;
    CreateConnection = "CREATE CONNECTION" on Metastore;
    /// Put a table, or what a container manages, at a location of one's choice.
    CreateExternalTable = "CREATE EXTERNAL TABLE" on Metastore;
    CreateExternalVolume = "CREATE EXTERNAL VOLUME" on Metastore;
    /// Read files by a path that is in no volume.
    ReadFiles = "READ FILES" on Metastore;
    /// See that it exists, with its description, and no more.
    Browse = "BROWSE" on Catalog | Schema | Table | View | Volume | Function | Plugin | Connection | Publisher;
    /// Grant, rename, drop, change the owner.
    Manage = "MANAGE" on Catalog | Schema | Table | View | Volume | Function | Plugin | Connection;
    /// Everything that applies, now and later, but MANAGE.
    AllPrivileges = "ALL PRIVILEGES" on Catalog | Schema | Table | View | Volume | Function | Plugin | Connection;
}

impl Privilege {
    /// Whether GRANT … ON accepts it: it applies to the kind itself, or to something that lives in it
    /// and inherits. Nothing is inherited from the metastore.
    pub fn grantable_on(self, kind: Kind) -> bool {
        self.applies_to(kind)
            || match kind {
                Kind::Catalog => Kind::ALL.into_iter().any(|k| k.depth() > 1 && self.applies_to(k)),
                Kind::Schema => Kind::ALL.into_iter().any(|k| k.depth() > 2 && self.applies_to(k)),
                _ => false,
            }
    }

    /// Whether a grant of it gives the other one.
    pub(crate) fn includes(self, other: Self) -> bool {
        self == other || (self == Self::AllPrivileges && other != Self::Manage)
    }

    /// What walking into a container takes, where it takes anything.
    pub(crate) const fn usage(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Catalog => Some(Self::UseCatalog),
            Kind::Schema => Some(Self::UseSchema),
            _ => None,
        }
    }

    /// The name in the audit log of an attempt that fails for want of this privilege.
    pub(crate) const fn action(self) -> &'static str {
        match self {
            Self::UseCatalog => "getCatalog",
            Self::UseSchema => "getSchema",
            Self::Select => "readTable",
            Self::Modify => "writeTable",
            Self::Execute => "executeFunction",
            Self::ReadVolume => "readVolume",
            Self::WriteVolume => "writeVolume",
            Self::UseConnection => "useConnection",
            Self::CreateCatalog => "createCatalog",
            Self::CreateSchema => "createSchema",
            Self::CreateTable | Self::CreateExternalTable => "createTable",
            Self::CreateVolume | Self::CreateExternalVolume => "createVolume",
            Self::CreateConnection => "createConnection",
            Self::CreateFunction => "createFunction",
            Self::CreatePlugin => "installPlugin",
            Self::ReadFiles => "readFiles",
            Self::Browse => "getMetadata",
            Self::Manage | Self::AllPrivileges => "manage",
        }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Words in any case, with any white space or underscores between them.
impl FromStr for Privilege {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let words = text.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        Self::ALL
            .iter()
            .copied()
            .find(|privilege| privilege.name() == words)
            .ok_or_else(|| Error::UnknownPrivilege(text.into()))
    }
}

impl From<Privilege> for String {
    fn from(privilege: Privilege) -> Self {
        privilege.name().into()
    }
}

impl TryFrom<String> for Privilege {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

/// A set of privileges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Privileges(u32);

impl Privileges {
    pub const NONE: Self = Self(0);

    /// All that apply to a kind.
    pub const fn all_on(kind: Kind) -> Self {
        /// By kind, made once: a check asks a dozen times.
        const ALL: [Privileges; Kind::ALL.len()] = {
            let mut all = [Privileges::NONE; Kind::ALL.len()];
            let mut at = 0;
            while at < Privilege::ALL.len() * all.len() {
                let (privilege, kind) = (Privilege::ALL[at / all.len()], Kind::ALL[at % all.len()]);
                if privilege.applies_to(kind) {
                    all[kind as usize].0 |= 1 << privilege as u32;
                }
                at += 1;
            }
            all
        };
        ALL[kind as usize]
    }

    pub const fn contains(self, privilege: Privilege) -> bool {
        self.0 & (1 << privilege as u32) != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[must_use]
    pub const fn without(self, privilege: Privilege) -> Self {
        Self(self.0 & !(1 << privilege as u32))
    }

    pub fn iter(self) -> impl Iterator<Item = Privilege> {
        Privilege::ALL.iter().copied().filter(move |privilege| self.contains(*privilege))
    }
}

impl From<Privilege> for Privileges {
    fn from(privilege: Privilege) -> Self {
        Self(1 << privilege as u32)
    }
}

impl FromIterator<Privilege> for Privileges {
    fn from_iter<I: IntoIterator<Item = Privilege>>(privileges: I) -> Self {
        privileges.into_iter().fold(Self::NONE, |set, privilege| set.union(privilege.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for privilege in Privilege::ALL {
            assert_eq!(privilege.name().parse::<Privilege>().unwrap(), *privilege);
            assert_eq!(privilege.name().to_lowercase().replace(' ', "_").parse::<Privilege>().unwrap(), *privilege);
        }
        assert!(matches!("SUPERUSER".parse::<Privilege>(), Err(Error::UnknownPrivilege(_))));
    }

    #[test]
    fn containers_take_grants_for_what_is_inside_and_the_metastore_does_not() {
        use Kind::*;
        for (privilege, kinds) in [
            (Privilege::Select, vec![Catalog, Schema, Table, View]),
            (Privilege::UseSchema, vec![Catalog, Schema]),
            (Privilege::UseCatalog, vec![Catalog]),
            (Privilege::CreateCatalog, vec![Metastore]),
            (Privilege::CreatePlugin, vec![Catalog, Schema]),
            (Privilege::Execute, vec![Catalog, Schema, Function]),
            (Privilege::ReadFiles, vec![Metastore]),
            (Privilege::UseConnection, vec![Connection]),
            (Privilege::CreateConnection, vec![Metastore]),
        ] {
            let on: Vec<_> = Kind::ALL.into_iter().filter(|kind| privilege.grantable_on(*kind)).collect();
            assert_eq!(on, kinds, "{privilege}");
        }
    }
}
