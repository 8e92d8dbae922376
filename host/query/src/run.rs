//! One statement on its way: who asks, under which id, and to which module it goes.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::execution::SessionState;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use polder_catalog::{Access, FullName, Kind, Securable};
use polder_sandbox::Interrupt;
use polder_storage::Stamp;
use uuid::Uuid;

use crate::session::Current;
use crate::sql::Statement;
use crate::{Answer, Error, Polder, Result, Session};
use crate::{ddl, describe, dml, files, grants, plugins, query, show, upkeep};

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
}

impl<'a> Run<'a> {
    pub(crate) fn new(session: &'a Session, access: Access, text: &'a str) -> Self {
        let id = Uuid::now_v7();
        let access = access.for_statement(&id.to_string());
        let (current, engine, interrupt) = (session.current(), session.engine(), session.running());
        Self { session, access, current, id, text, engine, interrupt }
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
        }
    }

    pub(crate) async fn execute(self, statement: Statement) -> Result<Answer> {
        let run = &self;
        match statement {
            Statement::Query(query) => query::select(run, query).await,
            Statement::Explain { analyze, verbose, statement } => {
                query::explain(run, *statement, analyze, verbose).await
            }
            Statement::Insert(insert) => dml::insert(run, insert).await,
            Statement::Update(statement) => dml::update(run, *statement).await,
            Statement::Delete(statement) => dml::delete(run, *statement).await,
            Statement::Merge { statement, evolve } => dml::merge(run, *statement, evolve).await,
            Statement::CopyInto(copy) => files::copy_into(run, copy).await,

            Statement::Use { kind, name } => ddl::use_(run, kind, name).await,
            Statement::Set { name, value } => {
                run.session.set(&name, &value)?;
                Ok(Answer::done(format!("Set {name} to {value}.")))
            }
            Statement::CreateCatalog { name, if_not_exists, comment, location } => {
                ddl::create_container(run, Kind::Catalog, name, if_not_exists, comment, location).await
            }
            Statement::CreateSchema { name, if_not_exists, comment, location } => {
                ddl::create_container(run, Kind::Schema, name, if_not_exists, comment, location).await
            }
            Statement::CreateTable(table) => ddl::create_table(run, *table).await,
            Statement::CreateView(view) => ddl::create_view(run, *view).await,
            Statement::CreateVolume { name, if_not_exists, comment, location } => {
                ddl::create_volume(run, name, if_not_exists, comment, location).await
            }
            Statement::Drop { kind, name, if_exists, cascade } => ddl::drop(run, kind, name, if_exists, cascade).await,
            Statement::Undrop { name } => ddl::undrop(run, name).await,
            Statement::Rename { kind, name, to } => ddl::rename(run, kind, name, to).await,
            Statement::Comment { kind, name, text } => ddl::comment(run, kind, name, text).await,
            Statement::CommentColumn { table, column, text } => ddl::comment_column(run, table, column, text).await,
            Statement::AlterTable { name, change } => ddl::alter_table(run, name, change).await,

            Statement::CreatePrincipal { group, name, if_not_exists } => {
                grants::create_principal(run, group, name, if_not_exists).await
            }
            Statement::DropPrincipal { name, if_exists } => grants::drop_principal(run, name, if_exists).await,
            Statement::Member { group, member, add } => grants::member(run, group, member, add).await,
            Statement::SetOwner { kind, name, owner } => grants::set_owner(run, kind, name, owner).await,
            Statement::Grant { privileges, on, to } => grants::grant(run, privileges, on, to).await,
            Statement::Revoke { privileges, on, from } => grants::revoke(run, privileges, on, from).await,
            Statement::ShowGrants { on, to } => grants::show(run, on, to).await,

            Statement::Show { what, within, like } => show::show(run, what, within, like).await,
            Statement::Describe { kind, name, extended } => describe::describe(run, kind, name, extended).await,
            Statement::DescribeHistory { name, limit } => describe::history(run, name, limit).await,
            Statement::DescribeDetail { name } => describe::detail(run, name).await,

            Statement::InstallPlugin { name, file, schema } => plugins::install(run, name, file, schema).await,
            Statement::UpgradePlugin { name, file } => plugins::upgrade(run, name, file).await,

            Statement::Optimize { name, z_order } => upkeep::optimize(run, name, z_order).await,
            Statement::Vacuum { name, retain_hours, dry_run } => upkeep::vacuum(run, name, retain_hours, dry_run).await,
            Statement::Restore { name, to } => upkeep::restore(run, name, to).await,
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
        Stamp { principal: self.access.principal().to_owned(), statement: self.id.to_string() }
    }
}

/// Rows that are there already.
pub(crate) fn rows(batch: RecordBatch) -> Answer {
    let schema = batch.schema();
    let stream = futures::stream::iter([Ok(batch)]);
    Answer::Rows(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), stream)))
}
