//! Requests that never end, never leave or are not allowed, and functions that send any. What a connection lets
//! through, and where it does not lead, is tested from outside (`tests/e2e/connections.rs`).

use polder_sandbox::Limits;
use serde_json::json;

use crate::peer::Peer;
use crate::stage::{Stage, beside, beside_with, limits};

/// The guest, and a connection to a server on this machine that mallory and the guest may use.
async fn connected(stage: &Stage) -> Peer {
    let peer = Peer::start();
    stage.install("web").await;
    let url = peer.url("/");
    stage
        .did(&format!(
            "CREATE CONNECTION peer TYPE http OPTIONS (url '{url}', private_network 'true', secret.key 'sesame')"
        ))
        .await;
    stage.did("GRANT USE CONNECTION ON CONNECTION peer TO mallory").await;
    stage.did("GRANT USE CONNECTION ON CONNECTION peer TO PLUGIN main.evil.web").await;
    peer
}

fn attack(task: &str, url: &str) -> String {
    format!("CALL evil.{task}(url => '{url}')")
}

/// Functions run on threads that must not wait, and reach nothing.
#[test]
fn a_function_sends_nothing_and_waits_for_nothing() {
    beside(async |stage| {
        let peer = connected(stage).await;
        let url = peer.url("/");
        let told = stage.got(&format!("SELECT evil.send_here('{url}' || n) AS told FROM evil.t WHERE n = 1")).await;
        assert!(
            told[0]["told"].as_str().unwrap().contains("HttpRequestDenied") || told[0]["told"] == json!("Ok(false)")
        );
        stage
            .stopped(
                &format!("SELECT evil.wait_here('{url}' || n) FROM evil.t WHERE n = 1"),
                &["http is not available here"],
            )
            .await;
        // A scorer runs where functions do.
        let folder = stage.folder().join("model");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("weights"), "1").unwrap();
        stage.did(&format!("CREATE EXTERNAL VOLUME evil.model LOCATION '{}'", folder.display())).await;
        let score = |scorer: &str| {
            let rows = format!("SELECT '{url}' AS url");
            format!("SELECT told FROM evil.{scorer}(TABLE ({rows}), model => '/Volumes/main/evil/model')")
        };
        let told = stage.got(&score("send_score")).await;
        assert!(told[0]["told"].as_str().unwrap().starts_with("Ok"), "{told:?}");
        stage.stopped(&score("wait_score"), &["http is not available here"]).await;
        assert!(peer.heard().is_empty());
    });
}

#[test]
fn an_answer_that_never_comes_is_waited_for_within_the_task_s_time() {
    beside(async |stage| {
        let peer = connected(stage).await;
        for task in ["wait_silent", "poll_silent"] {
            stage.stopped(&attack(task, &peer.url("/silence")), &["`task_time`", "3s"]).await;
        }
        // Nobody takes what is written to a request that is never sent.
        stage.stopped(&attack("body_never_sent", &peer.url("/")), &["`task_time`"]).await;
    });
}

#[test]
fn what_a_request_holds_is_counted() {
    beside(async |stage| {
        let peer = connected(stage).await;
        stage.stopped(&attack("pollables_flood", &peer.url("/silence")), &["`handles`"]).await;
        stage.stopped(&attack("fields_flood", &peer.url("/")), &["size of fields exceeds limit"]).await;
        // Asked for again and again, a stand-in is the same.
        let told = stage.got(&attack("placeholder_flood", &peer.url("/"))).await;
        assert_eq!(told, [json!({"told": "the same"})]);
    });
}

#[test]
fn a_flood_of_requests_ends_at_the_limit() {
    beside_with(Limits { http_requests: 10, ..limits() }, async |stage| {
        let peer = connected(stage).await;
        stage.stopped(&attack("requests_flood", &peer.url("/")), &["`http_requests`", "10"]).await;
        assert_eq!(peer.heard().len(), 10);
    });
}

#[test]
fn handles_of_requests_are_kept_in_order() {
    beside(async |stage| {
        let peer = connected(stage).await;
        stage.stopped(&attack("poll_nothing", &peer.url("/")), &["broke the plugin contract"]).await;
        stage.stopped(&attack("parent_first", &peer.url("/")), &["broke the plugin contract"]).await;
        let told = stage.got(&attack("answer_twice", &peer.url("/"))).await;
        assert_eq!(told, [json!({"told": "true true true"})]);
    });
}

#[test]
fn one_header_is_never_two() {
    beside(async |stage| {
        let peer = connected(stage).await;
        let told = stage.got(&attack("smuggle", &peer.url("/"))).await;
        assert_eq!(
            told[0]["told"].as_str().unwrap().replace("true", ""),
            format!("[{}]", [""; 11].join(", ")),
            "{told:?}"
        );
    });
}
