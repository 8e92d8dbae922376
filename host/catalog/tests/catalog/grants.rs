//! Rights: for each privilege the twin that is allowed and the twin that is denied; inheritance,
//! ownership, groups, visibility.

use polder_catalog::spec::{Table, Volume};
use polder_catalog::{Change, Error, Kind, NewSecurable, PrincipalKind, Privilege, Result, Spec};

use crate::support::*;

/// What ann tries, and the grant that it takes.
const CASES: &[(Privilege, Kind, &str)] = &[
    (Privilege::UseCatalog, Kind::Catalog, "other"),
    (Privilege::UseSchema, Kind::Schema, "main.other"),
    (Privilege::Select, Kind::Table, "main.default.t"),
    (Privilege::Select, Kind::View, "main.default.v"),
    (Privilege::Modify, Kind::Table, "main.default.t"),
    (Privilege::Execute, Kind::Function, "main.default.f"),
    (Privilege::ReadVolume, Kind::Volume, "main.default.files"),
    (Privilege::WriteVolume, Kind::Volume, "main.default.files"),
    (Privilege::CreateCatalog, Kind::Metastore, ""),
    (Privilege::CreateSchema, Kind::Catalog, "main"),
    (Privilege::CreateTable, Kind::Schema, "main.default"),
    (Privilege::CreateVolume, Kind::Schema, "main.default"),
    (Privilege::CreatePlugin, Kind::Schema, "main.default"),
    (Privilege::CreateFunction, Kind::Schema, "main.default"),
    (Privilege::CreateExternalTable, Kind::Metastore, ""),
    (Privilege::CreateExternalVolume, Kind::Metastore, ""),
    (Privilege::ReadFiles, Kind::Metastore, ""),
    (Privilege::Browse, Kind::Table, "main.default.t"),
    (Privilege::Manage, Kind::Table, "main.default.t"),
    (Privilege::Manage, Kind::View, "main.default.v"),
    (Privilege::Manage, Kind::Volume, "main.default.files"),
    (Privilege::Manage, Kind::Plugin, "main.default.p"),
    (Privilege::Manage, Kind::Schema, "main.other"),
    (Privilege::Manage, Kind::Catalog, "other"),
];

/// Does what the privilege is for, as ann.
async fn attempt(scratch: &Scratch, privilege: Privilege, kind: Kind, on: &str) -> Result<()> {
    let ann = scratch.as_("ann").await;
    let target = scratch.owner().await.resolve(&[kind], &name(on)).await.unwrap();
    match privilege {
        Privilege::CreateCatalog => ann.create(catalog("made")).await.map(drop),
        Privilege::CreateSchema => ann.create(schema("main.made")).await.map(drop),
        Privilege::CreateTable => {
            ann.create(view("main.default.made_view", &[])).await?;
            ann.create(table("main.default.made")).await.map(drop)
        }
        Privilege::CreateVolume => ann.create(volume("main.default.made")).await.map(drop),
        Privilege::CreateExternalTable => {
            let spec = Spec::Table(Table::external("s3://elsewhere/t"));
            ann.create(NewSecurable::new(name("main.default.external"), spec)).await.map(drop)
        }
        Privilege::CreateExternalVolume => {
            let spec = Spec::Volume(Volume { location: "s3://elsewhere/v".into(), managed: false });
            ann.create(NewSecurable::new(name("main.default.external"), spec)).await.map(drop)
        }
        Privilege::CreatePlugin => ann.install(&plugin("main.default.made", "1", &[])).await.map(drop),
        Privilege::CreateFunction => ann.install(&plugin("main.default.with_g", "1", &["g"])).await.map(drop),
        Privilege::Manage => {
            ann.alter(&target, Change::Comment(Some("by ann".into()))).await?;
            ann.grant(&[Privilege::Browse], &target, "bob").await
        }
        _ => ann.require(&target, privilege).await,
    }
}

