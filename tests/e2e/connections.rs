//! Requests of plugins: where connections lead, what they add, and what never leaves or never comes back.

use serde_json::{Value, json};

use crate::cases::{Case, check, fails, is, ok};
use crate::peer::Peer;
use crate::support::{Home, guest, interrupt};
use crate::tasks::{self, PLUGIN};

/// The home of the tasks, and somebody who may do nothing yet; connections are the owner's to make.
fn home() -> Home {
    let home = tasks::home();
    check(&home, "owner", [ok("CREATE USER eve")]);
    home
}

/// Makes a connection into the private network, which both ana and the plugin may use.
fn connect(home: &Home, name: &str, url: &str, options: &str) {
    check(
        home,
        "owner",
        [
            ok(format!("CREATE CONNECTION {name} TYPE http OPTIONS (url '{url}', private_network 'true'{options})")),
            ok(format!("GRANT USE CONNECTION ON CONNECTION {name} TO ana")),
            ok(format!("GRANT USE CONNECTION ON CONNECTION {name} TO {PLUGIN}")),
        ],
    );
}

fn fetch(url: &str, more: &str) -> String {
    format!("CALL main.etl.fetch(url => '{url}'{more})")
}

/// The body that a call gives.
fn body(home: &Home, call: &str) -> String {
    match &home.rows_as("ana", call)[..] {
        [Value::Object(row)] => row["body"].as_str().expect("a text").to_owned(),
        other => panic!("{other:?}"),
    }
}

fn refused(call: String, part: impl Into<String>) -> Case {
    fails(call, part)
}

#[test]
fn a_request_goes_where_both_may_go() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "peer", &peer.url("/v1"), ", methods 'GET, POST'");
    let call = fetch(&peer.url("/v1/day?d=5"), "");
    let said = body(&home, &call);
    assert!(said.starts_with("GET /v1/day?d=5 HTTP/1.1\r\n"), "{said}");
    assert!(said.to_lowercase().contains(&format!("\r\nhost: {}\r\n", &peer.url("")[7..])), "{said}");
    let posted =
        body(&home, &fetch(&peer.url("/v1"), ", method => 'POST', body => 'hello', headers => make_array('x-a: b')"));
    assert!(posted.ends_with("hello") && posted.contains("x-a: b\r\n"), "{posted}");

    let before = peer.heard().len();
    let revoke = |from: &str| ok(format!("REVOKE USE CONNECTION ON CONNECTION peer FROM {from}"));
    let grant = |to: &str| ok(format!("GRANT USE CONNECTION ON CONNECTION peer TO {to}"));
    check(&home, "owner", [revoke(PLUGIN)]);
    check(&home, "ana", [refused(call.clone(), format!("GRANT USE CONNECTION ON CONNECTION peer TO {PLUGIN}"))]);
    // The owner may do everything; what runs for them may not.
    check(&home, "owner", [refused(call.clone(), format!("GRANT USE CONNECTION ON CONNECTION peer TO {PLUGIN}"))]);
    check(&home, "owner", [grant(PLUGIN), revoke("ana"), ok("GRANT BROWSE ON CONNECTION peer TO ana")]);
    check(&home, "ana", [refused(call.clone(), "GRANT USE CONNECTION ON CONNECTION peer TO ana")]);
    // What ana may not know of does not exist for her.
    check(&home, "owner", [ok("REVOKE BROWSE ON CONNECTION peer FROM ana")]);
    check(&home, "ana", [refused(call.clone(), "no connection leads to"), is("SHOW CONNECTIONS", json!([]))]);
    assert_eq!(peer.heard().len(), before, "nothing went out");
    check(&home, "owner", [grant("ana")]);
    check(&home, "ana", [ok(call)]);
    let audit = "SELECT count(*) AS n FROM system.access.audit WHERE action_name = 'useConnection' AND outcome = ";
    assert_eq!(home.value(&format!("{audit}'allowed'")), json!(3));
    assert_eq!(home.value(&format!("{audit}'denied'")), json!(4));
}

