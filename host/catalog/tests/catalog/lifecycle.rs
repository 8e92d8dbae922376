//! Names, locations, dependencies; DROP, UNDROP and the purge.

use std::collections::BTreeMap;
use std::time::Duration;

use polder_catalog::spec::{Container, Table, Volume};
use polder_catalog::{Change, DropMode, Error, Kind, NewSecurable, Privilege, Securable, Spec};

use crate::support::*;

fn at(full_name: &str, location: &str, managed: bool) -> NewSecurable {
    let spec = if managed { Table::managed(location) } else { Table::external(location) };
    NewSecurable::new(name(full_name), Spec::Table(spec))
}

#[tokio::test]
async fn a_new_metastore_has_a_catalog_to_work_in_and_one_that_is_reserved() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    assert!(owner.is_admin());
    assert_eq!(scratch.catalog.owner().await.unwrap(), "owner");
    let kinds = [Kind::Catalog, Kind::Schema, Kind::Table];
    let mut all: Vec<_> =
        owner.list(&kinds, &name(""), None).await.unwrap().into_iter().map(|s| s.name.to_string()).collect();
    all.sort();
    let expected = [
        "main",
        "main.default",
        "system",
        "system.access",
        "system.access.audit",
        "system.access.column_lineage",
        "system.access.table_lineage",
    ];
    assert_eq!(all, expected);
    let audit = owner.resolve(&[Kind::Table], &name("system.access.audit")).await.unwrap();
    for refused in [
        owner.create(table("system.access.mine")).await.map(drop),
        owner.create(schema("system.mine")).await.map(drop),
        owner.create(schema("main.information_schema")).await.map(drop),
        owner.create(catalog("system")).await.map(drop),
        owner.drop(&audit, DropMode::Restrict).await.map(drop),
        owner.alter(&audit, Change::Rename("log".into())).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Reserved(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn opening_again_changes_nothing_and_another_owner_can_be_named_at_first() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("deep/er/catalog.db");
    let catalog = polder_catalog::Catalog::open(&path, Some("Root@example.com")).await.unwrap();
    let first = catalog.access("root@example.com").await.unwrap();
    first.create(table("main.default.t")).await.unwrap();
    let generation = catalog.generation().await.unwrap();
    catalog.close().await;
    let catalog = polder_catalog::Catalog::open(&path, Some("somebody else")).await.unwrap();
    assert_eq!(catalog.generation().await.unwrap(), generation);
    assert_eq!(catalog.owner().await.unwrap(), "root@example.com");
    assert!(matches!(catalog.access("somebody else").await, Err(Error::UnknownPrincipal(_))));
    std::fs::write(folder.path().join("not.db"), "not a database, but long enough to look like one ".repeat(99))
        .unwrap();
    let broken = polder_catalog::Catalog::open(folder.path().join("not.db"), None).await;
    assert!(matches!(broken.map(drop), Err(Error::Open { .. })));
}

#[tokio::test]
async fn names_share_a_namespace_only_where_sql_cannot_tell_them_apart() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    owner.create(table("main.default.X")).await.unwrap();
    owner.create(volume("main.default.x")).await.unwrap();
    owner.install(&plugin("main.default.x", "1", &["x"])).await.unwrap();
    for taken in [
        owner.create(view("main.default.x", &[])).await.map(drop),
        owner.create(table("MAIN.default.x")).await.map(drop),
        owner.install(&plugin("main.default.x", "1", &[])).await.map(drop),
        owner.install(&plugin("main.default.y", "1", &["X"])).await.map(drop),
    ] {
        assert!(matches!(taken, Err(Error::AlreadyExists { .. })), "{taken:?}");
    }
    // The failed install left nothing.
    assert_eq!(owner.find(&[Kind::Plugin], &name("main.default.y")).await.unwrap(), None);
    assert!(matches!(owner.create(table("main.nowhere.t")).await, Err(Error::NotFound { .. })));
    assert!(matches!(owner.create(table("main.t")).await, Err(Error::InvalidName { .. })));
    assert!(matches!(owner.find(&[Kind::Table], &name("t")).await, Err(Error::InvalidName { .. })));
}