#[tokio::test]
async fn each_privilege_is_denied_without_the_grant_and_enough_with_it() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = scratch.table("main.default.t").await;
    owner.create(view("main.default.v", &[&t])).await.unwrap();
    owner.create(volume("main.default.files")).await.unwrap();
    owner.install(&plugin("main.default.p", "1", &["f"])).await.unwrap();
    owner.create(schema("main.other")).await.unwrap();
    owner.create(catalog("other")).await.unwrap();
    scratch.usage("ann").await;
    // What the case needs besides the privilege that it is about.
    let besides = |privilege| match privilege {
        Privilege::CreateExternalTable => vec![(Privilege::CreateTable, Kind::Schema, "main.default")],
        Privilege::CreateExternalVolume => vec![(Privilege::CreateVolume, Kind::Schema, "main.default")],
        Privilege::CreateFunction => vec![(Privilege::CreatePlugin, Kind::Schema, "main.default")],
        Privilege::Manage => {
            vec![(Privilege::UseCatalog, Kind::Catalog, "other"), (Privilege::UseSchema, Kind::Schema, "main.other")]
        }
        _ => vec![],
    };
    for &(privilege, kind, on) in CASES {
        for (privilege, kind, on) in besides(privilege) {
            scratch.grant(privilege, kind, on, "ann").await;
        }
        let space = if on.is_empty() { "" } else { " " };
        let expected = format!("GRANT {privilege} ON {kind}{space}{on} TO ann");
        assert_eq!(remedy(attempt(&scratch, privilege, kind, on).await), [expected], "without {privilege} on {kind}");
        scratch.grant(privilege, kind, on, "ann").await;
        attempt(&scratch, privilege, kind, on).await.unwrap_or_else(|e| panic!("with {privilege} on {kind}: {e}"));
        scratch.revoke(privilege, kind, on, "ann").await;
        for (privilege, kind, on) in besides(privilege) {
            scratch.revoke(privilege, kind, on, "ann").await;
        }
        let again = attempt(&scratch, privilege, kind, on).await;
        assert!(matches!(again, Err(Error::Denied(_))), "after the revoke of {privilege} on {kind}: {again:?}");
    }
}

#[tokio::test]
async fn the_remedy_names_the_containers_too_and_is_audited() {
    let scratch = scratch().await;
    let t = scratch.table("main.default.t").await;
    scratch.grant(Privilege::Browse, Kind::Table, "main.default.t", "ann").await;
    let ann = scratch.as_("ann").await.for_statement("s-1");
    let t = ann.resolve(&Kind::RELATIONS, &t.name).await.unwrap();
    let denied = ann.require(&t, Privilege::Select).await.unwrap_err();
    assert_eq!(
        denied.to_string(),
        "ann has no USE CATALOG on catalog main, USE SCHEMA on schema main.default, \
         SELECT on table main.default.t; this would give it:\
         \n  GRANT USE CATALOG ON CATALOG main TO ann;\
         \n  GRANT USE SCHEMA ON SCHEMA main.default TO ann;\
         \n  GRANT SELECT ON TABLE main.default.t TO ann;"
    );
    let log = scratch.owner().await.audit_log(&Default::default()).await.unwrap();
    let last = log.last().unwrap();
    assert_eq!((last.principal.as_str(), last.action.as_str(), last.outcome.as_str()), ("ann", "readTable", "denied"));
    assert_eq!((last.name.as_deref(), last.statement_id.as_deref()), (Some("main.default.t"), Some("s-1")));
    assert_eq!(last.detail["remedy"][2], "GRANT SELECT ON TABLE main.default.t TO ann");
    assert_eq!(last.detail["privilege"], "SELECT");

    // Carrying out the remedy is enough, and dropping any line of it is not.
    let grants = [
        (Privilege::UseCatalog, Kind::Catalog, "main"),
        (Privilege::UseSchema, Kind::Schema, "main.default"),
        (Privilege::Select, Kind::Table, "main.default.t"),
    ];
    for (privilege, kind, on) in grants {
        scratch.grant(privilege, kind, on, "ann").await;
    }
    scratch.as_("ann").await.require(&t, Privilege::Select).await.unwrap();
    for (privilege, kind, on) in grants {
        scratch.revoke(privilege, kind, on, "ann").await;
        assert_eq!(remedy(scratch.as_("ann").await.require(&t, Privilege::Select).await).len(), 1);
        scratch.grant(privilege, kind, on, "ann").await;
    }
}