#[test]
fn nothing_leaves_but_by_a_connection() {
    let (home, peer, other) = (home(), Peer::start(), Peer::start());
    connect(&home, "peer", &peer.url("/v1"), "");
    let host = peer.url("");
    let outside = [
        other.url("/v1"),
        peer.url("/"),
        peer.url("/v2"),
        peer.url("/v10"),
        peer.url("/v1/../v2"),
        peer.url("/v1/%2e%2e/v2"),
        peer.url("/v1/..%2fv2"),
        peer.url("/v1/..%5cv2"),
        peer.url("//v1"),
        host.replace("http", "https"),
        host.replace("127.0.0.1", "localhost") + "/v1",
        host.replace("127.0.0.1", "[::1]") + "/v1",
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:169.254.169.254]/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "https://example.com/".to_owned(),
    ];
    let mut cases: Vec<Case> = outside.iter().map(|url| refused(fetch(url, ""), "no connection leads to")).collect();
    for (url, part) in [
        (host.replace("127.0.0.1", "peer@127.0.0.1") + "/v1", "request"),
        (host.replace("http", "ftp") + "/v1", "request"),
        ("nonsense".to_owned(), "request"),
        ("http://".to_owned(), "request"),
    ] {
        cases.push(refused(fetch(&url, ""), part));
    }
    let inside = peer.url("/v1/x");
    cases.push(refused(fetch(&inside, ", method => 'POST'"), "OPTIONS (methods = 'GET, HEAD, POST')"));
    cases.push(refused(fetch(&inside, ", method => 'CONNECT'"), "takes GET, HEAD"));
    // A redirect is an answer like others; where it leads, nobody goes unasked.
    let away = fetch(&peer.url(&format!("/v1/redirect?{}", other.url("/v1"))), "");
    check(&home, "ana", cases);
    assert!(peer.heard().is_empty() && other.heard().is_empty(), "nothing went out: {:?}", peer.heard());
    connect(&home, "all", &peer.url("/"), "");
    let moved = peer.url(&format!("/redirect?{}", other.url("/v1")));
    check(
        &home,
        "ana",
        [ok(away), is(fetch(&moved, ""), json!([{"status": 302, "location": other.url("/v1"), "body": ""}]))],
    );
    assert!(other.heard().is_empty());
}

#[test]
fn one_request_stays_one() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "peer", &peer.url("/v1"), ", 'header.X-Set' 'by the connection', methods 'GET, POST'");
    let url = peer.url("/v1");
    let with = |header: &str| fetch(&url, &format!(", headers => make_array('{header}')"));
    let posted = |length: usize| {
        let length = format!("headers => make_array('content-length: {length}')");
        fetch(&url, &format!(", method => 'POST', body => 'longer', {length}"))
    };
    check(
        &home,
        "ana",
        [
            refused(with("transfer-encoding: chunked"), "headers"),
            refused(with("connection: upgrade"), "headers"),
            refused(with("host: evil.example"), "headers"),
            refused(with("upgrade: h2c"), "headers"),
            refused(fetch(&url, ", headers => make_array(concat('x-a: b', chr(13), chr(10), 'x-b: c'))"), "headers"),
            refused(with("x a: b"), "headers"),
            refused(fetch(&format!("{url}?a b"), ""), "request"),
            refused(fetch(&url, ", method => 'GET / HTTP/1.1'"), "request"),
            refused(posted(7), "request"),
        ],
    );
    assert!(peer.heard().iter().all(|head| head.starts_with("POST")), "{:?}", peer.heard());
    // What is longer than it says is cut, and its rest is no other request.
    let before = peer.heard().len();
    assert!(body(&home, &posted(3)).ends_with("\r\n\r\nlon"));
    assert_eq!(peer.heard().len(), before + 1);
    // What the connection sets it sets, whatever the plugin says.
    let said = body(&home, &with("x-set: by the plugin"));
    assert!(said.contains("x-set: by the connection\r\n") && !said.contains("by the plugin"), "{said}");
}

