//! What exists: making, changing and dropping catalogs, schemas and volumes, and what tables and views share
//! with them.

use polder_catalog::{Change, DEFAULT_SCHEMA, DropMode, Kind, NewSecurable, Spec, spec};
use polder_storage::Location;

use crate::run::Run;
use crate::session::Current;
use crate::sql::Name;
use crate::{Answer, Error, Result};

pub(crate) async fn use_(run: &Run<'_>, kind: Option<Kind>, name: Name) -> Result<Answer> {
    let current = run.session.current();
    let current = match (kind, name.as_slice()) {
        (Some(Kind::Catalog), [catalog]) => Current { catalog: catalog.clone(), schema: DEFAULT_SCHEMA.to_owned() },
        (_, [catalog, schema]) => Current { catalog: catalog.clone(), schema: schema.clone() },
        (_, [schema]) => Current { schema: schema.clone(), ..current },
        _ => return Err(Error::Invalid("USE takes a schema, or a catalog and a schema".to_owned())),
    };
    run.resolve(Kind::Catalog, std::slice::from_ref(&current.catalog)).await?;
    if kind != Some(Kind::Catalog) {
        run.resolve(Kind::Schema, &[current.catalog.clone(), current.schema.clone()]).await?;
    }
    let text = format!("Using {}.{}.", current.catalog, current.schema);
    run.session.set_current(current);
    Ok(Answer::done(text))
}

pub(crate) async fn create_container(
    run: &Run<'_>,
    kind: Kind,
    name: Name,
    if_not_exists: bool,
    comment: Option<String>,
    location: Option<String>,
) -> Result<Answer> {
    let location = location.map(|text| run.polder().location(&text)).transpose()?;
    let container = spec::Container { managed_location: location.map(|location| location.to_string()) };
    let spec = if kind == Kind::Catalog { Spec::Catalog(container) } else { Spec::Schema(container) };
    let new = NewSecurable::new(run.full(kind, &name)?, spec).with_comment(comment);
    create(run, new, if_not_exists).await
}

pub(crate) async fn create_volume(
    run: &Run<'_>,
    name: Name,
    if_not_exists: bool,
    comment: Option<String>,
    location: Option<String>,
) -> Result<Answer> {
    let name = run.full(Kind::Volume, &name)?;
    // Before its location is looked at, which is taken: by this volume.
    if if_not_exists && run.access.find(&[Kind::Volume], &name).await?.is_some() {
        return Ok(exists(Kind::Volume, &name));
    }
    let managed = location.is_none();
    let spec = Spec::Volume(spec::Volume { location: String::new(), managed });
    let mut new = NewSecurable::new(name, spec).with_comment(comment);
    let location = match location {
        Some(text) => run.polder().location(&text)?,
        None => managed_location(run, &new, "volumes").await?,
    };
    if let (true, Some(folder)) = (managed, location.local()) {
        std::fs::create_dir_all(&folder).map_err(|error| Error::File { path: folder.display().to_string(), error })?;
    }
    new.spec = Spec::Volume(spec::Volume { location: location.to_string(), managed });
    create(run, new, if_not_exists).await
}