#[tokio::test]
async fn grants_on_containers_hold_for_what_is_inside_now_and_later() {
    for (kind, on) in [(Kind::Schema, "main.default"), (Kind::Catalog, "main")] {
        for privilege in [Privilege::Select, Privilege::AllPrivileges] {
            let scratch = scratch().await;
            scratch.usage("ann").await;
            scratch.grant(privilege, kind, on, "ann").await;
            let later = scratch.table("main.default.later").await;
            let ann = scratch.as_("ann").await;
            ann.require(&later, Privilege::Select).await.unwrap();
            let modify = ann.require(&later, Privilege::Modify).await;
            assert_eq!(modify.is_ok(), privilege == Privilege::AllPrivileges, "{privilege} on {kind}");
            // ALL PRIVILEGES is not MANAGE.
            remedy(ann.grant(&[Privilege::Select], &later, "bob").await);
            remedy(scratch.as_("ann").await.drop(&later, Default::default()).await);
        }
    }
}

#[tokio::test]
async fn groups_nest_and_everybody_is_in_account_users() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = scratch.table("main.default.t").await;
    for group in ["Analysts", "staff"] {
        owner.create_principal(PrincipalKind::Group, group).await.unwrap();
    }
    owner.add_member("staff", "analysts").await.unwrap();
    owner.add_member("ANALYSTS", "ann").await.unwrap();
    scratch.usage("account users").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "staff").await;
    scratch.as_("ann").await.require(&t, Privilege::Select).await.unwrap();
    assert_eq!(
        remedy(scratch.as_("bob").await.require(&t, Privilege::Select).await),
        ["GRANT SELECT ON TABLE main.default.t TO bob"]
    );
    assert!(matches!(owner.add_member("analysts", "staff").await, Err(Error::MembershipCycle { .. })));
    assert!(matches!(owner.add_member("staff", "staff").await, Err(Error::MembershipCycle { .. })));
    assert!(matches!(owner.add_member("ann", "bob").await, Err(Error::NotAGroup(_))));
    assert!(matches!(owner.add_member("account users", "bob").await, Err(Error::Reserved(_))));
    let everybody = owner.members("account users").await.unwrap();
    assert_eq!(everybody.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["ann", "bob", "owner"]);

    owner.remove_member("analysts", "ann").await.unwrap();
    remedy(scratch.as_("ann").await.require(&t, Privilege::Select).await);
    owner.add_member("analysts", "ann").await.unwrap();
    owner.drop_principal("staff").await.unwrap();
    remedy(scratch.as_("ann").await.require(&t, Privilege::Select).await);
}

#[tokio::test]
async fn owners_have_everything_on_their_own_and_manage_what_is_inside_but_do_not_read_it() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let made = owner.create(schema("main.anns")).await.unwrap();
    owner.alter(&made, Change::Owner("ann".into())).await.unwrap();
    let t = scratch.table("main.anns.t").await;
    let ann = scratch.as_("ann").await;
    // Even an owner walks in through the catalog.
    assert_eq!(remedy(ann.create(table("main.anns.own")).await), ["GRANT USE CATALOG ON CATALOG main TO ann"]);
    scratch.grant(Privilege::UseCatalog, Kind::Catalog, "main", "ann").await;
    let ann = scratch.as_("ann").await;
    let own = ann.create(table("main.anns.own")).await.unwrap();
    for privilege in [Privilege::Select, Privilege::Modify, Privilege::Manage] {
        ann.require(&own, privilege).await.unwrap();
    }
    assert_eq!(own.owner, "ann");
    assert_eq!(remedy(ann.require(&t, Privilege::Select).await), ["GRANT SELECT ON TABLE main.anns.t TO ann"]);
    ann.grant(&[Privilege::Select], &t, "ann").await.unwrap();
    scratch.as_("ann").await.require(&t, Privilege::Select).await.unwrap();
    // The owner of a catalog may walk through schemas that others own.
    let main = owner.resolve(&[Kind::Catalog], &name("main")).await.unwrap();
    owner.alter(&main, Change::Owner("bob".into())).await.unwrap();
    let bob = scratch.as_("bob").await;
    let own = bob.resolve(&[Kind::Table], &own.name).await.unwrap();
    assert_eq!(remedy(bob.require(&own, Privilege::Select).await), ["GRANT SELECT ON TABLE main.anns.own TO bob"]);
    bob.drop(&own, Default::default()).await.unwrap();
    // The owner of the metastore needs no grant at all.
    owner.require(&t, Privilege::Select).await.unwrap();
}

