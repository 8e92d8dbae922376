//! Packages: published to the registry server that Debian packages, and installed from it on another host.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::cases::{check, fails, is, ok};
use crate::python;
use crate::registry::{LOGIN, Server, Wanted};
use crate::support::{Home, Ran, copy, edit, guest};

/// Who is told to a registry that asks.
fn login(password: &str) -> Vec<(&'static str, String)> {
    vec![("POLDER_REGISTRY_USERNAME", LOGIN.0.to_owned()), ("POLDER_REGISTRY_PASSWORD", password.to_owned())]
}

pub(crate) fn publish(author: &Home, component: &Path, place: &str, options: &[&str]) -> Ran {
    author.run(&[&["plugin", "publish", &component.display().to_string(), place], options].concat())
}

#[track_caller]
pub(crate) fn succeeds(ran: &Ran, part: &str) {
    assert!(ran.code == Some(0) && ran.out.contains(part), "{ran:?}");
}

#[track_caller]
pub(crate) fn refused(ran: &Ran, part: &str) {
    assert!(ran.code == Some(1) && ran.err.contains(part), "{ran:?}");
}

#[test]
fn a_package_is_published_installed_elsewhere_and_upgraded() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let place = format!("oci://{}/acme/greet", server.host());
    let author = Home::new();
    succeeds(&publish(&author, &guest("greet-1"), &place, &["--plain-http"]), &format!("Published {place}:1.0.0"));
    refused(&publish(&author, &guest("greet-1"), &place, &["--plain-http"]), "published versions never change");
    refused(&publish(&author, &guest("greet-1"), &format!("{place}x"), &["--plain-http"]), "called greet");
    refused(&publish(&author, &guest("greet-1"), &format!("{place}:1.0.0"), &["--plain-http"]), "names a version");
    assert!(!author.path().join("home").exists(), "an author needs no home");
    refused(&publish(&author, &guest("greet-1"), "oci://1.1.1.1/greet", &["--plain-http"]), "read along");

    let home = Home::new();
    let install = format!("INSTALL PLUGIN greet FROM '{place}' INTO SCHEMA m ALLOW UNSIGNED");
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            fails(install.clone(), "CREATE CONNECTION … TYPE oci"),
            ok(format!(
                "CREATE CONNECTION acme TYPE oci OPTIONS (url 'http://{}/acme', private_network 'true')",
                server.host()
            )),
            fails(
                format!("INSTALL PLUGIN greet FROM 'oci://{}/other/greet' INTO m", server.host()),
                "no connection leads to",
            ),
            fails(format!("INSTALL PLUGIN greet FROM '{place}' VERSION '^7' INTO m"), "there are 1.0.0"),
            fails(format!("INSTALL PLUGIN greet FROM '{place}' VERSION 'new' INTO m"), "no requirement"),
            fails(format!("INSTALL PLUGIN greet FROM '{place}:1.0.0' VERSION '^1' INTO m"), "names a version already"),
            // Nobody signed it, and nobody said that this is well.
            fails(install.replace(" ALLOW UNSIGNED", ""), "whoever wants it nevertheless says ALLOW UNSIGNED"),
            ok(install),
            is("SELECT m.hello('ana') AS a", json!([{"a": "hello ana"}])),
        ],
    );
    // It is known by its digest.
    let source = format!("{place}@sha256:");
    let listed = json!(home.rows("SHOW PLUGINS IN m")).to_string();
    assert!(listed.contains(&source), "{listed}");
    let audit = home
        .value("SELECT count(*) FROM system.access.audit WHERE action_name = 'useConnection' AND outcome = 'allowed'");
    assert!(audit.as_i64() > Some(0), "{audit}");

    let upgrade =
        |more: &[&str]| home.run(&[&["plugin", "upgrade", "main.m.greet", "--allow-unsigned"], more].concat());
    succeeds(&upgrade(&[]), "is this component already");
    succeeds(&publish(&author, &guest("greet-2"), &place, &["--plain-http"]), "2.0.0");
    succeeds(&upgrade(&["--version", "^1"]), "is this component already");
    refused(&home.run(&["plugin", "upgrade", "main.m.greet"]), "--allow-unsigned");
    succeeds(&upgrade(&[]), "from 1.0.0 to 2.0.0");
    check(
        &home,
        "owner",
        [
            is("SELECT m.hello('ana') AS a", json!([{"a": "HELLO ana"}])),
            ok("UPGRADE PLUGIN m.greet ALLOW UNSIGNED"),
            // And back, but only by its name.
            ok("UPGRADE PLUGIN m.greet VERSION '=1.0.0' ALLOW UNSIGNED"),
            is("SELECT m.hello('ana') AS a", json!([{"a": "hello ana"}])),
            ok("DROP PLUGIN m.greet"),
        ],
    );
    let ran = home.run(&["plugin", "install", &place, "--into", "main.m", "--version", "^1", "--allow-unsigned"]);
    succeeds(&ran, "Installed plugin main.m.greet 1.0.0");
    refused(&home.run(&["plugin", "install", &place, "--into", "main.m", "--version", "new"]), "no requirement");
}

