//! Principals and grants. The rules are the catalog's; here are only the statements.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use polder_catalog::{Change, Grantee, Kind, PrincipalKind, Privilege};

use crate::answer;
use crate::run::Run;
use crate::sql::{Name, On, To};
use crate::{Answer, Result};

pub(crate) async fn create_principal(run: &Run<'_>, group: bool, name: String, if_not_exists: bool) -> Result<Answer> {
    let (kind, word) = if group { (PrincipalKind::Group, "group") } else { (PrincipalKind::User, "user") };
    match run.access.create_principal(kind, &name).await {
        Ok(made) => Ok(Answer::done(format!("Created {word} {}.", made.name))),
        Err(polder_catalog::Error::PrincipalExists(_)) if if_not_exists => {
            Ok(Answer::done(format!("{name} exists already.")))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn drop_principal(run: &Run<'_>, name: String, if_exists: bool) -> Result<Answer> {
    match run.access.drop_principal(&name).await {
        Ok(()) => Ok(Answer::done(format!("Dropped {name}."))),
        Err(polder_catalog::Error::UnknownPrincipal(_)) if if_exists => {
            Ok(Answer::done(format!("{name} does not exist.")))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn member(run: &Run<'_>, group: String, member: String, add: bool) -> Result<Answer> {
    if add {
        run.access.add_member(&group, &member).await?;
        return Ok(Answer::done(format!("{member} is now in {group}.")));
    }
    run.access.remove_member(&group, &member).await?;
    Ok(Answer::done(format!("{member} is no longer in {group}.")))
}

pub(crate) async fn set_owner(run: &Run<'_>, kind: Kind, name: Name, owner: String) -> Result<Answer> {
    let securable = run.resolve(kind, &name).await?;
    let changed = run.access.alter(&securable, Change::Owner(owner)).await?;
    Ok(Answer::done(format!("{} now belongs to {}.", changed.name, changed.owner)))
}

pub(crate) async fn grant(run: &Run<'_>, privileges: Vec<Privilege>, on: On, to: To) -> Result<Answer> {
    let securable = run.resolve(on.kind, &on.name).await?;
    let to = grantee(run, to)?;
    run.access.grant(&privileges, &securable, to.clone()).await?;
    Ok(Answer::done(format!("Granted {} on {} to {to}.", words(&privileges), place(on.kind, &securable.name))))
}

pub(crate) async fn revoke(run: &Run<'_>, privileges: Vec<Privilege>, on: On, from: To) -> Result<Answer> {
    let securable = run.resolve(on.kind, &on.name).await?;
    let from = grantee(run, from)?;
    let revoked = run.access.revoke(&privileges, &securable, from.clone()).await?;
    let (absent, taken): (Vec<_>, Vec<_>) =
        privileges.into_iter().partition(|privilege| revoked.absent.contains(privilege));
    let on = place(on.kind, &securable.name);
    let mut said = Vec::new();
    if !taken.is_empty() {
        said.push(format!("Revoked {} on {on} from {from}", words(&taken)));
    }
    if !absent.is_empty() {
        let were = if absent.len() == 1 { "was" } else { "were" };
        said.push(format!("{} {were} not granted to {from} on {on}", words(&absent)));
    }
    said.extend(revoked.remaining.iter().map(|grant| {
        let group = &grant.principal;
        let through = if is(group, &from) { String::new() } else { format!(" through {group}") };
        format!("{from} still has {}{through} from {}", grant.privilege, place(grant.kind, &grant.name))
    }));
    Ok(Answer::done(format!("{}.", said.join("; "))))
}

pub(crate) async fn show(run: &Run<'_>, on: Option<On>, to: Option<To>) -> Result<Answer> {
    let to = to.map(|to| grantee(run, to)).transpose()?;
    let grants = match (on, &to) {
        (Some(on), to) => {
            let securable = run.resolve(on.kind, &on.name).await?;
            let mut grants = run.access.grants_on(&securable).await?;
            grants.retain(|grant| to.as_ref().is_none_or(|to| is(&grant.principal, to)));
            grants
        }
        (None, Some(to)) => run.access.grants_to(to.clone()).await?,
        (None, None) => run.access.grants_to(run.access.principal()).await?,
    };
    let text = |name| Field::new(name, DataType::Utf8, false);
    let schema = Schema::new(vec![text("principal"), text("action_type"), text("object_type"), text("object_key")]);
    let column = |texts: Vec<String>| Arc::new(StringArray::from(texts)) as _;
    Ok(answer::rows(RecordBatch::try_new(
        Arc::new(schema),
        vec![
            column(grants.iter().map(|grant| grant.principal.name()).collect()),
            column(grants.iter().map(|grant| grant.privilege.to_string()).collect()),
            column(grants.iter().map(|grant| grant.kind.to_string()).collect()),
            column(grants.iter().map(|grant| grant.name.to_string()).collect()),
        ],
    )?))
}

fn grantee(run: &Run<'_>, to: To) -> Result<Grantee> {
    Ok(match to {
        To::Principal(name) => Grantee::Principal(name),
        To::Plugin(name) => Grantee::Plugin(run.full(Kind::Plugin, &name)?),
    })
}

/// Whether both are the same: names of users and groups are written in any case.
fn is(one: &Grantee, other: &Grantee) -> bool {
    match (one, other) {
        (Grantee::Principal(one), Grantee::Principal(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    }
}

fn words(privileges: &[Privilege]) -> String {
    privileges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn place(kind: Kind, name: &polder_catalog::FullName) -> String {
    if kind == Kind::Metastore { "the metastore".to_owned() } else { format!("{} {name}", kind.word()) }
}
