//! Plugins and their functions: install, upgrade, drop.

use polder_catalog::{DropMode, Error, Kind, Privilege};

use crate::support::*;

#[tokio::test]
async fn an_install_makes_functions_that_are_pinned_to_the_digest() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let p = owner.install(&plugin("main.default.geo", "1", &["haversine", "bearing"])).await.unwrap();
    let functions = owner.plugin_functions(&p).await.unwrap();
    assert_eq!(
        functions.iter().map(|f| f.name.to_string()).collect::<Vec<_>>(),
        ["main.default.bearing", "main.default.haversine"]
    );
    for function in &functions {
        let spec = function.as_function().unwrap();
        assert_eq!((spec.plugin, &spec.digest), (p.id, &p.as_plugin().unwrap().digest));
        assert_eq!(function.comment.as_deref(), Some(spec.export.doc.as_str()));
    }
    let log = owner.audit_log(&Default::default()).await.unwrap();
    let line = log.iter().find(|line| line.action == "installPlugin").unwrap();
    assert_eq!(line.detail["digest"].as_str(), Some(p.as_plugin().unwrap().digest.as_str()));
    assert_eq!(line.detail["functions"], serde_json::json!(["haversine", "bearing"]));

    let went = owner.drop(&p, DropMode::Restrict).await.unwrap();
    assert_eq!(went.len(), 3);
    assert_eq!(owner.find(&[Kind::Function], &functions[0].name).await.unwrap(), None);
    owner.undrop(&p).await.unwrap();
    assert_eq!(owner.plugin_functions(&p).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_upgrade_keeps_ids_and_grants_by_name_and_can_be_taken_back() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let first = plugin("main.default.p", "1", &["f", "g"]);
    let p = owner.install(&first).await.unwrap();
    let g = owner.resolve(&[Kind::Function], &name("main.default.g")).await.unwrap();
    let f = owner.resolve(&[Kind::Function], &name("main.default.f")).await.unwrap();
    scratch.usage("ann").await;
    for function in ["main.default.f", "main.default.g"] {
        scratch.grant(Privilege::Execute, Kind::Function, function, "ann").await;
    }
    let second = plugin("main.default.p", "2", &["f", "h"]);
    let up = owner.upgrade(&p, &second).await.unwrap();
    let names = |list: &[polder_catalog::FullName]| list.iter().map(|n| n.last().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (names(&up.added), names(&up.kept), names(&up.removed)),
        (vec!["h".into()], vec!["f".into()], vec!["g".into()])
    );
    assert_eq!(up.plugin.id, p.id);
    assert_eq!(up.plugin.as_plugin().unwrap().version, "2");
    let ann = scratch.as_("ann").await;
    let now = ann.resolve(&[Kind::Function], &f.name).await.unwrap();
    assert_eq!(now.id, f.id);
    assert_eq!(now.as_function().unwrap().digest, second.spec.digest);
    ann.require(&now, Privilege::Execute).await.unwrap();
    assert_eq!(ann.find(&[Kind::Function], &g.name).await.unwrap(), None);
    assert!(matches!(owner.undrop(&g).await, Err(Error::Unsupported(_))));
    // The upgrade was decided on what is no longer there.
    assert!(matches!(owner.upgrade(&p, &first).await, Err(Error::Conflict { .. })));

    owner.upgrade(&up.plugin, &first).await.unwrap();
    let ann = scratch.as_("ann").await;
    let back = ann.resolve(&[Kind::Function], &g.name).await.unwrap();
    assert_eq!(back.id, g.id);
    ann.require(&back, Privilege::Execute).await.unwrap();
    assert_eq!(owner.find(&[Kind::Function], &name("main.default.h")).await.unwrap(), None);
}

#[tokio::test]
async fn an_upgrade_that_takes_away_what_is_used_changes_nothing() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let p = owner.install(&plugin("main.default.p", "1", &["f", "g"])).await.unwrap();
    let f = owner.resolve(&[Kind::Function], &name("main.default.f")).await.unwrap();
    owner.create(view("main.default.v", &[&f])).await.unwrap();
    let error = owner.upgrade(&p, &plugin("main.default.p", "2", &["g", "h"])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "function main.default.f is in use by view main.default.v; drop or change that first"
    );
    let same = owner.resolve(&[Kind::Plugin], &p.name).await.unwrap();
    assert_eq!(same, p);
    assert_eq!(owner.plugin_functions(&p).await.unwrap().len(), 2);
    owner.install(&plugin("main.default.q", "1", &["h"])).await.unwrap();
    let taken = owner.upgrade(&p, &plugin("main.default.p", "2", &["f", "h"])).await;
    assert!(matches!(taken, Err(Error::AlreadyExists { kind: Kind::Function, .. })));
    assert_eq!(owner.resolve(&[Kind::Plugin], &p.name).await.unwrap(), p);
    scratch.usage("ann").await;
    scratch.grant(Privilege::Browse, Kind::Plugin, "main.default.p", "ann").await;
    let denied = scratch.as_("ann").await.upgrade(&p, &plugin("main.default.p", "2", &["f", "g"])).await;
    assert_eq!(remedy(denied), ["GRANT MANAGE ON PLUGIN main.default.p TO ann"]);
}