#[test]
fn a_version_that_says_less_than_it_changes_is_refused() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let place = format!("oci://{}/acme/greet", server.host());
    let author = Home::new();
    let send = |project: &Path| publish(&author, project, &place, &["--plain-http"]);
    succeeds(&send(&guest("greet-1")), "1.0.0");

    // Without `bye`: a major change, whatever it is called.
    let (_folder, other) = copy("greet-2");
    for (from, to) in [("2.0.0", "1.0.1"), ("1.0.1", "1.1.0"), ("1.1.0", "1.1.0-rc.1")] {
        edit(&other, "Cargo.toml", from, to);
        let ran = send(&other);
        refused(&ran, &format!("greet {to} is a major change of 1.0.0"));
        refused(&ran, "publish it as 2.0.0 or higher");
        refused(&ran, "major  function bye is gone");
        refused(&ran, "minor  function welcome is new");
    }
    // The same with a function more: a minor change.
    let (_folder, same) = copy("greet-1");
    edit(&same, "Cargo.toml", "1.0.0", "1.0.1");
    succeeds(&send(&same), "1.0.1");
    edit(
        &same,
        "src/lib.rs",
        "/// A farewell",
        "/// A question.\n#[scalar]\nfn who(name: &str) -> bool {\n    name.is_empty()\n}\n\n/// A farewell",
    );
    edit(&same, "Cargo.toml", "1.0.1", "1.0.2");
    refused(&send(&same), "greet 1.0.2 is a minor change of 1.0.1");
    edit(&same, "Cargo.toml", "1.0.2", "1.1.0");
    succeeds(&send(&same), "1.1.0");
    succeeds(&send(&guest("greet-2")), "2.0.0");
    // Beside what is newer, it is compared with what was before it.
    edit(&other, "Cargo.toml", "1.1.0-rc.1", "1.0.3");
    refused(&send(&other), "greet 1.0.3 is a major change of 1.0.1");
}

#[test]
fn two_versions_are_compared() {
    let home = Home::new();
    let [one, two] = ["greet-1", "greet-2"].map(|name| guest(name).display().to_string());
    succeeds(&home.run(&["plugin", "compare", &one, &two]), "a major change, for 2.0.0 or higher; 2.0.0 says so.");
    succeeds(
        &home.run(&["plugin", "compare", &two, &one]),
        "a major change, for 3.0.0 or higher; 1.0.0 does not say so.",
    );
    let ran = home.run(&["plugin", "compare", &one, &two, "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let expected = json!({
        "old": "1.0.0", "new": "2.0.0", "needs": "major", "lowest": "2.0.0", "true": true,
        "changes": [
            {"needs": "major", "about": "function bye", "what": "is gone"},
            {"needs": "minor", "about": "function welcome", "what": "is new"},
        ],
    });
    assert_eq!(told, expected);
    refused(&home.run(&["plugin", "compare", &one, "Cargo.toml"]), "does not begin as WebAssembly does");
    assert!(!home.path().join("home").exists(), "it needs no home");
}

/// Whoever may install plugins is not thereby let out of the house.
#[test]
fn packages_come_only_by_a_connection_that_one_may_use() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let place = format!("oci://{}/acme/greet", server.host());
    succeeds(&publish(&Home::new(), &guest("greet-1"), &place, &["--plain-http"]), "1.0.0");
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG, USE SCHEMA, CREATE PLUGIN, CREATE FUNCTION ON CATALOG main TO ana"),
            ok(format!(
                "CREATE CONNECTION acme TYPE oci OPTIONS (url 'http://{}', private_network 'true')",
                server.host()
            )),
        ],
    );
    let install = format!("INSTALL PLUGIN greet FROM '{place}' INTO SCHEMA main.m ALLOW UNSIGNED");
    check(&home, "ana", [fails(install.clone(), "no connection leads to")]);
    check(&home, "owner", [ok("GRANT BROWSE ON CONNECTION acme TO ana")]);
    check(&home, "ana", [fails(install.clone(), "GRANT USE CONNECTION ON CONNECTION acme TO ana")]);
    check(&home, "owner", [ok("GRANT USE CONNECTION ON CONNECTION acme TO ana")]);
    check(&home, "ana", [ok(install), is("SELECT main.m.hello('ana') AS a", json!([{"a": "hello ana"}]))]);
}