#[test]
fn secrets_leave_for_their_own_place_only() {
    let (home, peer, other) = (home(), Peer::start(), Peer::start());
    let secret = "s3cr3t-of-the-peer";
    connect(&home, "peer", &peer.url("/"), &format!(", bearer_token '{secret}', secret.key 'k3y-of-the-peer'"));
    connect(&home, "other", &other.url("/"), ", secret.mine 'x'");
    assert!(body(&home, &fetch(&peer.url("/"), "")).contains(&format!("authorization: Bearer {secret}\r\n")));
    let with = |url: String, connection: &str, name: &str| {
        format!("CALL main.etl.fetch_with_secret(url => '{url}', connection => '{connection}', secret => '{name}')")
    };
    let rows = home.rows_as("ana", &with(peer.url("/"), "peer", "key"));
    let known = rows[0]["known"].as_str().unwrap();
    assert!(known.starts_with("polder-secret-") && !known.contains("k3y"), "{known}");
    assert!(rows[0]["body"].as_str().unwrap().contains("x-key: key=k3y-of-the-peer;\r\n"), "{rows:?}");
    check(
        &home,
        "ana",
        [
            refused(with(other.url("/"), "peer", "key"), "only to where its own connection leads"),
            refused(with(peer.url("/"), "peer", "none"), "has no secret 'none'"),
            refused(with(peer.url("/"), "nothing", "key"), "does not exist"),
        ],
    );
    assert!(other.heard().is_empty(), "{:?}", other.heard());
    // Each attempt is on record, with who made it.
    let tried =
        "SELECT count(*) AS n FROM system.access.audit WHERE action_name = 'useConnection' AND outcome = 'denied'";
    assert_eq!(home.value(tried), json!(1));
    // Another run's stand-in is a text like any other.
    let stale = fetch(&peer.url("/"), &format!(", headers => make_array('x-key: {known}')"));
    assert!(body(&home, &stale).contains(&format!("x-key: {known}\r\n")));

    // Nobody reads it back.
    let shown = format!(
        "{:?}{:?}{:?}",
        home.rows("DESCRIBE CONNECTION peer"),
        home.rows("SELECT * FROM main.information_schema.connections"),
        home.rows("SELECT * FROM system.access.audit")
    );
    assert!(shown.contains("bearer_token") && shown.contains("Bearer {{bearer_token}}"), "{shown}");
    assert!(!shown.contains(secret), "{shown}");
    let mut files = vec![home.path().join("home")];
    while let Some(path) = files.pop() {
        match path.is_dir() {
            true => files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path())),
            false => {
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "the secret lies in {}", path.display());
            }
        }
    }
    // Dropped, it is gone, also for another connection of the same name.
    check(&home, "owner", [ok("DROP CONNECTION peer"), fails("DROP CONNECTION peer", "does not exist")]);
    connect(&home, "peer", &peer.url("/"), "");
    check(&home, "ana", [refused(with(peer.url("/"), "peer", "key"), "has no secret 'key'")]);
}