#[tokio::test]
async fn a_location_has_one_holder_however_it_is_spelled() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = owner.create(at("main.default.t", "file:///data/a/t", true)).await.unwrap();
    for (location, free) in [
        ("file:///data/a/t", false),
        ("file:///data/a/t/", false),
        ("file:///data/a/x/../t", false),
        ("file:///data/a/%74", false),
        ("file:///data/a/t/part=1", false),
        ("file:///data/a", false),
        ("file:///", false),
        ("file:///data/a/t2", true),
        ("file:///data/a/t-", true),
        ("file:///data/a/t0", true),
        ("s3://data/a/t", true),
    ] {
        let volume = Spec::Volume(Volume { location: location.into(), managed: false });
        for spec in [at("main.default.other", location, false).spec, volume] {
            match owner.create(NewSecurable::new(name("main.default.other"), spec)).await {
                Ok(made) => {
                    assert!(free, "{location}");
                    owner.drop(&made, DropMode::Restrict).await.unwrap();
                }
                Err(Error::LocationTaken { holder, .. }) => {
                    assert!(!free, "{location}");
                    let home = location == "file:///";
                    let expected = if home { ", the home folder of this metastore" } else { ", table main.default.t" };
                    assert_eq!(holder, expected);
                }
                other => panic!("{location}: {other:?}"),
            }
        }
    }
    // A managed table keeps its location while it can come back; an external one does not.
    owner.drop(&t, DropMode::Restrict).await.unwrap();
    let taken = owner.create(at("main.default.u", "file:///data/a/t", false)).await;
    assert!(matches!(&taken, Err(Error::LocationTaken { holder, .. }) if holder.contains("dropped")), "{taken:?}");
    owner.purge(&t).await.unwrap();
    let u = owner.create(at("main.default.u", "file:///data/a/t", false)).await.unwrap();
    owner.drop(&u, DropMode::Restrict).await.unwrap();
    let w = owner.create(at("main.default.w", "file:///data/a/t", false)).await.unwrap();
    assert!(matches!(owner.undrop(&u).await, Err(Error::LocationTaken { .. })));
    owner.drop(&w, DropMode::Restrict).await.unwrap();
    owner.undrop(&u).await.unwrap();
}

