//! Who made a plugin, and whether they are trusted: keys, publishers, policies, and the way back.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok};
use crate::packages::{publish, refused, succeeds};
use crate::registry::{Server, Wanted};
use crate::support::{Home, guest};

/// A registry, a home that can reach it, and where its packages are.
pub(crate) struct Market {
    _server: Server,
    pub(crate) author: Home,
    pub(crate) home: Home,
    pub(crate) place: String,
}

impl Market {
    pub(crate) fn open() -> Option<Self> {
        let server = Server::start(Wanted::default())?;
        let (author, home) = (Home::new(), Home::new());
        let place = format!("oci://{}/acme/greet", server.host());
        check(
            &home,
            "owner",
            [
                ok("CREATE SCHEMA m"),
                ok(format!(
                    "CREATE CONNECTION acme TYPE oci OPTIONS (url 'http://{}/acme', private_network 'true')",
                    server.host()
                )),
            ],
        );
        Some(Self { _server: server, author, home, place })
    }

    /// A new key of the author: its file, and the public key.
    #[track_caller]
    pub(crate) fn key(&self, name: &str) -> (PathBuf, String) {
        let file = self.author.path().join(name);
        succeeds(&self.author.run(&["plugin", "key", "new", &file.display().to_string()]), "signs and stays with you");
        let public = std::fs::read_to_string(file.with_extension("key.pub")).unwrap();
        (file, public)
    }

    #[track_caller]
    pub(crate) fn publish(&self, version: &str, key: Option<&PathBuf>) {
        let key = key.map(|key| key.display().to_string());
        let options: Vec<&str> =
            ["--plain-http"].into_iter().chain(key.iter().flat_map(|key| ["--key", key.as_str()])).collect();
        let signed = if key.is_some() { "signed with sha256:" } else { "not signed" };
        succeeds(&publish(&self.author, &guest(&format!("greet-{version}")), &self.place, &options), signed);
    }

    pub(crate) fn install(&self) -> String {
        format!("INSTALL PLUGIN greet FROM '{}' VERSION '^1' INTO SCHEMA m", self.place)
    }
}

#[test]
fn a_key_is_its_owners_alone_and_never_overwritten() {
    let home = Home::new();
    let file = home.path().join("acme.key").display().to_string();
    succeeds(&home.run(&["plugin", "key", "new", &file]), "CREATE PUBLISHER");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(&file).unwrap();
    refused(&home.run(&["plugin", "key", "new", &file]), "is there already");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // One with a passphrase is of no use without it.
    let sealed = Home::with(vec![("POLDER_KEY_PASSPHRASE", "open sesame".to_owned())]);
    let file = sealed.path().join("sealed.key").display().to_string();
    succeeds(&sealed.run(&["plugin", "key", "new", &file]), "signs and stays with you");
    assert!(std::fs::read_to_string(&file).unwrap().contains("ENCRYPTED"));
    let place = "oci://127.0.0.1:1/acme/greet";
    refused(&publish(&home, &guest("greet-1"), place, &["--key", &file]), "POLDER_KEY_PASSPHRASE");
}

