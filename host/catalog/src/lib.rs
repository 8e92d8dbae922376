//! The catalog: what exists and who may touch it.
//!
//! Securables, principals, grants, lineage and audit in one SQLite file that several processes may have
//! open. It knows names and rights; the Delta log knows the data; neither wasm nor Arrow are known here.
//! Everything is asked for through an [`Access`], which belongs to a principal: there is no other way in,
//! so each right has one place where it is enforced.

mod access;
mod alter;
mod asked;
mod audit;
mod bootstrap;
mod create;
mod dependency;
mod drop;
mod error;
mod grant;
mod kind;
mod lineage;
mod load;
mod location;
mod name;
mod pattern;
mod plugin;
mod principal;
mod privilege;
mod rights;
mod secret;
mod securable;
pub mod spec;
mod state;
mod store;
mod tag;

pub use access::Access;
pub use alter::Change;
pub use asked::{Asked, Wish};
pub use audit::{AuditFilter, AuditRecord, Event, Outcome};
pub use bootstrap::DEFAULT_SCHEMA;
pub use create::NewSecurable;
pub use drop::{DropMode, RETENTION};
pub use error::{Denied, Dependants, Error, Result};
pub use grant::{Grant, Revoked};
pub use kind::Kind;
pub use lineage::{ColumnEdge, Direction, FunctionUse, Lineage, LineageFilter, TableVersion};
pub use load::{Claim, FileVersion, Load};
pub use name::FullName;
pub use plugin::{NewFunction, NewPlugin, Upgrade};
pub use principal::{Grantee, Principal, PrincipalKind};
pub use privilege::{Privilege, Privileges};
pub use securable::Securable;
pub use spec::Spec;
pub use store::Catalog;
