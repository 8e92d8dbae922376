//! The one error of this crate. Messages say what was wrong, where, and what to do.

use std::fmt;

use crate::name::quoted;
use crate::{FullName, Grantee, Kind, Privilege};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("invalid name `{name}`: {why}")]
    InvalidName { name: String, why: String },

    #[error(
        "`{0}` is no kind of securable: use CATALOG, SCHEMA, TABLE, VIEW, VOLUME, FUNCTION, PLUGIN, CONNECTION or METASTORE"
    )]
    UnknownKind(String),

    #[error("there is no privilege `{0}`: the privileges are {list}", list = privilege_list())]
    UnknownPrivilege(String),

    /// Also for what the principal may not see: the two cannot be told apart.
    #[error("{what} {name} does not exist, or you may not see it")]
    NotFound { what: String, name: FullName },

    #[error("{name} is a {is}, not a {expected}")]
    WrongKind { name: FullName, is: &'static str, expected: String },

    #[error(transparent)]
    Denied(Box<Denied>),

    #[error(
        "plugin {plugin} may not use {privilege} on {} {name}: it did not say when it was installed that it wants that, so no \
         grant gives it", kind.word()
    )]
    NotAsked { plugin: FullName, privilege: Privilege, kind: Kind, name: FullName },

    #[error("only the owner of the metastore may {what}; you are {principal}")]
    AdminOnly { what: &'static str, principal: String },

    #[error("only {owner}, who owns {name}, may {what}; you are {principal}")]
    OwnerOnly { what: &'static str, name: FullName, owner: String, principal: String },

    #[error("a {kind} named {name} exists already", kind = kind.word())]
    AlreadyExists { kind: Kind, name: FullName },

    #[error("principal {} does not exist: create it with CREATE USER or CREATE GROUP", quoted(.0))]
    UnknownPrincipal(String),

    #[error("a principal named {} exists already", quoted(.0))]
    PrincipalExists(String),

    #[error("{} is not a group: only groups have members", quoted(.0))]
    NotAGroup(String),

    #[error("{} cannot be a member of {}: it contains that group already", quoted(member), quoted(group))]
    MembershipCycle { group: String, member: String },

    /// `some` are the first of them.
    #[error(
        "{} still owns {count} securable{}; drop them or give them to another owner first:{}",
        quoted(name),
        if *count == 1 { "" } else { "s" },
        alter_statements(some, *count)
    )]
    StillOwner { name: String, count: i64, some: Vec<(Kind, FullName)> },

    #[error("{privilege} cannot be granted on a {kind}", kind = kind.word())]
    NotApplicable { privilege: Privilege, kind: Kind },

    #[error("{kind} {name} is not empty: it holds {what}; drop that first, or say CASCADE", kind = kind.word())]
    NotEmpty { kind: Kind, name: FullName, what: String },

    #[error("{kind} {name} is in use by {dependants}; drop or change that first", kind = kind.word())]
    InUse { kind: Kind, name: FullName, dependants: Dependants },

    #[error("{kind} {name} cannot come back: its name is taken; rename what has it now, then undrop again", kind = kind.word())]
    NameTaken { kind: Kind, name: FullName },

    #[error("{kind} {name} cannot come back: it needs {needs}, which is gone; undrop that first", kind = kind.word())]
    NeedsDropped { kind: Kind, name: FullName, needs: String },

    #[error("{0} is no location: {1}")]
    InvalidLocation(String, String),

    /// `holder` is empty when the principal may not see who holds it.
    #[error(
        "location {location} is taken or overlaps with another's{holder}: choose a directory that lies neither within nor around a table or volume"
    )]
    LocationTaken { location: String, holder: String },

    /// `holder` tells whose place it is.
    #[error(
        "the files in {location} are not read by path: that is {holder}; tables are read by their names, and \
         what is in a volume as /Volumes/catalog/schema/volume/path"
    )]
    Governed { location: String, holder: String },

    #[error("plugin {plugin} keeps more than `state_bytes` allows: {most} bytes")]
    StateFull { plugin: FullName, most: usize },

    #[error("the tag '{0}' cannot be set: {1}")]
    InvalidTag(String, String),

    #[error(
        "connection {0} has no secret '{1}': {0} is given one with ALTER CONNECTION {0} OPTIONS (secret.{1} = '…')"
    )]
    NoSecret(FullName, String),

    /// The key that seals secrets is not the one that sealed this.
    #[error("the secrets of the catalog cannot be read: {0}")]
    Vault(String),

    #[error("{0} is reserved")]
    Reserved(String),

    #[error("{0}")]
    Unsupported(String),

    #[error("{kind} {name} was changed or dropped meanwhile: run the statement again", kind = kind.word())]
    Conflict { kind: Kind, name: FullName },

    #[error("the catalog holds something that this version cannot read: {0}")]
    Corrupt(String),

    #[error("the catalog at {path} cannot be opened: {source}")]
    Open { path: String, source: Box<dyn std::error::Error + Send + Sync> },

    #[error("the catalog's database failed: {0}")]
    Database(#[from] sqlx::Error),

    #[error("the catalog's lock file failed: {0}")]
    Lock(#[from] std::io::Error),
}

/// A denial: who lacks what on which securable, and the statements that would give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    pub principal: Grantee,
    /// What was asked for.
    pub privilege: Privilege,
    pub kind: Kind,
    pub name: FullName,
    /// What is missing, outermost container first: not always what was asked for.
    pub missing: Vec<(Privilege, Kind, FullName)>,
    /// GRANT statements that would give it, to all who need it; whoever owns or manages those securables may run them.
    pub remedy: Vec<String>,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.principal {
            Grantee::Plugin(name) => write!(f, "plugin {name} has no ")?,
            principal => write!(f, "{principal} has no ")?,
        }
        for (i, (privilege, kind, name)) in self.missing.iter().enumerate() {
            write!(f, "{}{privilege} on {}{}", if i > 0 { ", " } else { "" }, kind.word(), Spaced(name))?;
        }
        write!(f, "; this would give it:")?;
        self.remedy.iter().try_for_each(|statement| write!(f, "\n  {statement};"))
    }
}

