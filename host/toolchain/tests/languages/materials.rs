//! What went into plugins, and how they were built: bills of materials, against the schema of CycloneDX, and provenance.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use polder_toolchain::{Artifact, Error, Language, Run};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{build, toolchain};

const TIME: &str = "2026-01-02T03:04:05Z";

/// Says whether a bill on standard input follows the schema.
const VALIDATE: &str = "
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(error and str(error))
";

/// Where Python has CycloneDX's own library, whose schemas these are.
static CYCLONEDX: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cyclonedx");
    if validate(&folder, "").is_err_and(|error| !error.contains("ModuleNotFoundError")) {
        return Ok(folder);
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--target"]).arg(&folder);
    let done = pip.arg("cyclonedx-python-lib[json-validation]").output().map_err(|error| error.to_string())?;
    if done.status.success() { Ok(folder) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
});

fn validate(modules: &Path, bill: &str) -> Result<(), String> {
    let mut python = Command::new("python3");
    python.args(["-c", VALIDATE]).env("PYTHONPATH", modules).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut python = python.spawn().map_err(|error| error.to_string())?;
    // One that has ended reads nothing.
    let _closed = std::io::Write::write_all(&mut python.stdin.take().unwrap(), bill.as_bytes());
    let done = python.wait_with_output().unwrap();
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

/// Checks what holds for every bill, and returns it.
fn bill(project: &Path, artifact: &Artifact) -> Value {
    let bill = toolchain().bill_of_materials(project, &artifact.digest, TIME).unwrap();
    assert_eq!(bill, toolchain().bill_of_materials(project, &artifact.digest, TIME).unwrap());
    match CYCLONEDX.as_ref() {
        Ok(modules) => {
            validate(modules, &bill.to_string()).unwrap();
            let wrong = bill.to_string().replace("\"library\"", "\"librarian\"");
            assert!(validate(modules, &wrong).unwrap_err().contains("librarian"), "the validator validates");
        }
        Err(error) => eprintln!("not validated, because CycloneDX's library cannot be had: {error}"),
    }
    assert_eq!(bill["metadata"]["timestamp"], TIME);
    let itself = &bill["metadata"]["component"];
    assert_eq!((&itself["name"], &itself["version"]), (&json!(artifact.name), &json!(artifact.version)));
    assert_eq!(itself["hashes"], json!([{"alg": "SHA-256", "content": artifact.digest}]));
    assert_eq!(itself["licenses"], json!([{"expression": "Apache-2.0"}]));
    // All that is said to be used is there.
    let names: Vec<&Value> = bill["components"].as_array().unwrap().iter().map(|part| &part["bom-ref"]).collect();
    for dependency in bill["dependencies"].as_array().unwrap() {
        let uses = dependency["dependsOn"].as_array().unwrap();
        assert!(uses.iter().all(|used| names.contains(&used)), "{dependency}");
    }
    // And nothing of this machine.
    for own in [project, Path::new(env!("CARGO_TARGET_TMPDIR")), &std::env::home_dir().unwrap()] {
        let own = own.to_str().unwrap();
        let provenance = toolchain().provenance(project, &artifact.digest, None).unwrap();
        assert!(!bill.to_string().contains(own) && !provenance.to_string().contains(own), "{own}");
    }
    bill
}

/// The scope and the hash of a part, by its name.
fn part<'a>(bill: &'a Value, name: &str) -> (&'a str, Option<&'a str>) {
    let mut parts = bill["components"].as_array().unwrap().iter();
    let found = parts.find(|part| part["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {}", bill["components"]));
    (found["scope"].as_str().unwrap(), found["hashes"][0]["content"].as_str())
}

/// A new project, built; none where its tools are not to be had.
fn fresh(folder: &TempDir, language: Language) -> Option<(PathBuf, Artifact)> {
    let project = toolchain().new_project(folder.path(), "greet", language).unwrap();
    match build(&project) {
        Err(error @ Error::Missing { .. }) => {
            eprintln!("skipped: {error}");
            None
        }
        built => Some((project, built.unwrap())),
    }
}

/// Checks the bill of a new project: what is in the component, and whether its digest is known; and what is not in it.
fn has_bill(language: Language, within: &[(&str, bool)], without: &[&str]) {
    let folder = TempDir::new().unwrap();
    let Some((project, artifact)) = fresh(&folder, language) else { return };
    let bill = bill(&project, &artifact);
    for (name, has_digest) in within {
        let (scope, digest) = part(&bill, name);
        assert_eq!((scope, digest.is_some()), ("required", *has_digest), "{name} in {language}");
    }
    for name in without {
        assert_eq!(part(&bill, name).0, "excluded", "{name} in {language}");
    }
    let provenance = toolchain().provenance(&project, &artifact.digest, None).unwrap();
    assert_eq!(provenance["buildDefinition"]["externalParameters"]["language"], language.name());
}

#[test]
fn go_has_its_library() {
    has_bill(Language::Go, &[("polder-sdk-go", true), ("std", false), ("polder-wasi", true)], &["go"]);
}