#[tokio::test]
async fn what_may_not_be_seen_cannot_be_told_from_what_is_not_there() {
    let scratch = scratch().await;
    scratch.usage("ann").await;
    scratch.table("main.default.secret").await;
    scratch.owner().await.create(schema("main.hidden")).await.unwrap();
    scratch.table("main.hidden.t").await;
    let ann = scratch.as_("ann").await;
    for (kind, there, not_there) in [
        (Kind::Table, "main.default.secret", "main.default.nothing"),
        (Kind::View, "main.default.secret", "main.default.nothing"),
        (Kind::Schema, "main.hidden", "main.nothing"),
        (Kind::Table, "main.hidden.t", "main.nothing.t"),
        (Kind::Catalog, "system", "nothing"),
    ] {
        let message = |result: Result<_>, name: &str| {
            let error: Error = result.map(|found: polder_catalog::Securable| panic!("{found:?}")).unwrap_err();
            error.to_string().replace(name, "?")
        };
        let hidden = message(ann.resolve(&[kind], &name(there)).await, there);
        assert_eq!(hidden, message(ann.resolve(&[kind], &name(not_there)).await, not_there), "{kind} {there}");
        assert_eq!(ann.find(&[kind], &name(there)).await.unwrap(), None);
    }
    assert_eq!(ann.list(&Kind::RELATIONS, &name("main"), None).await.unwrap(), []);
    // Both kinds of attempt look the same in the log, too.
    let log = scratch.owner().await.audit_log(&Default::default()).await.unwrap();
    assert_eq!(log.iter().filter(|line| line.outcome == "denied").count(), 10);
    // The wrong kind is told only of what may be seen.
    let owner = scratch.owner().await;
    assert!(matches!(owner.resolve(&[Kind::View], &name("main.hidden.t")).await, Err(Error::WrongKind { .. })));
}

#[tokio::test]
async fn containers_are_visible_when_something_inside_is() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    owner.create(catalog("deep")).await.unwrap();
    owner.create(schema("deep.down")).await.unwrap();
    owner.create(schema("deep.other")).await.unwrap();
    scratch.table("deep.down.t").await;
    scratch.table("deep.down.u").await;
    let names =
        |found: Vec<polder_catalog::Securable>| found.into_iter().map(|s| s.name.to_string()).collect::<Vec<_>>();
    let containers = [Kind::Catalog, Kind::Schema, Kind::Table];
    let all =
        |access: polder_catalog::Access| async move { names(access.list(&containers, &name(""), None).await.unwrap()) };
    assert_eq!(all(scratch.as_("ann").await).await, [""; 0]);
    for privilege in [Privilege::Select, Privilege::Browse, Privilege::Modify] {
        scratch.grant(privilege, Kind::Table, "deep.down.t", "ann").await;
        let mut seen = all(scratch.as_("ann").await).await;
        seen.sort();
        assert_eq!(seen, ["deep", "deep.down", "deep.down.t"], "{privilege}");
        scratch.revoke(privilege, Kind::Table, "deep.down.t", "ann").await;
    }
    let t = owner.resolve(&[Kind::Table], &name("deep.down.t")).await.unwrap();
    owner.alter(&t, Change::Owner("ann".into())).await.unwrap();
    assert_eq!(all(scratch.as_("ann").await).await.len(), 3);
    scratch.grant(Privilege::Browse, Kind::Catalog, "deep", "bob").await;
    assert_eq!(all(scratch.as_("bob").await).await.len(), 6);
    assert_eq!(names(owner.list(&[Kind::Table], &name("deep"), Some("T|x*")).await.unwrap()), ["deep.down.t"]);
}