pub(super) async fn create(run: &Run<'_>, new: NewSecurable, if_not_exists: bool) -> Result<Answer> {
    let (kind, name) = (new.spec.kind(), new.name.clone());
    match run.access.create(new).await {
        Ok(made) => Ok(Answer::done(format!("Created {} {}.", kind.word(), made.name))),
        Err(polder_catalog::Error::AlreadyExists { .. }) if if_not_exists => Ok(exists(kind, &name)),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn exists(kind: Kind, name: &polder_catalog::FullName) -> Answer {
    Answer::done(format!("{} {name} exists already.", capital(kind.word())))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where something managed goes: below the nearest container that names a place, else in the home.
pub(super) async fn managed_location(run: &Run<'_>, new: &NewSecurable, folder: &str) -> Result<Location> {
    let schema = run.access.resolve(&[Kind::Schema], &new.name.parent()).await?;
    let catalog = run.access.resolve(&[Kind::Catalog], &new.name.parent().parent()).await?;
    let root = [schema, catalog]
        .iter()
        .find_map(|container| container.as_container().and_then(|container| container.managed_location.clone()));
    run.polder().managed(folder, root.as_deref(), &new.id.to_string())
}

pub(crate) async fn drop(run: &Run<'_>, kind: Kind, name: Name, if_exists: bool, cascade: bool) -> Result<Answer> {
    let full = run.full(kind, &name)?;
    let Some(securable) = run.access.find(&[kind], &full).await? else {
        if if_exists {
            return Ok(Answer::done(format!("{} {full} does not exist.", capital(kind.word()))));
        }
        run.access.resolve(&[kind], &full).await?;
        return Err(Error::Invalid(format!("{full} does not exist")));
    };
    if kind == Kind::Function {
        return Err(Error::Unsupported(format!("{full} belongs to a plugin; DROP PLUGIN drops it")));
    }
    if let Some(location) = securable.as_table().and_then(|table| table.location.clone()) {
        run.polder().tables().forget(&run.polder().location(&location)?);
    }
    let mode = if cascade { DropMode::Cascade } else { DropMode::Restrict };
    run.access.drop(&securable, mode).await?;
    sweep(run).await?;
    let back = if kind == Kind::Table { "; UNDROP TABLE brings it back for 7 days" } else { "" };
    Ok(Answer::done(format!("Dropped {} {full}{back}.", kind.word())))
}

/// Delete for good what was dropped so long ago that it cannot come back, files first. Only whoever owns
/// the metastore may, so it happens when the owner drops something.
async fn sweep(run: &Run<'_>) -> Result<()> {
    if !run.access.is_admin() {
        return Ok(());
    }
    for gone in run.access.purgeable(polder_catalog::RETENTION).await? {
        let managed = match &gone.spec {
            Spec::Table(table) if table.managed => table.location.clone(),
            Spec::Volume(volume) if volume.managed => Some(volume.location.clone()),
            _ => None,
        };
        if let Some(location) = managed {
            run.polder().stores().delete_all(&run.polder().location(&location)?).await?;
        }
        run.access.purge(&gone).await?;
    }
    Ok(())
}

pub(crate) async fn undrop(run: &Run<'_>, name: Name) -> Result<Answer> {
    let full = run.full(Kind::Table, &name)?;
    let dropped = run.access.find_dropped(&Kind::RELATIONS, &full).await?;
    let back = run.access.undrop(&dropped).await?;
    Ok(Answer::done(format!("Table {} is back.", back.name)))
}

pub(crate) async fn rename(run: &Run<'_>, kind: Kind, name: Name, to: Name) -> Result<Answer> {
    let securable = run.resolve(kind, &name).await?;
    let target = run.full(kind, &to)?;
    if to.len() > 1 && target.parent() != securable.name.parent() {
        return Err(Error::Unsupported(format!(
            "a {} stays where it is; RENAME TO takes a new last part",
            kind.word()
        )));
    }
    let changed = run.access.alter(&securable, Change::Rename(target.last().to_owned())).await?;
    Ok(Answer::done(format!("{} is now {}.", securable.name, changed.name)))
}

pub(crate) async fn comment(run: &Run<'_>, kind: Kind, name: Name, text: Option<String>) -> Result<Answer> {
    let securable = run.resolve(kind, &name).await?;
    run.access.alter(&securable, Change::Comment(text)).await?;
    Ok(Answer::done(format!("Commented on {}.", securable.name)))
}

pub(crate) async fn set_tags(
    run: &Run<'_>,
    kind: Kind,
    name: Name,
    tags: Vec<(String, Option<String>)>,
) -> Result<Answer> {
    let securable = run.resolve(kind, &name).await?;
    run.access.set_tags(&securable, &tags).await?;
    Ok(Answer::done(format!("Changed the tags of {}.", securable.name)))
}