#[tokio::test]
async fn drop_can_be_undone_with_its_grants_until_the_name_is_taken() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = scratch.table("main.default.t").await;
    scratch.usage("ann").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    owner.drop(&t, DropMode::Restrict).await.unwrap();
    assert!(matches!(owner.resolve(&[Kind::Table], &t.name).await, Err(Error::NotFound { .. })));
    assert!(matches!(owner.drop(&t, DropMode::Restrict).await, Err(Error::Conflict { .. })));
    let dropped = owner.find_dropped(&[Kind::Table], &t.name).await.unwrap();
    assert_eq!(dropped.id, t.id);
    let ids = |list: Vec<Securable>| list.into_iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(ids(owner.dropped(&[Kind::Table], &name("main")).await.unwrap()), [t.id]);
    remedy(scratch.as_("ann").await.undrop(&dropped).await);
    assert_eq!(scratch.as_("ann").await.dropped(&[Kind::Table], &name("main")).await.unwrap(), []);

    let second = scratch.table("main.default.t").await;
    assert!(matches!(owner.undrop(&dropped).await, Err(Error::NameTaken { .. })));
    owner.alter(&second, Change::Rename("t2".into())).await.unwrap();
    assert_eq!(owner.undrop(&dropped).await.unwrap().dropped_at, None);
    let ann = scratch.as_("ann").await;
    let back = ann.resolve(&[Kind::Table], &t.name).await.unwrap();
    ann.require(&back, Privilege::Select).await.unwrap();
    assert_eq!((back.id, &back.spec), (t.id, &t.spec));
    assert!(matches!(owner.undrop(&back).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn the_purge_lists_locations_and_then_forgets() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let s = owner.create(schema("main.s")).await.unwrap();
    let t = scratch.table("main.s.t").await;
    owner.drop(&s, DropMode::Cascade).await.unwrap();
    assert_eq!(owner.purgeable(polder_catalog::RETENTION).await.unwrap(), []);
    let gone = owner.purgeable(Duration::ZERO).await.unwrap();
    assert_eq!(gone.iter().map(|s| s.id).collect::<Vec<_>>(), [t.id, s.id]);
    assert_eq!(gone[0].spec.location(), t.spec.location());
    assert!(matches!(owner.purge(&gone[1]).await, Err(Error::NotEmpty { .. })));
    for securable in &gone {
        owner.purge(securable).await.unwrap();
    }
    assert!(matches!(owner.undrop(&gone[1]).await, Err(Error::NotFound { .. })));
    let live = scratch.table("main.default.t").await;
    assert!(matches!(owner.purge(&live).await, Err(Error::Conflict { .. })));
    assert!(matches!(scratch.as_("ann").await.purgeable(Duration::ZERO).await, Err(Error::AdminOnly { .. })));
}

#[tokio::test]
async fn a_container_goes_and_comes_back_with_what_is_inside() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let c = owner.create(catalog("c")).await.unwrap();
    let s = owner.create(schema("c.s")).await.unwrap();
    let before = scratch.table("c.s.before").await;
    owner.drop(&before, DropMode::Restrict).await.unwrap();
    let t = scratch.table("c.s.t").await;
    owner.create(view("c.s.v", &[&t])).await.unwrap();
    owner.install(&plugin("c.s.p", "1", &["f"])).await.unwrap();
    let full = owner.drop(&s, DropMode::Restrict).await.unwrap_err();
    assert_eq!(
        full.to_string(),
        "schema c.s is not empty: it holds function c.s.f, plugin c.s.p, table c.s.t, view c.s.v; \
         drop that first, or say CASCADE"
    );
    let went = owner.drop(&c, DropMode::Cascade).await.unwrap();
    assert_eq!(went.len(), 7);
    assert_eq!(went[0].id, c.id);
    assert!(matches!(owner.undrop(&t).await, Err(Error::NeedsDropped { .. })));
    // The name is free at once.
    let c2 = owner.create(catalog("c")).await.unwrap();
    assert!(matches!(owner.undrop(&c).await, Err(Error::NameTaken { .. })));
    owner.drop(&c2, DropMode::Restrict).await.unwrap();
    owner.undrop(&c).await.unwrap();
    for (kind, there) in
        [(Kind::Table, "c.s.t"), (Kind::View, "c.s.v"), (Kind::Plugin, "c.s.p"), (Kind::Function, "c.s.f")]
    {
        owner.resolve(&[kind], &name(there)).await.unwrap();
    }
    // What was dropped on its own before stays dropped.
    assert_eq!(owner.find(&[Kind::Table], &before.name).await.unwrap(), None);
    owner.undrop(&before).await.unwrap();
}