#[test]
fn c_cpp_and_zig_have_those_of_the_compiler() {
    has_bill(Language::C, &[("polder-sdk-c", true), ("ziglang", true)], &[]);
    has_bill(Language::Cpp, &[("polder-sdk-cpp", true), ("polder-sdk-c", true), ("ziglang", true)], &[]);
    has_bill(Language::Zig, &[("polder-sdk-zig", true), ("polder-sdk-c", true), ("ziglang", true)], &[]);
}

#[test]
fn python_has_its_interpreter() {
    has_bill(Language::Python, &[("polder-sdk-python", true), ("componentize-py", true), ("python", false)], &[]);
}

#[test]
fn packages_of_python_are_those_that_were_installed() {
    let folder = TempDir::new().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::Python).unwrap();
    let manifest = project.join("pyproject.toml");
    let wanted = "dependencies = [\"python-dateutil==2.9.0.post0\"]";
    let text = fs::read_to_string(&manifest).unwrap().replace("dependencies = []", wanted);
    assert!(text.contains(wanted));
    fs::write(&manifest, text).unwrap();
    let artifact = match build(&project) {
        Err(error @ Error::Missing { .. }) => return eprintln!("skipped: {error}"),
        built => built.unwrap(),
    };
    let bill = bill(&project, &artifact);
    let digest = "a8b2bc7bffae282281c8140a97d3aa9c14da0b136dfe83f850eea9a5f7470427";
    assert_eq!(part(&bill, "python-dateutil"), ("required", Some(digest)));
    assert!(part(&bill, "six").1.is_some(), "what it needs itself");
    let uses = |name: &str| {
        let mut all = bill["dependencies"].as_array().unwrap().iter();
        let found = all.find(|entry| entry["ref"].as_str().unwrap().starts_with(name)).unwrap();
        found["dependsOn"].to_string()
    };
    assert!(uses("greet@").contains("dateutil") && !uses("greet@").contains("six"));
    assert!(uses("pkg:pypi/python-dateutil@").contains("pkg:pypi/six@"));
}

#[test]
fn packages_of_npm_are_those_that_were_bundled() {
    let folder = TempDir::new().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::JavaScript).unwrap();
    // As npm would have installed them; the code of one is used.
    let integrity = format!("sha512-{}==", "A".repeat(86));
    let mut lock = json!({"lockfileVersion": 3, "packages": {}});
    for name in ["used", "@ada/unused"] {
        let place = project.join("node_modules").join(name);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("index.js"), "export const twice = (x) => 2 * x;\n").unwrap();
        let package = json!({"name": name, "version": "1.2.3", "type": "module", "main": "index.js"});
        fs::write(place.join("package.json"), package.to_string()).unwrap();
        lock["packages"][format!("node_modules/{name}")] =
            json!({"version": "1.2.3", "license": "MIT", "integrity": integrity});
    }
    fs::write(project.join("package-lock.json"), lock.to_string()).unwrap();
    let plugin = "import { twice } from \"used\";\n/** @param {number} x @returns {number} */\n\
                  export function four(x) { return twice(twice(x)); }\n";
    fs::write(project.join("src/plugin.js"), plugin).unwrap();
    let artifact = match build(&project) {
        Err(error @ Error::Missing { .. }) => return eprintln!("skipped: {error}"),
        built => built.unwrap(),
    };
    let bill = bill(&project, &artifact);
    assert_eq!(part(&bill, "used"), ("required", Some("00".repeat(64).as_str())));
    assert!(!bill.to_string().contains("unused"), "{bill:#}");
}

#[test]
fn javascript_and_typescript_have_their_engine() {
    let within = [("polder-sdk-javascript", true), ("componentize-qjs", true), ("quickjs", false)];
    for language in [Language::JavaScript, Language::TypeScript] {
        has_bill(language, &within, &["esbuild", "typescript"]);
    }
}

#[test]
fn crates_are_those_that_are_linked() {
    let folder = TempDir::new().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::Rust).unwrap();
    let artifact = build(&project).unwrap();
    let known = bill(&project, &artifact);
    let lock = fs::read_to_string(project.join("Cargo.lock")).unwrap();
    let (scope, checksum) = part(&known, "inventory");
    assert_eq!(scope, "required");
    assert!(lock.contains(&format!("checksum = \"{}\"", checksum.unwrap())));
    let (scope, digest) = part(&known, "polder-sdk");
    assert!(scope == "required" && digest.is_some());
    // Macros run in the compiler.
    for tool in ["polder-sdk-macros", "syn", "rustc"] {
        assert_eq!(part(&known, tool).0, "excluded", "{tool}");
    }
    assert_eq!(part(&known, "rust-std").0, "required");

    let run = Run { started: TIME, finished: TIME };
    let provenance = toolchain().provenance(&project, &artifact.digest, Some(run)).unwrap();
    assert_eq!(provenance["runDetails"]["metadata"], json!({"startedOn": TIME, "finishedOn": TIME}));
    let read = provenance["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
    for name in ["sources", "wit", "Cargo.lock", "polder-sdk", "inventory", "polder-sdk-macros"] {
        let entry = read.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("{name}"));
        assert!(entry["digest"].as_object().is_some_and(|digest| digest.len() == 1), "{entry}");
    }

    // Another comment gives the same component of other sources.
    let source = project.join("src/lib.rs");
    fs::write(&source, fs::read_to_string(&source).unwrap() + "// The end.\n").unwrap();
    assert_eq!(build(&project).unwrap().digest, artifact.digest);
    let later = toolchain().provenance(&project, &artifact.digest, Some(run)).unwrap();
    let sources = |provenance: &Value| {
        let read = provenance["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
        read.iter().find(|entry| entry["name"] == "sources").unwrap()["digest"]["dirHash"].clone()
    };
    assert_ne!(sources(&provenance), sources(&later));
    assert_eq!(known, toolchain().bill_of_materials(&project, &artifact.digest, TIME).unwrap());
}

