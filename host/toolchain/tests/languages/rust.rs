//! Plugins in Rust, with and without the SDK.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use polder_toolchain::{Artifact, Error, Language, Progress, Result, Road, Step, Toolchain};
use tempfile::TempDir;

use super::{surface, toolchain};

const DESCRIBE: &str = r#"
wit_bindgen::generate!({
    path: "WIT",
    inline: "package test:guest; world guest { import polder:host/log@0.1.0; export polder:plugin/description@0.1.0; }",
    world: "test:guest/guest",
    generate_all,
});
use exports::polder::plugin::description::{Guest, Plugin};
struct Me;
impl Guest for Me {
    fn describe() -> Plugin {
        polder::host::log::log(polder::host::log::Level::Info, "hello", &[]);
        let text = |text: &str| text.to_string();
        Plugin {
            name: text("NAME"), version: text("1.2.3"), summary: text(""), license: text(""), authors: vec![],
            homepage: text(""), functions: vec![], capabilities: vec![],
        }
    }
}
export!(Me);
"#;

/// A guest without the SDK, so that these tests are about the toolchain alone.
fn guest(folder: &Path, name: &str, code: &str) -> PathBuf {
    let project = folder.join(name);
    let dependency = if code.contains("wit_bindgen") {
        "wit-bindgen = { version = \"0.61\", default-features = false, features = [\"macros\", \"realloc\"] }"
    } else {
        ""
    };
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\ndescription = \"A guest.\"\n\
         license = \"Apache-2.0\"\nauthors = [\"Ada\"]\nhomepage = \"https://example.com\"\n\
         [lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\n{dependency}\n"
    );
    fs::create_dir_all(project.join("src")).unwrap();
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    fs::write(project.join("src/lib.rs"), code).unwrap();
    project
}

fn lone_guest(folder: &Path, name: &str, code: &str) -> PathBuf {
    let project = guest(folder, name, code);
    let manifest = project.join("Cargo.toml");
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + "[workspace]\n").unwrap();
    project
}

fn describing(name: &str) -> String {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    DESCRIBE.replace("WIT", wit.to_str().unwrap()).replace("NAME", name)
}

#[derive(Default)]
struct Watch {
    steps: Vec<String>,
    warnings: String,
}

impl Progress for Watch {
    fn step(&mut self, step: Step<'_>) {
        self.steps.push(step.to_string());
    }

    fn warnings(&mut self, text: &str) {
        self.warnings.push_str(text);
    }
}

fn build(project: &Path) -> (Result<Artifact>, Watch) {
    let mut watch = Watch::default();
    (toolchain().build(project, None, &mut watch), watch)
}

#[test]
fn a_guest_becomes_a_component_that_imports_only_the_log() {
    let folder = TempDir::new().unwrap();
    let project = lone_guest(folder.path(), "lone-guest", &(describing("lone") + "fn unused() {}\n"));
    let (built, watch) = build(&project);
    let artifact = built.unwrap();
    assert_eq!((artifact.name.as_str(), artifact.version.as_str()), ("lone-guest", "1.2.3"));
    assert_eq!(artifact.path, project.canonicalize().unwrap().join("target/polder/lone-guest.wasm"));
    assert_eq!(fs::read(&artifact.path).unwrap(), artifact.bytes);
    assert_eq!(artifact.digest.len(), 64);
    assert!(watch.warnings.contains("function `unused` is never used"), "{}", watch.warnings);
    assert!(watch.steps.iter().any(|step| step.starts_with("compiling lone-guest")), "{:?}", watch.steps);
    assert_eq!(watch.steps.last().unwrap(), "encoding component lone-guest");

    let (imports, exports) = surface(&artifact.bytes);
    assert_eq!(
        imports,
        ["polder:host/log@0.1.0", "polder:host/data@0.1.0"].into_iter().take(imports.len()).collect::<Vec<_>>()
    );
    assert_eq!(exports, ["polder:plugin/description@0.1.0"]);
    let wasm_metadata::Payload::Component { metadata, .. } =
        wasm_metadata::Payload::from_binary(&artifact.bytes).unwrap()
    else {
        panic!("not a component");
    };
    assert_eq!(metadata.name.as_deref(), Some("lone-guest"));
    assert_eq!(metadata.version.unwrap().to_string(), "1.2.3");
    assert_eq!(metadata.description.unwrap().to_string(), "A guest.");
    assert_eq!(metadata.licenses.unwrap().to_string(), "Apache-2.0");
    assert_eq!(metadata.authors.unwrap().to_string(), "Ada");
    assert_eq!(metadata.homepage.unwrap().to_string(), "https://example.com/");

    // Nothing changed: nothing is compiled or encoded, and the answer is the same.
    let (again, watch) = build(&project);
    assert_eq!(again.unwrap(), artifact);
    assert!(
        !watch.steps.iter().any(|step| step.contains("compiling") || step.contains("encoding")),
        "{:?}",
        watch.steps
    );

    // The file at the output is no longer what was built: it is made again.
    fs::write(&artifact.path, "spoilt").unwrap();
    assert_eq!(build(&project).0.unwrap(), artifact);
    assert_eq!(fs::read(&artifact.path).unwrap(), artifact.bytes);

    let out = folder.path().join("deep/er/out.wasm");
    let elsewhere = toolchain().build(&project, Some(&out), &mut Watch::default()).unwrap();
    assert_eq!(elsewhere.path, out);
    assert_eq!(fs::read(&out).unwrap(), artifact.bytes);
}