#[test]
fn connections_are_securables() {
    let home = home();
    let make = |name: &str, options: &str| format!("CREATE CONNECTION {name} TYPE http OPTIONS ({options})");
    let public = make("c", "url = 'https://api.example.com/v1', bearer_token = 't'");
    check(&home, "eve", [fails(&public, "GRANT CREATE CONNECTION ON METASTORE TO eve")]);
    check(&home, "owner", [ok("GRANT CREATE CONNECTION ON METASTORE TO eve")]);
    check(
        &home,
        "eve",
        [
            ok(format!("{public} COMMENT 'rates'")),
            fails(&public, "exists already"),
            ok(public.replace("CONNECTION c", "CONNECTION IF NOT EXISTS c")),
            is(
                "SHOW CONNECTIONS",
                json!([{"connection": "c", "type": "HTTP", "url": "https://api.example.com/v1", "methods": "GET, HEAD", "owner": "eve", "comment": "rates"}]),
            ),
            // What lies inside is for the operator to open.
            fails(make("d", "url 'https://intra.example', private_network 'true'"), "only the owner of the metastore"),
            fails("ALTER CONNECTION c OPTIONS (private_network 'true')", "only the owner of the metastore"),
            fails(make("d", "url 'http://127.0.0.1/'"), "private_network"),
            fails(make("d", "url 'http://[::ffff:169.254.169.254]/'"), "no connection may lead to"),
            fails(make("d", "url 'http://api.example.com', secret.a 'b'"), "https://"),
            fails(make("d", "url 'https://h', header.a '{{b}}'"), "needs the secret 'b'"),
            fails(make("d", "url 'https://h', colour 'red'"), "no option 'colour'"),
            fails(make("d", "url 'https://h', methods 'TRACE'"), "TRACE is not allowed"),
            fails(make("d", ""), ""),
            fails("CREATE CONNECTION d TYPE mysql OPTIONS (url 'x')", "TYPE http"),
            // Whoever may move it learns nothing.
            fails("ALTER CONNECTION c OPTIONS (url 'https://evil.example')", "set or unset secret.bearer_token"),
            fails("ALTER CONNECTION c OPTIONS (url 'https://api.example.com:444')", "set or unset"),
            fails("ALTER CONNECTION c OPTIONS (url 'https://api.example.com/v2')", "set or unset"),
            ok("ALTER CONNECTION c OPTIONS (url 'https://api.example.com/v1/x', methods 'get,post', 'header.X-A' 'b')"),
            fails("ALTER CONNECTION c UNSET OPTIONS ('secret.bearer_token')", "needs the secret"),
            ok("ALTER CONNECTION c UNSET OPTIONS ('header.X-A', 'header.authorization', 'secret.bearer_token')"),
            ok("ALTER CONNECTION c SET OPTIONS (url 'https://other.example', secret.k 'v')"),
            ok("ALTER CONNECTION c RENAME TO e"),
            ok("COMMENT ON CONNECTION e IS 'others'"),
            ok("GRANT USE CONNECTION ON CONNECTION e TO ana"),
            fails("GRANT SELECT ON CONNECTION e TO ana", "cannot be granted on a connection"),
            ok("ALTER CONNECTION e OWNER TO ana"),
            fails("DROP CONNECTION e", "does not exist"),
        ],
    );
    let sees = home.rows_as("owner", "GRANT BROWSE ON CONNECTION e TO eve; DESCRIBE CONNECTION e");
    assert!(sees.iter().any(|fact| fact["info_name"] == "secrets" && fact["info_value"] == "k"), "{sees:?}");
    let sees = home.rows_as("eve", "DESCRIBE CONNECTION e");
    assert!(sees.iter().all(|fact| fact["info_name"] != "secrets"), "{sees:?}");
    check(
        &home,
        "eve",
        [
            fails("ALTER CONNECTION e OPTIONS (methods 'GET')", "MANAGE"),
            fails("DROP CONNECTION e", "MANAGE"),
            fails("GRANT USE CONNECTION ON CONNECTION e TO eve", "MANAGE"),
        ],
    );
    check(&home, "ana", [ok("DROP CONNECTION e"), is("SHOW CONNECTIONS", json!([]))]);
    // No plugin makes, changes or drops one, for whomever it runs.
    let ask = |sql: &str| format!("CALL main.etl.ask(sql => '{sql}')");
    check(
        &home,
        "owner",
        [
            ok(make("mine", "url 'https://h'")),
            fails(ask("CREATE CONNECTION x TYPE http OPTIONS (url ''https://h'')"), "may not run"),
            fails(ask("ALTER CONNECTION mine OPTIONS (methods ''POST'')"), "may not run"),
            fails(ask("ALTER CONNECTION mine RENAME TO yours"), "may not run"),
            fails(ask("DROP CONNECTION mine"), "may not run"),
            fails(make("d", "url 'https://h', bearer_token ''"), "is empty"),
        ],
    );
}

#[test]
fn names_that_lead_inside_are_not_followed() {
    let (home, peer) = (home(), Peer::start());
    // To the catalog it is a name like any other; what it means shows when it is resolved.
    let url = peer.url("").replace("127.0.0.1", "localhost");
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE CONNECTION inside TYPE http OPTIONS (url '{url}')")),
            ok(format!("GRANT USE CONNECTION ON CONNECTION inside TO {PLUGIN}")),
            refused(fetch(&url, ""), "leads into a private network"),
            ok("CREATE CONNECTION nowhere TYPE http OPTIONS (url 'https://nowhere.invalid')"),
            ok(format!("GRANT USE CONNECTION ON CONNECTION nowhere TO {PLUGIN}")),
            refused(fetch("https://nowhere.invalid/", ""), "has no address"),
        ],
    );
    assert!(peer.heard().is_empty());
    check(&home, "owner", [ok("ALTER CONNECTION inside OPTIONS (private_network 'true')"), ok(fetch(&url, ""))]);
}

#[test]
fn where_several_connections_lead_the_nearest_is_taken() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "wide", &peer.url("/"), ", header.x 'wide'");
    connect(&home, "near", &peer.url("/a"), ", header.x 'near'");
    connect(&home, "twin", &peer.url("/a"), ", header.x 'twin'");
    let x = |call: &str| {
        let said = body(&home, call);
        said.lines().find_map(|line| line.strip_prefix("x: ").map(str::to_owned)).expect("the header is there")
    };
    assert_eq!(x(&fetch(&peer.url("/b"), "")), "wide");
    check(&home, "ana", [refused(fetch(&peer.url("/a"), ""), "name one in the header `polder-connection`")]);
    let named = fetch(&peer.url("/a"), ", headers => make_array('polder-connection: twin')");
    assert_eq!(x(&named), "twin");
    assert!(peer.heard().iter().all(|head| !head.contains("polder-connection")));
    // Of those that lead there one is enough that may be used.
    check(&home, "owner", [ok(format!("REVOKE USE CONNECTION ON CONNECTION twin FROM {PLUGIN}"))]);
    assert_eq!(x(&fetch(&peer.url("/a"), "")), "near");
    check(&home, "ana", [refused(named, format!("GRANT USE CONNECTION ON CONNECTION twin TO {PLUGIN}"))]);
}