#[tokio::test]
async fn what_others_depend_on_stays_and_the_error_names_them() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    owner.create(schema("main.lib")).await.unwrap();
    let t = scratch.table("main.lib.t").await;
    let p = owner.install(&plugin("main.lib.p", "1", &["f", "g"])).await.unwrap();
    let f = owner.resolve(&[Kind::Function], &name("main.lib.f")).await.unwrap();
    let v = owner.create(view("main.default.v", &[&t, &f])).await.unwrap();
    let lib = owner.resolve(&[Kind::Schema], &name("main.lib")).await.unwrap();
    let expected = |what: &str| format!("{what} is in use by view main.default.v; drop or change that first");
    for (securable, mode, what) in [
        (&t, DropMode::Restrict, "table main.lib.t"),
        (&p, DropMode::Restrict, "plugin main.lib.p"),
        (&lib, DropMode::Cascade, "schema main.lib"),
    ] {
        let error = owner.drop(securable, mode).await.unwrap_err();
        assert_eq!(error.to_string(), expected(what));
    }
    assert!(matches!(owner.drop(&f, DropMode::Restrict).await, Err(Error::Unsupported(_))));
    // The view names them in its text: a new name would break it, too.
    for (securable, what) in [(&t, "table main.lib.t"), (&lib, "schema main.lib")] {
        let error = owner.alter(securable, Change::Rename("renamed".into())).await.unwrap_err();
        assert_eq!(error.to_string(), expected(what));
    }
    let names = |list: Vec<Securable>| list.into_iter().map(|s| s.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(owner.dependants(&f).await.unwrap()), ["main.default.v"]);
    assert_eq!(names(owner.dependencies(&v).await.unwrap()), ["main.lib.f", "main.lib.t"]);

    // One who may not see the view is not told its name.
    let given = owner.alter(&t, Change::Owner("ann".into())).await.unwrap();
    scratch.grant(Privilege::UseCatalog, Kind::Catalog, "main", "ann").await;
    scratch.grant(Privilege::UseSchema, Kind::Schema, "main.lib", "ann").await;
    let error = scratch.as_("ann").await.drop(&given, DropMode::Restrict).await.unwrap_err();
    assert_eq!(error.to_string(), "table main.lib.t is in use by 1 that you may not see; drop or change that first");

    // A view that is dropped stands in nobody's way, and comes back only after what it needs.
    owner.drop(&v, DropMode::Restrict).await.unwrap();
    owner.drop(&t, DropMode::Restrict).await.unwrap();
    let error = owner.undrop(&v).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "view main.default.v cannot come back: it needs table main.lib.t, which is gone; undrop that first"
    );
    owner.undrop(&t).await.unwrap();
    owner.undrop(&v).await.unwrap();

    // A table's constraint: recorded, and gone again.
    let constrained = scratch.table("main.default.c").await;
    owner.drop(&v, DropMode::Restrict).await.unwrap();
    owner.alter(&constrained, Change::Dependencies(vec![f.id])).await.unwrap();
    assert!(matches!(owner.drop(&p, DropMode::Restrict).await, Err(Error::InUse { .. })));
    owner.alter(&constrained, Change::Dependencies(vec![])).await.unwrap();
    owner.drop(&p, DropMode::Restrict).await.unwrap();
}

#[tokio::test]
async fn changes_are_kept_and_stamped() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = owner.create(table("main.default.t").with_comment(Some("first".into()))).await.unwrap();
    assert_eq!((t.comment.as_deref(), t.created_by.as_str(), t.owner.as_str()), (Some("first"), "owner", "owner"));
    let set = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    owner.alter(&t, Change::Properties { set, unset: vec![] }).await.unwrap();
    let t = owner.alter(&t, Change::Properties { set: BTreeMap::new(), unset: vec!["a".into()] }).await.unwrap();
    assert_eq!(t.properties, BTreeMap::from([("b".to_owned(), "2".to_owned())]));
    let t = owner.alter(&t, Change::Comment(None)).await.unwrap();
    assert_eq!(t.comment, None);
    scratch.usage("ann").await;
    let t = owner.alter(&t, Change::Owner("ann".into())).await.unwrap();
    let t = scratch.as_("ann").await.alter(&t, Change::Rename("u".into())).await.unwrap();
    assert_eq!((t.name.to_string().as_str(), t.updated_by.as_str()), ("main.default.u", "ann"));
    assert!(t.updated_at >= t.created_at);
    assert!(matches!(owner.drop_principal("ann").await, Err(Error::StillOwner { count: 1, .. })));
    owner.drop(&t, DropMode::Restrict).await.unwrap();
    owner.drop_principal("ann").await.unwrap();
    assert_eq!(owner.find_dropped(&[Kind::Table], &t.name).await.unwrap().owner, "owner");
    assert!(matches!(scratch.catalog.access("ann").await, Err(Error::UnknownPrincipal(_))));

    let elsewhere = Container { managed_location: Some("s3://lake/x".into()) };
    scratch.grant(Privilege::CreateCatalog, Kind::Metastore, "", "bob").await;
    let bob = scratch.as_("bob").await;
    let chosen = NewSecurable::new(name("x"), Spec::Catalog(elsewhere.clone()));
    assert_eq!(remedy(bob.create(chosen).await), ["GRANT CREATE EXTERNAL TABLE ON METASTORE TO bob"]);
    let x = bob.create(catalog("x")).await.unwrap();
    let moved = Change::Spec { spec: Box::new(Spec::Catalog(elsewhere)), dependencies: vec![] };
    assert!(matches!(bob.alter(&x, moved).await, Err(Error::AdminOnly { .. })));
}