#[test]
fn the_folder_does_not_show_in_the_component() {
    let code = describing("same")
        + "#[unsafe(no_mangle)] extern \"C\" fn boom(x: usize) -> u8 { assert!(x > 1); [1, 2][x] }\n";
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let digests = folders.each_ref().map(|folder| build(&lone_guest(folder.path(), "same", &code)).0.unwrap().digest);
    assert_eq!(digests[0], digests[1]);
}

/// The same source, in another folder, built with another cache: the same component, with the SDK in it.
#[test]
fn neither_do_the_folders_of_the_builder() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests/greet-1");
    let elsewhere = Toolchain::at(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("an/other"), None).unwrap();
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [one, two] = [(&folders[0], "here", toolchain()), (&folders[1], "deep/er/there", elsewhere)].map(
        |(folder, name, toolchain)| {
            let project = folder.path().join(name);
            fs::create_dir_all(project.join("src")).unwrap();
            for file in ["Cargo.toml", "src/lib.rs"] {
                fs::copy(source.join(file), project.join(file)).unwrap();
            }
            toolchain.build(&project, None, &mut Watch::default()).unwrap()
        },
    );
    assert_eq!(one.digest, two.digest);
    let home = std::env::home_dir().unwrap();
    for own in [folders[0].path(), &home, Path::new(env!("CARGO_TARGET_TMPDIR"))] {
        let own = own.to_str().unwrap().as_bytes();
        assert!(!one.bytes.windows(own.len()).any(|bytes| bytes == own), "{}", String::from_utf8_lossy(own));
    }
}

#[test]
fn members_of_a_workspace_are_built_together_and_alone() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"one\", \"two\", \"broken\"]\n",
    )
    .unwrap();
    let [one, two] = ["one", "two"].map(|name| guest(folder.path(), name, &describing(name)));
    guest(folder.path(), "broken", "this is not Rust");
    let lone_folder = TempDir::new().unwrap();
    let lone = lone_guest(lone_folder.path(), "one", &describing("another one"));

    let mut watch = Watch::default();
    let built = toolchain().build_all(&[&two, &lone, &one], &mut watch).unwrap();
    let names: Vec<_> = built.iter().map(|artifact| artifact.name.as_str()).collect();
    assert_eq!(names, ["two", "one", "one"]);
    assert_ne!(built[1].digest, built[2].digest, "two plugins of one name are kept apart");
    assert!(built[2].path.ends_with("one/target/polder/one.wasm"));
    assert_eq!(build(&one).0.unwrap(), built[2]);
}

#[test]
fn the_projects_own_flags_count_and_so_does_their_end() {
    let folder = TempDir::new().unwrap();
    let code = describing("flags").replace("text(\"1.2.3\")", "text(if cfg!(marked) { \"9.9.9\" } else { \"1.2.3\" })");
    let project = lone_guest(folder.path(), "flags", &code);
    let plain = build(&project).0.unwrap().digest;
    let config = project.join(".cargo/config.toml");
    fs::create_dir(project.join(".cargo")).unwrap();
    fs::write(&config, "[target.wasm32-unknown-unknown]\nrustflags = [\"--cfg\", \"marked\"]\n").unwrap();
    let marked = build(&project).0.unwrap();
    assert!(marked.bytes.windows(5).any(|bytes| bytes == b"9.9.9"));
    fs::remove_file(&config).unwrap();
    assert_eq!(build(&project).0.unwrap().digest, plain);
}