#[test]
fn connections_to_registries_are_checked() {
    let home = Home::new();
    let make = |options: &str| format!("CREATE CONNECTION c TYPE oci OPTIONS ({options})");
    check(
        &home,
        "owner",
        [
            fails(make("url 'http://registry.example/'"), "https://"),
            fails(make("url 'https://127.0.0.1/'"), "private_network"),
            fails(make("url 'https://169.254.169.254/', private_network 'true'"), "no connection may lead to"),
            fails(make("url 'https://r.example/', methods 'GET'"), "of type oci has no option 'methods'"),
            fails(make("url 'https://r.example/', header.x 'y'"), "no option"),
            fails(make("url 'https://r.example/', username 'x'"), "or neither"),
            fails(make("url 'https://r.example/', password 'x'"), "or neither"),
            fails("CREATE CONNECTION c TYPE ftp OPTIONS (url 'https://r.example/')", "TYPE http and TYPE oci"),
            fails(
                "CREATE CONNECTION c TYPE http OPTIONS (url 'https://r.example/', username 'x')",
                "of type http has no option",
            ),
            ok(make("url 'https://r.example/acme', username 'x', password 's3cret'")),
            is(
                "SELECT connection_type, url FROM information_schema.connections",
                json!([{"connection_type": "OCI", "url": "https://r.example/acme"}]),
            ),
            // A password stays with its place.
            fails("ALTER CONNECTION c OPTIONS (url 'https://elsewhere.example/')", "set or unset password"),
            ok("ALTER CONNECTION c OPTIONS (url 'https://r.example/acme/more')"),
            ok("ALTER CONNECTION c UNSET OPTIONS ('username', 'password')"),
        ],
    );
    let all = json!([home.rows("DESCRIBE CONNECTION c"), home.rows("SHOW CONNECTIONS")]).to_string();
    assert!(!all.contains("s3cret"), "{all}");
}

/// Makes a certificate for 127.0.0.1 and what signed it: `ca.pem`, `tls.pem`, `tls.key`.
const CERTIFICATES: &str = r"
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
def name(text): return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, text)])
def made(subject, key, issuer, signer, *extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    for extension, critical in extensions: builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
ca, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
folder = sys.argv[1]
alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))])
open(folder + '/ca.pem', 'wb').write(made('ca', ca, 'ca', ca, (x509.BasicConstraints(True, None), True)))
open(folder + '/tls.pem', 'wb').write(made('registry', own, 'ca', ca, (alternative, False), (x509.BasicConstraints(False, None), True)))
open(folder + '/tls.key', 'wb').write(own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
";

fn certificates() -> Option<(TempDir, [PathBuf; 3])> {
    let folder = tempfile::tempdir().unwrap();
    let mut python: Command = python::command()?;
    let ran: Ran = python.args(["-c", CERTIFICATES]).arg(folder.path()).output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let files = ["ca.pem", "tls.pem", "tls.key"].map(|name| folder.path().join(name));
    Some((folder, files))
}

#[test]
fn a_registry_with_tls_that_knows_its_users() {
    let Some((_folder, [ca, certificate, key])) = certificates() else { return };
    let Some(server) = Server::start(Wanted { login: true, tls: Some((&certificate, &key)) }) else { return };
    let place = format!("oci://{}/acme/greet", server.host());
    let trust = ("SSL_CERT_FILE", ca.display().to_string());
    let author = |password: &str| Home::with([login(password), vec![trust.clone()]].concat());

    refused(&publish(&Home::with(login(LOGIN.1)), &guest("greet-1"), &place, &[]), "cannot be reached");
    refused(&publish(&author("wrong"), &guest("greet-1"), &place, &[]), "wants a name and password");
    refused(&publish(&Home::with(vec![trust.clone()]), &guest("greet-1"), &place, &[]), "wants a name and password");
    succeeds(&publish(&author(LOGIN.1), &guest("greet-1"), &place, &[]), "1.0.0");

    let home = Home::with(vec![trust]);
    let make = |options: &str| {
        let host = server.host();
        format!("CREATE CONNECTION acme TYPE oci OPTIONS (url 'https://{host}/acme', private_network 'true'{options})")
    };
    let install = format!("INSTALL PLUGIN greet FROM '{place}' INTO SCHEMA m ALLOW UNSIGNED");
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok(make("")),
            fails(install.clone(), "wants a name and password"),
            ok("ALTER CONNECTION acme OPTIONS (username 'polder', password 'wrong')"),
            fails(install.clone(), "wants a name and password"),
            ok("ALTER CONNECTION acme OPTIONS (password 'secret')"),
            ok(install),
            is("SELECT m.hello('ana') AS a", json!([{"a": "hello ana"}])),
        ],
    );
}