#[tokio::test]
async fn only_who_manages_grants_and_only_what_applies() {
    let scratch = scratch().await;
    let t = scratch.table("main.default.t").await;
    scratch.usage("ann").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    let ann = scratch.as_("ann").await;
    assert_eq!(
        remedy(ann.grant(&[Privilege::Select], &t, "bob").await),
        ["GRANT MANAGE ON TABLE main.default.t TO ann"]
    );
    remedy(ann.revoke(&[Privilege::Select], &t, "ann").await);
    let owner = scratch.owner().await;
    assert!(matches!(owner.grant(&[Privilege::Execute], &t, "bob").await, Err(Error::NotApplicable { .. })));
    assert!(matches!(owner.grant(&[Privilege::Select], &t, "eve").await, Err(Error::UnknownPrincipal(_))));
    let metastore = ann.resolve(&[Kind::Metastore], &name("")).await.unwrap();
    let given = ann.grant(&[Privilege::CreateCatalog], &metastore, "ann").await;
    assert!(matches!(given, Err(Error::AdminOnly { .. })));
    assert!(matches!(ann.create_principal(PrincipalKind::User, "eve").await, Err(Error::AdminOnly { .. })));
    assert!(matches!(ann.audit_log(&Default::default()).await, Err(Error::NotFound { .. })));
    // The system tables are granted like any other.
    scratch.grant(Privilege::UseCatalog, Kind::Catalog, "system", "ann").await;
    scratch.grant(Privilege::UseSchema, Kind::Schema, "system.access", "ann").await;
    scratch.grant(Privilege::Select, Kind::Table, "system.access.audit", "ann").await;
    assert!(!scratch.as_("ann").await.audit_log(&Default::default()).await.unwrap().is_empty());
    assert!(matches!(scratch.as_("ann").await.lineage_log(&Default::default()).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn show_grants_tells_managers_all_and_others_their_own() {
    let scratch = scratch().await;
    let t = scratch.table("main.default.t").await;
    scratch.usage("ann").await;
    scratch.grant(Privilege::Select, Kind::Schema, "main.default", "bob").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    let shown = |grants: Vec<polder_catalog::Grant>| {
        grants.into_iter().map(|g| format!("{} {} {} {}", g.principal, g.privilege, g.kind, g.name)).collect::<Vec<_>>()
    };
    let owner = scratch.owner().await;
    let ann = scratch.as_("ann").await;
    let all = ["bob SELECT SCHEMA main.default", "ann SELECT TABLE main.default.t"];
    let mut on_t = shown(owner.grants_on(&t).await.unwrap());
    on_t.sort();
    assert_eq!(on_t, {
        let mut all = all;
        all.sort();
        all
    });
    assert_eq!(shown(ann.grants_on(&t).await.unwrap()), ["ann SELECT TABLE main.default.t"]);
    let own = ["ann USE CATALOG CATALOG main", "ann USE SCHEMA SCHEMA main.default", "ann SELECT TABLE main.default.t"];
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(shown(ann.grants_to("ann").await.unwrap())), sorted(own.map(String::from).to_vec()));
    assert_eq!(shown(ann.grants_to("bob").await.unwrap()), [""; 0]);
    assert_eq!(shown(owner.grants_to("bob").await.unwrap()), ["bob SELECT SCHEMA main.default"]);
    let grant = &owner.grants_to("bob").await.unwrap()[0];
    assert!(grant.granted_by == "owner" && grant.granted_at > 1_700_000_000_000);
}

#[tokio::test]
async fn a_view_runs_as_its_owner_and_cannot_be_used_to_borrow_rights() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = scratch.table("main.default.t").await;
    let v = owner.create(view("main.default.v", &[&t])).await.unwrap();
    scratch.usage("ann").await;
    scratch.grant(Privilege::Manage, Kind::View, "main.default.v", "ann").await;
    let ann = scratch.as_("ann").await;
    assert!(remedy(ann.definer(&v).await.map(|_| ())).contains(&"GRANT SELECT ON VIEW main.default.v TO ann".into()));
    scratch.grant(Privilege::Select, Kind::View, "main.default.v", "ann").await;
    let ann = scratch.as_("ann").await;
    let definer = ann.definer(&v).await.unwrap();
    definer.require(&t, Privilege::Select).await.unwrap();
    remedy(ann.require(&t, Privilege::Select).await);
    // With MANAGE alone, ann can neither change what runs as the owner, nor make hers run as bob.
    let other = Change::Spec { spec: Box::new(v.spec.clone()), dependencies: vec![] };
    assert!(matches!(ann.alter(&v, other.clone()).await, Err(Error::OwnerOnly { .. })));
    assert!(matches!(ann.alter(&v, Change::Owner("bob".into())).await, Err(Error::OwnerOnly { .. })));
    let v = ann.alter(&v, Change::Owner("ann".into())).await.unwrap();
    scratch.as_("ann").await.alter(&v, other).await.unwrap();
    remedy(scratch.as_("ann").await.definer(&v).await.unwrap().require(&t, Privilege::Select).await);
}