#[test]
fn mistakes_are_told_in_plain_words() {
    let folder = TempDir::new().unwrap();
    let error = |project: &Path| build(project).0.unwrap_err();
    let has = |error: &Error, text: &str| assert!(error.to_string().contains(text), "{error}");

    assert!(matches!(error(folder.path()), Error::NotAProject(_)));
    assert!(matches!(error(&folder.path().join("nowhere")), Error::NotAProject(_)));

    let wrong = error(&lone_guest(folder.path(), "wrong", "pub fn f() -> u8 { \"text\" }"));
    assert!(matches!(wrong, Error::Compile { .. }));
    has(&wrong, "error[E0308]: mismatched types");
    has(&wrong, "src/lib.rs:1:20");
    assert!(!wrong.to_string().contains("Building ["), "{wrong}");

    let empty = error(&lone_guest(folder.path(), "empty", "// nothing"));
    has(&empty, "exports no plugin interface");

    let undefined =
        "unsafe extern \"C\" { fn quux(); }\n#[unsafe(no_mangle)] extern \"C\" fn f() { unsafe { quux() } }";
    has(&error(&lone_guest(folder.path(), "undefined", undefined)), "needs symbols that nothing defines: quux");

    let browser = format!("#[link(wasm_import_module = \"__wbindgen_placeholder__\")]\n{undefined}");
    has(
        &error(&lone_guest(folder.path(), "browser", &browser)),
        "cargo tree --target wasm32-unknown-unknown -i wasm-bindgen",
    );

    let project = lone_guest(folder.path(), "program", "");
    let manifest = fs::read_to_string(project.join("Cargo.toml")).unwrap().replace("cdylib", "rlib");
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    has(&error(&project), "crate-type = [\"cdylib\"]");
}

#[test]
fn a_new_project_builds_at_once() {
    let folder = TempDir::new().unwrap();
    let project = toolchain().new_project(folder.path(), "fresh", Language::Rust).unwrap();
    assert_eq!(project, folder.path().join("fresh"));
    let text = |file: &str| fs::read_to_string(project.join(file)).unwrap();
    assert!(text("Cargo.toml").contains("name = \"fresh\""));
    for file in ["Cargo.toml", "README.md", "src/lib.rs", ".gitignore"] {
        assert!(!text(file).contains("{{"), "{file}");
    }
    let config = text(".cargo/config.toml");

    // A project that saw an older Polder points to the SDK of today after a build.
    fs::write(project.join(".cargo/config.toml"), config.replace("sdk/rust", "elsewhere")).unwrap();
    let artifact = build(&project).0.unwrap();
    assert_eq!(text(".cargo/config.toml"), config);
    let (imports, mut exports) = surface(&artifact.bytes);
    // Words for data and calls, and the log.
    let words = ["polder:host/data@0.1.0", "polder:plugin/call@0.1.0", "polder:host/log@0.1.0"];
    assert!(imports.iter().all(|import| words.contains(&import.as_str())), "{imports:?}");
    assert!(imports.contains(&"polder:host/log@0.1.0".to_owned()), "{imports:?}");
    exports.sort();
    assert_eq!(exports, ["polder:plugin/description@0.1.0", "polder:plugin/udf@0.1.0"]);

    // Plain Cargo finds the SDK too.
    let metadata =
        Command::new("cargo").args(["metadata", "--format-version", "1", "--offline"]).current_dir(&project).output();
    assert!(metadata.unwrap().status.success());

    assert!(matches!(toolchain().new_project(folder.path(), "fresh", Language::Rust), Err(Error::Exists(_))));
    assert!(matches!(toolchain().new_project(folder.path(), "../up", Language::Rust), Err(Error::Name { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left of what was refused");
}

/// Downloads 140 MB and compiles the standard library, unless the cache folder of an earlier run has it.
#[test]
fn debians_packages_build_guests() {
    if std::env::var_os("POLDER_TEST_DEBIAN_ROAD").is_none() {
        eprintln!("skipped: set POLDER_TEST_DEBIAN_ROAD=1");
        return;
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian");
    let toolchain = Toolchain::at(&cache, Some(Road::Debian)).unwrap();
    let folder = TempDir::new().unwrap();
    let project = lone_guest(folder.path(), "debian", &describing("debian"));
    let start = std::time::Instant::now();
    let mut show = |step: Step<'_>| eprintln!("{:6.1} s  {step}", start.elapsed().as_secs_f64());
    let artifact = toolchain.build(&project, None, &mut show).unwrap();
    eprintln!("{:6.1} s  {} bytes", start.elapsed().as_secs_f64(), artifact.bytes.len());
    assert_eq!(surface(&artifact.bytes).1, ["polder:plugin/description@0.1.0"]);
}