#[test]
fn requests_have_limits() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "peer", &peer.url("/"), ", methods 'GET, POST'");
    let limit = |name: &str, value: &str| ok(format!("ALTER PLUGIN main.etl.ingest SET LIMITS ({name} = '{value}')"));
    let free = |name: &str| ok(format!("ALTER PLUGIN main.etl.ingest UNSET LIMITS ('{name}')"));
    let exchange =
        |path: &str, bytes: usize| format!("CALL main.etl.exchange(url => '{}', bytes => {bytes})", peer.url(path));
    let hold =
        |requests: usize| format!("CALL main.etl.hold(url => '{}', requests => {requests})", peer.url("/bytes?9"));
    let reached = |call: String, name: &str| refused(call, format!("reached the limit `{name}`"));
    check(
        &home,
        "owner",
        [
            is(exchange("/bytes?3000000", 0), json!([{"received": 3_000_000}])),
            is(exchange("/bytes?5", 3_000_000), json!([{"received": 5}])),
            limit("http_response_bytes", "1 MiB"),
            reached(exchange("/bytes?3000000", 0), "http_response_bytes"),
            is(exchange("/bytes?1048576", 0), json!([{"received": 1 << 20}])),
            limit("http_request_bytes", "1 MiB"),
            reached(exchange("/bytes?5", 3_000_000), "http_request_bytes"),
            limit("http_connections", "4"),
            is(hold(4), json!([{"open": 4}])),
            reached(hold(5), "http_connections"),
            free("http_connections"),
            limit("http_requests", "6"),
            is(hold(6), json!([{"open": 6}])),
            reached(hold(7), "http_requests"),
            limit("http_time", "300 ms"),
            reached(fetch(&peer.url("/silence"), ""), "http_time"),
            // Whatever a guest waits for, its own time ends.
            limit("task_time", "500 ms"),
            reached(fetch(&peer.url("/stall"), ""), "task_time"),
            refused(fetch(&peer.url("/break"), ""), ""),
            ok(fetch(&peer.url("/"), "")),
        ],
    );
}

#[test]
fn whoever_waits_for_an_answer_can_be_interrupted() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "peer", &peer.url("/"), "");
    for path in ["/silence", "/stall"] {
        let heard = peer.heard().len();
        let url = format!("url={}", peer.url(path));
        let mut run = home.command(&["run", "main.etl.fetch", "-p", &url]).spawn().expect("polder runs");
        while peer.heard().len() == heard {
            assert!(run.try_wait().expect("it is a child").is_none(), "it ended before it asked");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        interrupt(run.id());
        // Were it not heard, this would wait for an hour.
        assert!(!run.wait().expect("it ends").success());
    }
}

#[test]
fn a_transform_asks_where_both_may_go() {
    let (home, peer) = (home(), Peer::start());
    connect(&home, "peer", &peer.url("/"), "");
    let plugin = "PLUGIN main.etl.clean";
    let ask = format!(
        "SELECT n, length(answer) > 9 AS told FROM etl.answer(TABLE (SELECT 7 AS n), url => '{}')",
        peer.url("/")
    );
    let view = format!("CREATE VIEW etl.asked AS {ask}");
    check(
        &home,
        "owner",
        [
            ok(format!("INSTALL PLUGIN clean FROM '{}' INTO SCHEMA etl", guest("clean").display())),
            fails(&ask, format!("GRANT USE CONNECTION ON CONNECTION peer TO {plugin}")),
            ok(format!("GRANT USE CONNECTION ON CONNECTION peer TO {plugin}")),
            is(&ask, json!([{"n": 7, "told": true}])),
            // Whoever may only read the view asks in its owner's name, and nowhere else.
            ok(view),
            ok("GRANT SELECT ON VIEW etl.asked TO eve"),
            ok("GRANT USE CATALOG ON CATALOG main TO eve"),
            ok("GRANT USE SCHEMA ON SCHEMA etl TO eve"),
        ],
    );
    assert_eq!(peer.heard().len(), 1);
    check(&home, "eve", [is("SELECT told FROM etl.asked", json!([{"told": true}])), fails(&ask, "does not exist")]);
}