#[test]
fn what_a_publisher_signed_is_installed_and_what_nobody_trusts_is_not() {
    let Some(market) = Market::open() else { return };
    let ((acme, public), (_, other)) = (market.key("acme.key"), market.key("other.key"));
    market.publish("1", Some(&acme));
    let calls = || is("SELECT m.hello('ana') AS a", json!([{"a": "hello ana"}]));
    check(
        &market.home,
        "owner",
        [
            // Signed by somebody whom nobody knows: worse than not signed, and no consent helps.
            fails(market.install(), "signed by a key that is not trusted here: sha256:"),
            fails(format!("{} ALLOW UNSIGNED", market.install()), "signed by a key that is not trusted here: sha256:"),
            ok(format!("CREATE PUBLISHER other KEY '{other}'")),
            fails(market.install(), "not trusted here"),
            ok(format!("CREATE PUBLISHER acme KEY '{public}' VALID UNTIL '2020-01-01'")),
            fails(market.install(), "the key of acme expired"),
            ok("DROP PUBLISHER acme"),
            ok(format!("CREATE PUBLISHER acme KEY '{public}' VALID FROM '2020-01-01'")),
            ok(market.install()),
            calls(),
            // Only some may bring code into a catalog, and that counts for what is there already.
            ok("ALTER CATALOG main SET TRUST (publishers = 'other')"),
            fails("SELECT m.hello('ana')", "signed by acme, which does not stand any more"),
            fails("DROP PUBLISHER nobody", "nobody"),
            ok("ALTER CATALOG main SET TRUST (publishers = 'other, acme', unsigned = 'refuse')"),
            calls(),
            ok("ALTER METASTORE SET TRUST (publishers = 'other')"),
            fails("SELECT m.hello('ana')", "does not stand any more"),
            ok("ALTER METASTORE UNSET TRUST ('publishers')"),
            calls(),
            ok("DROP PUBLISHER acme"),
            fails("SELECT m.hello('ana')", "does not stand any more"),
            ok("DESCRIBE PLUGIN m.greet"),
            ok(format!("CREATE PUBLISHER acme KEY '{public}'")),
            calls(),
        ],
    );
    let verified = market.home.run(&["plugin", "verify", "--format", "json"]);
    let row: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!((verified.code, &row["component"]), (Some(0), &json!("whole")), "{verified:?}");
    assert!(row["signature"].as_str().unwrap().starts_with("verified: signed by acme (sha256:"), "{row}");

    // Neither the component nor what is kept of its signature can be exchanged.
    let kept = |folder: &str| {
        let mut files = std::fs::read_dir(market.home.path().join("home").join(folder)).unwrap();
        files.next().unwrap().unwrap().path()
    };
    for folder in ["packages", "components"] {
        let file = kept(folder);
        let whole = std::fs::read(&file).unwrap();
        let mut changed = whole.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        std::fs::write(&file, changed).unwrap();
        let ran = market.home.run(&["plugin", "verify", "main.m.greet"]);
        assert!(ran.code == Some(1) && ran.out.contains("damaged"), "{folder}: {ran:?}");
        std::fs::write(&file, whole).unwrap();
        succeeds(&market.home.run(&["plugin", "verify", "main.m.greet"]), "verified: signed by acme");
    }
}

#[test]
fn only_administrators_say_whom_to_trust() {
    let Some(market) = Market::open() else { return };
    let (_, public) = market.key("acme.key");
    let only = "only the owner of the metastore may say whom to trust";
    let create = |name: &str| format!("CREATE PUBLISHER {name} KEY '{public}'");
    check(
        &market.home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok(create("acme")),
            ok("GRANT USE CATALOG, MANAGE ON CATALOG main TO ana"),
            fails("GRANT MANAGE ON PUBLISHER acme TO ana", "MANAGE"),
            ok("GRANT BROWSE ON PUBLISHER acme TO ana"),
            fails("CREATE PUBLISHER bad KEY 'x'", "PEM"),
            fails(format!("{} VALID FROM '2027-01-01' UNTIL '2026-01-01'", create("bad")), "never valid"),
            fails("ALTER CATALOG main SET TRUST (publishers = 'nobody')", "there is no publisher nobody"),
            fails("ALTER CATALOG main SET TRUST (unsigned = 'perhaps')", "'allow', 'consent' or 'refuse'"),
            fails("ALTER CATALOG main SET TRUST (everybody = 'true')", "has no setting 'everybody'"),
            fails("ALTER SCHEMA m SET TRUST (unsigned = 'allow')", "trusts whom its catalog trusts"),
            ok("ALTER METASTORE SET TRUST (unsigned = 'refuse')"),
        ],
    );
    check(
        &market.home,
        "ana",
        [
            fails(create("mine"), only),
            fails(format!("ALTER PUBLISHER acme ADD KEY '{public}'"), only),
            fails("ALTER PUBLISHER acme RENAME TO beta", only),
            fails("DROP PUBLISHER acme", only),
            fails("ALTER METASTORE SET TRUST (unsigned = 'allow')", "only the owner of the metastore"),
            // Her own catalog's policy is hers, but never wider than the metastore's.
            ok("ALTER CATALOG main SET TRUST (unsigned = 'allow')"),
        ],
    );
    market.publish("1", None);
    check(
        &market.home,
        "owner",
        [
            fails(format!("{} ALLOW UNSIGNED", market.install()), "only what is signed may come"),
            fails(
                format!("INSTALL PLUGIN greet FROM '{}' INTO m", guest("greet-1").display()),
                "a file, which nobody signs",
            ),
            ok("ALTER METASTORE UNSET TRUST ('unsigned')"),
            ok(market.install()),
            ok("ALTER METASTORE SET TRUST (unsigned = 'refuse')"),
            fails("SELECT m.hello('ana')", "it is not signed"),
        ],
    );
}