/// The guests of the sandbox's tests, one inside the other.
#[test]
fn components_inside_are_there_by_their_digests() {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox/tests/guests");
    let inside = build(&guests.join("part")).unwrap();
    let folder = TempDir::new().unwrap();
    for made in ["src", "wit"] {
        fs::create_dir(folder.path().join(made)).unwrap();
    }
    for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs", "wit/text.wit"] {
        fs::copy(guests.join("composed").join(file), folder.path().join(file)).unwrap();
    }
    let manifest = folder.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("publish = false", "license = \"Apache-2.0\"")).unwrap();
    fs::write(folder.path().join("part.wasm"), &inside.bytes).unwrap();
    let wires = "hands-on = [\"polder:host/log\"]\nwithholds = [\"polder:host/random\"]\n";
    let said =
        |digest: &str| format!("[components.normalise]\nfrom = \"part.wasm\"\ndigest = \"sha256:{digest}\"\n{wires}");
    fs::write(folder.path().join("polder.toml"), said(&"00".repeat(32))).unwrap();
    let error = build(folder.path()).unwrap_err().to_string();
    assert!(error.contains(&inside.digest), "what is not what the manifest says is no part: {error}");

    fs::write(folder.path().join("polder.toml"), said(&inside.digest)).unwrap();
    let artifact = build(folder.path()).unwrap();
    let bill = bill(folder.path(), &artifact);
    assert_eq!(part(&bill, "normalise"), ("required", Some(inside.digest.as_str())));
    let id = format!("pkg:generic/normalise?checksum=sha256:{}", inside.digest);
    assert!(bill["dependencies"][0]["dependsOn"].as_array().unwrap().contains(&json!(id)), "{bill:#}");
    let provenance = toolchain().provenance(folder.path(), &artifact.digest, None).unwrap();
    let read = provenance["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
    let entry = read.iter().find(|entry| entry["name"] == "normalise").unwrap();
    assert_eq!((&entry["uri"], &entry["digest"]), (&json!(id), &json!({"sha256": inside.digest})));
}

#[test]
fn a_commit_counts_when_it_has_what_was_built() {
    let folder = TempDir::new().unwrap();
    let Some((project, artifact)) = fresh(&folder, Language::C) else { return };
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]).args(arguments);
        let done = git.current_dir(&project).output();
        done.ok().filter(|done| done.status.success()).map(|done| String::from_utf8(done.stdout).unwrap())
    };
    let commits = || {
        let provenance = toolchain().provenance(&project, &artifact.digest, None).unwrap();
        let all = provenance["buildDefinition"]["resolvedDependencies"].as_array().unwrap().clone();
        all.into_iter().filter(|entry| entry["name"] == "repository").collect::<Vec<_>>()
    };
    if git(&["init", "-q"]).is_none() {
        return eprintln!("skipped: there is no git");
    }
    assert!(commits().is_empty());
    git(&["add", "."]).unwrap();
    git(&["commit", "-q", "-m", "one"]).unwrap();
    assert!(commits().is_empty(), "nobody has looked since");
    assert_eq!(build(&project).unwrap(), artifact, "what is there is kept");
    let [commit] = &commits()[..] else { panic!("no commit") };
    assert_eq!(commit["digest"]["gitCommit"], git(&["rev-parse", "HEAD"]).unwrap().trim());
}

#[test]
fn only_what_was_built_here_is_known() {
    let folder = TempDir::new().unwrap();
    let Some((project, artifact)) = fresh(&folder, Language::C) else { return };
    let ask = |project: &Path, digest: &str| {
        let errors = [
            toolchain().bill_of_materials(project, digest, TIME).unwrap_err(),
            toolchain().provenance(project, digest, None).unwrap_err(),
        ];
        let [one, other] = errors.map(|error| error.to_string());
        assert_eq!(one, other);
        one
    };
    assert!(ask(&artifact.path, &artifact.digest).contains("name its project"));
    assert!(ask(&project, &"00".repeat(32)).contains("polder plugin build"));
    assert!(ask(folder.path(), &artifact.digest).contains("is not a plugin project"));
    assert!(ask(&folder.path().join("nowhere"), &artifact.digest).contains("nowhere"));
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&project, &elsewhere).unwrap();
    assert!(ask(&elsewhere, &artifact.digest).contains("is not what was last built"));
}
