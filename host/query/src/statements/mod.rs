//! From a parsed statement to the module that carries it out: one for each kind.

mod audit;
pub(crate) mod call;
mod connections;
mod consent;
mod copy;
mod ddl;
mod describe;
mod dml;
mod grants;
pub(crate) mod insert;
pub(crate) mod merge;
mod packages;
mod plugins;
mod publishers;
mod query;
mod show;
mod subquery;
mod sync;
mod tables;
mod upkeep;
mod views;

use polder_catalog::Kind;

pub(crate) use connections::PASSWORD;
pub(crate) use describe::shape;
pub(crate) use dml::Target;

use crate::run::Run;
use crate::sql::{self, Statement};
use crate::{Answer, Result, Session, limits, trust};

impl Session {
    /// Run exactly one statement.
    pub async fn run(&self, text: &str) -> Result<Answer> {
        let statement = sql::parse(text)?;
        let access = self.polder().catalog().access(self.principal()).await?;
        let run = Run::new(self, access, text);
        Box::pin(dispatch(&run, statement)).await
    }
}

pub(crate) async fn dispatch(run: &Run<'_>, statement: Statement) -> Result<Answer> {
    match statement {
        Statement::Query(query) => query::select(run, query).await,
        Statement::Explain { analyze, verbose, statement } => query::explain(run, *statement, analyze, verbose).await,
        Statement::Insert(insert) => insert::insert(run, insert).await,
        Statement::Update(statement) => dml::update(run, *statement).await,
        Statement::Delete(statement) => dml::delete(run, *statement).await,
        Statement::Merge { statement, evolve } => merge::merge(run, *statement, evolve).await,
        Statement::CopyInto(copy) => copy::copy_into(run, copy).await,

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
        Statement::CreateTable(table) => tables::create(run, *table).await,
        Statement::CreateView(view) => views::create(run, *view).await,
        Statement::CreateVolume { name, if_not_exists, comment, location } => {
            ddl::create_volume(run, name, if_not_exists, comment, location).await
        }
        Statement::CreateConnection { name, if_not_exists, kind, options, comment } => {
            connections::make(run, name, if_not_exists, &kind, options, comment).await
        }
        Statement::CreatePublisher { name, if_not_exists, key, comment } => {
            publishers::create(run, name, if_not_exists, key, comment).await
        }
        Statement::AlterPublisher { name, change } => publishers::alter(run, name, change).await,
        Statement::AlterConnection { name, options, unset } => connections::alter(run, name, options, unset).await,
        Statement::Drop { kind, name, if_exists, cascade } => ddl::drop(run, kind, name, if_exists, cascade).await,
        Statement::Undrop { name } => ddl::undrop(run, name).await,
        Statement::Rename { kind, name, to } => ddl::rename(run, kind, name, to).await,
        Statement::Comment { kind, name, text } => ddl::comment(run, kind, name, text).await,
        Statement::SetTags { kind, name, tags } => ddl::set_tags(run, kind, name, tags).await,
        Statement::SetLimits { kind, name, limits } => limits::alter(run, kind, name, limits).await,
        Statement::SetTrust { kind, name, settings } => trust::alter(run, kind, name, settings).await,
        Statement::CommentColumn { table, column, text } => tables::comment_column(run, table, column, text).await,
        Statement::AlterTable { name, change } => tables::alter(run, name, change).await,

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

        Statement::InstallPlugin { name, from, version, schema, consent } => {
            plugins::install(run, name, &from, version.as_deref(), schema, consent).await
        }
        Statement::UpgradePlugin { name, from, version, consent } => {
            plugins::upgrade(run, name, from, version.as_deref(), consent).await
        }
        Statement::RollbackPlugin { name, version } => plugins::rollback(run, name, version).await,
        Statement::PinPlugin { name, version } => packages::pin(run, name, version).await,
        Statement::SearchPackages { words } => packages::search(run, &words).await,
        Statement::AuditPlugin { name } => audit::audit(run, name).await,
        Statement::SyncPlugins(sync) => sync::sync(run, sync).await,
        Statement::VerifyPlugin { name } => packages::verify(run, name).await,
        Statement::Call(task) => call::call(run, *task).await,

        Statement::Optimize { name, z_order } => upkeep::optimize(run, name, z_order).await,
        Statement::Vacuum { name, retain_hours, dry_run } => upkeep::vacuum(run, name, retain_hours, dry_run).await,
        Statement::Restore { name, to } => upkeep::restore(run, name, *to).await,
    }
}
