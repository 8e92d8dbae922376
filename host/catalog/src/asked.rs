//! What a plugin asks for when it is installed: it may do nothing else, whatever it was granted.

use crate::{Error, FullName, Kind, Privilege, Privileges, Result, Securable};

/// What getting to anything takes: no plugin need ask for it.
const WALK: [Privilege; 3] = [Privilege::UseCatalog, Privilege::UseSchema, Privilege::Browse];

/// A privilege that a plugin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub privilege: Privilege,
    pub kind: Kind,
    /// What it is on, with all that lives in it; none: whatever of that kind the installer chooses.
    pub on: Option<FullName>,
}

impl Wish {
    /// A wish in a plugin's own words, such as "READ VOLUME", "VOLUME" and "main.nyc.inbox"; what the name lacks is where
    /// the plugin lives.
    ///
    /// # Errors
    /// Words that make no grant: [`Error::UnknownPrivilege`], [`Error::UnknownKind`], [`Error::NotApplicable`],
    /// [`Error::InvalidName`].
    pub fn read(plugin: &FullName, privilege: &str, kind: &str, on: &str) -> Result<Self> {
        let (privilege, kind): (Privilege, Kind) = (privilege.parse()?, kind.parse()?);
        if !privilege.grantable_on(kind) {
            return Err(Error::NotApplicable { privilege, kind });
        }
        let on = if on.is_empty() { None } else { Some(beside(plugin, kind, &on.parse()?)?) };
        Ok(Self { privilege, kind, on })
    }

    fn covers(&self, securable: &Securable) -> bool {
        let same = self.kind.namespace() == securable.kind.namespace();
        // Nothing is inherited from the metastore.
        let above = matches!(self.kind, Kind::Catalog | Kind::Schema) && self.kind.depth() < securable.kind.depth();
        (same || above)
            && self.on.as_ref().is_none_or(|on| securable.name.parts().get(..self.kind.depth()) == Some(on.parts()))
    }
}

/// The full name of what a plugin calls so.
fn beside(plugin: &FullName, kind: Kind, name: &FullName) -> Result<FullName> {
    let Some(missing) = kind.depth().checked_sub(name.parts().len()).filter(|missing| *missing < kind.depth()) else {
        let why = format!("the full name of a {} has {} parts", kind.word(), kind.depth());
        return Err(Error::InvalidName { name: name.to_string(), why });
    };
    FullName::new(plugin.parts()[..missing].iter().chain(name.parts()))
}

/// All that a plugin asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked(Vec<Wish>);

impl Asked {
    pub(crate) fn covers(&self, securable: &Securable, privilege: Privilege) -> bool {
        WALK.contains(&privilege)
            || self.0.iter().any(|wish| wish.privilege.includes(privilege) && wish.covers(securable))
    }

    /// Every privilege that it asks for on a securable.
    pub(crate) fn on(&self, securable: &Securable) -> Privileges {
        Privilege::ALL.iter().copied().filter(|privilege| self.covers(securable, *privilege)).collect()
    }
}

impl FromIterator<Wish> for Asked {
    fn from_iter<I: IntoIterator<Item = Wish>>(wishes: I) -> Self {
        Self(wishes.into_iter().collect())
    }
}