impl std::error::Error for Denied {}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(Box::new(denied))
    }
}

/// What stands in the way of a DROP: names that the principal may see, and how many others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependants {
    pub names: Vec<(Kind, FullName)>,
    pub hidden: usize,
}

impl Dependants {
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.hidden == 0
    }
}

impl fmt::Display for Dependants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (kind, name)) in self.names.iter().enumerate() {
            write!(f, "{}{} {name}", if i > 0 { ", " } else { "" }, kind.word())?;
        }
        match (self.names.is_empty(), self.hidden) {
            (_, 0) => Ok(()),
            (true, n) => write!(f, "{n} that you may not see"),
            (false, n) => write!(f, " and {n} that you may not see"),
        }
    }
}

/// A name with a space before it; nothing for the metastore, which has none.
struct Spaced<'a>(&'a FullName);

impl fmt::Display for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.parts().is_empty() { Ok(()) } else { write!(f, " {}", self.0) }
    }
}

/// GRANT as SQL spells it.
pub(crate) fn grant_statement(privileges: &[Privilege], kind: Kind, name: &FullName, principal: &Grantee) -> String {
    let privileges: Vec<_> = privileges.iter().map(|privilege| privilege.name()).collect();
    format!("GRANT {} ON {kind}{} TO {principal}", privileges.join(", "), Spaced(name))
}

/// What gives securables to another owner, a line each.
fn alter_statements(some: &[(Kind, FullName)], count: i64) -> String {
    let more = if usize::try_from(count).is_ok_and(|count| count > some.len()) { "\n  …" } else { "" };
    let lines: String =
        some.iter().map(|(kind, name)| format!("\n  ALTER {kind}{} OWNER TO …;", Spaced(name))).collect();
    lines + more
}

fn privilege_list() -> String {
    Privilege::ALL.iter().map(|privilege| privilege.name()).collect::<Vec<_>>().join(", ")
}
