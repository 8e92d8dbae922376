//! Rights: for each privilege the twin that is allowed and the twin that is denied; inheritance,
//! ownership, groups, visibility.

use polder_catalog::{Error, Kind, Privilege};

use crate::support::*;

#[tokio::test]
async fn select_takes_usage_of_the_containers_too_and_the_remedy_says_so() {
    let scratch = scratch().await;
    scratch.table("main.default.t").await;
    scratch.grant(Privilege::Browse, Kind::Table, "main.default.t", "ann").await;
    let ann = scratch.as_("ann").await;
    let t = ann.resolve(&Kind::RELATIONS, &name("main.default.t")).await.unwrap();
    let denied = ann.require(&t, Privilege::Select).await.unwrap_err();
    assert_eq!(
        denied.to_string(),
        "ann has no USE CATALOG on catalog main, USE SCHEMA on schema main.default, \
         SELECT on table main.default.t; this would give it:\
         \n  GRANT USE CATALOG ON CATALOG main TO ann;\
         \n  GRANT USE SCHEMA ON SCHEMA main.default TO ann;\
         \n  GRANT SELECT ON TABLE main.default.t TO ann;"
    );
    scratch.usage("ann").await;
    let ann = scratch.as_("ann").await;
    assert_eq!(remedy(ann.require(&t, Privilege::Select).await), ["GRANT SELECT ON TABLE main.default.t TO ann"]);
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    scratch.as_("ann").await.require(&t, Privilege::Select).await.unwrap();
    assert!(matches!(
        scratch.as_("bob").await.resolve(&[Kind::Table], &name("main.default.t")).await,
        Err(Error::NotFound { .. })
    ));
}