#[test]
fn versions_are_pinned_rolled_back_and_listed_when_they_are_old() {
    let Some(market) = Market::open() else { return };
    let (acme, public) = market.key("acme.key");
    market.publish("1", Some(&acme));
    let home = &market.home;
    check(home, "owner", [ok(format!("CREATE PUBLISHER acme KEY '{public}'")), ok(market.install())]);
    let outdated = || home.rows("SHOW PLUGINS OUTDATED");
    assert_eq!(json!(outdated())[0]["status"], json!("newest"));
    market.publish("2", Some(&acme));
    let row = &json!(outdated())[0];
    assert_eq!((&row["newest"], &row["status"]), (&json!("2.0.0"), &json!("an upgrade is there")));

    succeeds(&home.run(&["plugin", "pin", "main.m.greet", "^1"]), "Pinned");
    let row = &json!(outdated())[0];
    assert_eq!((&row["fitting"], &row["status"]), (&json!("1.0.0"), &json!("newest that fits")));
    succeeds(&home.run(&["plugin", "upgrade", "main.m.greet"]), "is this component already");
    refused(&home.run(&["plugin", "upgrade", "main.m.greet", "--version", "2"]), "pinned to '^1'");
    succeeds(&home.run(&["plugin", "unpin", "main.m.greet"]), "not pinned");
    refused(&home.run(&["plugin", "rollback", "main.m.greet"]), "was no such version before; it was: none");
    succeeds(&home.run(&["plugin", "upgrade", "main.m.greet"]), "from 1.0.0 to 2.0.0");
    check(home, "owner", [is("SELECT m.hello('ana') AS a", json!([{"a": "HELLO ana"}]))]);

    // Back, also where the registry is gone; and forward again.
    check(home, "owner", [ok("CREATE USER ana"), ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ana")]);
    check(
        home,
        "ana",
        [fails("ROLLBACK PLUGIN main.m.greet", "MANAGE"), fails("PIN PLUGIN main.m.greet VERSION '1'", "MANAGE")],
    );
    succeeds(&home.run(&["plugin", "rollback", "main.m.greet"]), "from 2.0.0 to 1.0.0");
    check(
        home,
        "owner",
        [
            is("SELECT m.hello('ana') AS a", json!([{"a": "hello ana"}])),
            ok("UPGRADE PLUGIN m.greet"),
            fails("ROLLBACK PLUGIN m.greet TO VERSION '7'", "it was: 1.0.0"),
            ok("ROLLBACK PLUGIN m.greet TO VERSION '1.0.0'"),
            ok("UPGRADE PLUGIN m.greet"),
            // What nobody trusts any more does not come back.
            ok("DROP PUBLISHER acme"),
            fails("ROLLBACK PLUGIN m.greet", "does not stand any more"),
        ],
    );
    let actions = home.rows("SELECT DISTINCT action_name FROM system.access.audit WHERE object_name LIKE '%greet'");
    let actions = json!(actions).to_string();
    for action in ["installPlugin", "upgradePlugin", "rollbackPlugin", "updatePlugin"] {
        assert!(actions.contains(action), "{action}: {actions}");
    }
}

#[test]
fn a_new_version_has_to_wait_where_that_is_wanted() {
    let Some(market) = Market::open() else { return };
    let (acme, public) = market.key("acme.key");
    market.publish("1", Some(&acme));
    check(
        &market.home,
        "owner",
        [
            ok(format!("CREATE PUBLISHER acme KEY '{public}'")),
            ok("ALTER CATALOG main SET TRUST (cool_down = '7 days')"),
            fails(market.install(), "younger than trust.cool_down allows"),
            ok(format!("INSTALL PLUGIN greet FROM '{}:1.0.0' INTO m", market.place)),
            ok("DROP PLUGIN m.greet"),
            ok("ALTER CATALOG main UNSET TRUST ('cool_down')"),
            ok(market.install()),
        ],
    );
}
