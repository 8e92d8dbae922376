//! What is recorded: audit, lineage, loaded files.

use polder_catalog::{
    AuditFilter, ColumnEdge, Direction, Error, Event, FileVersion, FunctionUse, Kind, Lineage, LineageFilter, Outcome,
    Privilege, Securable, TableVersion,
};

use crate::support::*;

fn version(table: &Securable, version: i64) -> TableVersion {
    TableVersion { name: table.name.to_string(), id: Some(table.id), version: Some(version) }
}

fn made(target: &Securable, from: &[&Securable]) -> Lineage {
    Lineage {
        statement: format!("INSERT INTO {}", target.name),
        target: Some(version(target, 1)),
        sources: from.iter().map(|source| version(source, 0)).collect(),
        functions: vec![FunctionUse { name: "main.default.f".into(), digest: "ab".into() }],
        columns: from
            .iter()
            .map(|source| ColumnEdge {
                source: source.name.to_string(),
                source_column: "x".into(),
                target_column: "y".into(),
            })
            .collect(),
        ..Lineage::default()
    }
}

#[tokio::test]
async fn lineage_is_followed_both_ways_and_shows_only_what_may_be_seen() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let mut tables = Vec::new();
    for table in ["raw", "clean", "report", "secret"] {
        tables.push(scratch.table(&format!("main.default.{table}")).await);
    }
    let [raw, clean, report, secret] = &tables[..] else { unreachable!() };
    for (target, from) in [(clean, &[raw][..]), (report, &[clean, secret]), (clean, &[raw, clean])] {
        owner.clone().for_statement("s").record_lineage(&made(target, from)).await.unwrap();
    }
    let files = TableVersion { name: "file:///x.csv".into(), id: None, version: None };
    owner.record_lineage(&Lineage { sources: vec![files, version(raw, 0)], ..Lineage::default() }).await.unwrap();

    let targets = |records: &[Lineage]| {
        records.iter().map(|r| r.target.as_ref().map_or("-".into(), |t| t.name.clone())).collect::<Vec<_>>()
    };
    let up = owner.lineage(report, Direction::Upstream, 9).await.unwrap();
    assert_eq!(targets(&up), ["main.default.clean", "main.default.report", "main.default.clean"]);
    assert_eq!(targets(&owner.lineage(report, Direction::Upstream, 1).await.unwrap()), ["main.default.report"]);
    assert_eq!(targets(&owner.lineage(raw, Direction::Downstream, 9).await.unwrap()), targets(&up));
    assert_eq!(targets(&owner.lineage(report, Direction::Downstream, 9).await.unwrap()), [""; 0]);
    let expected = made(report, &[clean, secret]);
    assert_eq!((&up[1].sources, &up[1].columns), (&expected.sources, &expected.columns));
    assert_eq!((&up[1].functions, &up[1].statement), (&expected.functions, &expected.statement));
    assert_eq!((up[1].statement_id.as_str(), up[1].principal.as_str()), ("s", "owner"));

    let log = owner.lineage_log(&LineageFilter::default()).await.unwrap();
    assert_eq!(log.len(), 4);
    assert_eq!((&log[3].target, log[3].sources[0].name.as_str()), (&None, "file:///x.csv"));
    let last = owner.lineage_log(&LineageFilter { limit: Some(1), ..Default::default() }).await.unwrap();
    assert_eq!(last, log[3..]);

    scratch.grant(Privilege::Browse, Kind::Table, "main.default.report", "ann").await;
    scratch.grant(Privilege::Browse, Kind::Table, "main.default.clean", "ann").await;
    let seen = scratch.as_("ann").await.lineage(report, Direction::Upstream, 9).await.unwrap();
    let sources: Vec<_> = seen.iter().flat_map(|r| &r.sources).map(|s| s.name.as_str()).collect();
    assert_eq!(sources, ["main.default.clean", "main.default.clean"]);
    assert!(seen.iter().all(|r| r.statement.is_empty() && r.columns.iter().all(|c| c.source == "main.default.clean")));
    // It follows the table, not the name.
    owner.alter(raw, polder_catalog::Change::Rename("old".into())).await.unwrap();
    scratch.table("main.default.raw").await;
    assert_eq!(owner.lineage(raw, Direction::Downstream, 1).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_audit_log_has_every_change_and_can_be_narrowed() {
    let scratch = scratch().await;
    let owner = scratch.owner().await.for_statement("s-7");
    let t = owner.create(table("main.default.t")).await.unwrap();
    owner.grant(&[Privilege::Select], &t, "ann").await.unwrap();
    owner.revoke(&[Privilege::Select], &t, "ann").await.unwrap();
    owner.drop(&t, Default::default()).await.unwrap();
    owner.undrop(&t).await.unwrap();
    owner.audit(Event::allowed("readTable").on(&t).with("version", 3)).await.unwrap();
    // What fails for another reason than rights is no event.
    assert!(owner.create(table("main.default.t")).await.is_err());
    let log = owner.audit_log(&AuditFilter::default()).await.unwrap();
    let actions: Vec<_> = log.iter().map(|line| line.action.as_str()).collect();
    let expected = [
        "createUser",
        "createUser",
        "createTable",
        "updatePermissions",
        "updatePermissions",
        "deleteTable",
        "undropTable",
        "readTable",
    ];
    assert_eq!(actions, expected);
    assert_eq!(log[3].detail["changes"], serde_json::json!({"principal": "ann", "add": ["SELECT"]}));
    assert_eq!(log[4].detail["changes"], serde_json::json!({"principal": "ann", "remove": ["SELECT"]}));
    assert!(log[2..].iter().all(|line| line.name.as_deref() == Some("main.default.t")
        && line.kind.as_deref() == Some("table")
        && line.statement_id.as_deref() == Some("s-7")));
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].id < pair[1].id));
    assert!(scratch.as_("ann").await.resolve(&[Kind::Table], &t.name).await.is_err());
    for (filter, count) in [
        (AuditFilter { action: Some("updatePermissions".into()), ..Default::default() }, 2),
        (AuditFilter { principal: Some("ann".into()), ..Default::default() }, 1),
        (AuditFilter { outcome: Some(Outcome::Denied), ..Default::default() }, 1),
        (AuditFilter { since: Some(i64::MAX), ..Default::default() }, 0),
        (AuditFilter { limit: Some(3), ..Default::default() }, 3),
    ] {
        assert_eq!(owner.audit_log(&filter).await.unwrap().len(), count, "{filter:?}");
    }
}

