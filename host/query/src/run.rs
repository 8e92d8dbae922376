//! The context of one statement: who asks, under which id, and how short names are completed.

use datafusion::execution::SessionState;
use polder_catalog::{Access, FullName, Kind, Securable};
use polder_sandbox::Interrupt;
use polder_storage::Stamp;
use uuid::Uuid;

use crate::session::Current;
use crate::{Error, Polder, Result, Session};

/// The context of one statement. A view's query runs in a context of its owner.
pub(crate) struct Run<'a> {
    pub(crate) session: &'a Session,
    pub(crate) access: Access,
    pub(crate) current: Current,
    /// Identifies the statement in lineage, audit and Delta commits.
    pub(crate) id: Uuid,
    pub(crate) text: &'a str,
    pub(crate) engine: SessionState,
    pub(crate) interrupt: Interrupt,
    /// How many plugins run around this statement.
    pub(crate) nesting: usize,
    /// What makes its commit happen once.
    pub(crate) once: Option<(String, i64)>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(session: &'a Session, access: Access, text: &'a str) -> Self {
        let id = Uuid::now_v7();
        let access = access.for_statement(&id.to_string());
        let (current, mut engine, interrupt) = (session.current(), session.engine(), session.running());
        // What `now()` is throughout the statement.
        let options = std::sync::Arc::clone(engine.config_options());
        engine.execution_props_mut().mark_start_execution(options);
        Self { session, access, current, id, text, engine, interrupt, nesting: 0, once: None }
    }

    /// The same statement in the name of a view's owner.
    pub(crate) fn on_behalf(&self, access: Access, current: Current) -> Run<'a> {
        Run {
            session: self.session,
            access,
            current,
            id: self.id,
            text: self.text,
            engine: self.engine.clone(),
            interrupt: self.interrupt.clone(),
            nesting: self.nesting,
            once: None,
        }
    }

    pub(crate) fn polder(&self) -> &'a Polder {
        self.session.polder()
    }

    /// Complete a name that may lack its catalog and schema.
    pub(crate) fn full(&self, kind: Kind, name: &[String]) -> Result<FullName> {
        let Current { catalog, schema } = &self.current;
        let missing = kind.depth().saturating_sub(name.len());
        let lead: &[&String] = match (kind.depth(), missing) {
            (_, 0) => &[],
            (2, 1) => &[catalog],
            (3, 1) => &[catalog],
            (3, 2) => &[catalog, schema],
            _ => &[],
        };
        if name.len() > kind.depth() {
            let kind = kind.word();
            let written = name.join(".");
            return Err(Error::Invalid(format!("'{written}' has too many parts for the name of a {kind}")));
        }
        Ok(FullName::new(lead.iter().map(|part| part.as_str()).chain(name.iter().map(String::as_str)))?)
    }

    /// The securable of that kind and (perhaps short) name, if the principal may see it.
    pub(crate) async fn resolve(&self, kind: Kind, name: &[String]) -> Result<Securable> {
        Ok(self.access.resolve(&[kind], &self.full(kind, name)?).await?)
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { principal: self.access.principal().to_owned(), statement: self.id.to_string(), once: self.once.clone() }
    }
}