fn file(path: &str, size: u64) -> FileVersion {
    FileVersion { path: path.into(), etag: Some(format!("e{size}")), size, modified: 1_700_000_000_000 }
}

#[tokio::test]
async fn a_file_is_loaded_once() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let t = scratch.table("main.default.t").await;
    let (a, b, b2) = (file("a", 1), file("b", 1), file("b", 2));
    let mut load = owner.begin_load(&t).await.unwrap();
    assert_eq!(load.claim(&[a.clone(), b.clone()], false).await.unwrap().fresh, [a.clone(), b.clone()]);
    load.finish().await.unwrap();
    let mut load = owner.begin_load(&t).await.unwrap();
    let c = file("c", 1);
    let claim = load.claim(&[a.clone(), b2.clone(), c.clone()], false).await.unwrap();
    assert_eq!((claim.fresh, claim.loaded, claim.changed), (vec![c.clone()], 1, vec![b2.clone()]));
    load.abandon().await.unwrap();
    // Forced, and given up: nothing is forgotten.
    let mut load = owner.begin_load(&t).await.unwrap();
    assert_eq!(load.claim(std::slice::from_ref(&b2), true).await.unwrap().fresh, std::slice::from_ref(&b2));
    load.abandon().await.unwrap();
    let mut load = owner.begin_load(&t).await.unwrap();
    let claim = load.claim(&[b2.clone(), c.clone()], false).await.unwrap();
    assert_eq!((claim.fresh, claim.changed), (vec![c.clone()], vec![b2.clone()]));
    load.finish().await.unwrap();
    let mut load = owner.begin_load(&t).await.unwrap();
    load.claim(std::slice::from_ref(&b2), true).await.unwrap();
    load.finish().await.unwrap();
    let mut load = owner.begin_load(&t).await.unwrap();
    assert_eq!(load.claim(&[a, b2, c], false).await.unwrap().loaded, 3);
    load.finish().await.unwrap();
    // Another table has its own list.
    let u = scratch.table("main.default.u").await;
    assert_eq!(owner.begin_load(&u).await.unwrap().claim(&[b], false).await.unwrap().fresh.len(), 1);
    scratch.usage("ann").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    let denied = scratch.as_("ann").await.begin_load(&t).await.map(|_| ());
    assert_eq!(remedy(denied), ["GRANT MODIFY ON TABLE main.default.t TO ann"]);
}

#[tokio::test]
async fn an_interrupted_load_is_settled_by_whether_its_commit_is_in_the_delta_log() {
    for committed in [true, false] {
        let scratch = scratch().await;
        let owner = scratch.owner().await;
        let t = scratch.table("main.default.t").await;
        let mut load = owner.begin_load(&t).await.unwrap();
        load.claim(&[file("a", 1)], false).await.unwrap();
        let id = load.id();
        drop(load);
        let mut load = owner.begin_load(&t).await.unwrap();
        assert_eq!(load.interrupted(), [id]);
        assert!(matches!(load.claim(&[], false).await, Err(Error::Unsupported(_))));
        load.settle(id, committed).await.unwrap();
        let claim = load.claim(&[file("a", 1)], false).await.unwrap();
        assert_eq!((claim.fresh.len(), claim.loaded), if committed { (0, 1) } else { (1, 0) });
        load.finish().await.unwrap();
    }
}
