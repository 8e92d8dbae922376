//! Plugins in Go.

use std::fs;

use polder_toolchain::{Error, Language};

use super::{build, surface, toolchain};

#[test]
fn a_new_project_builds_at_once_and_says_where_its_mistakes_are() {
    let folder = tempfile::tempdir().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::Go).unwrap();
    let artifact = build(&project).unwrap();
    assert_eq!((artifact.name.as_str(), artifact.version.as_str()), ("greet", "0.1.0"));
    // Interfaces that hold types only: not even the log, as nobody writes to it.
    assert_eq!(surface(&artifact.bytes).0, ["polder:host/data@0.1.0", "polder:plugin/call@0.1.0"]);
    assert_eq!(build(&project).unwrap(), artifact);
    let elsewhere = tempfile::tempdir().unwrap();
    let same = toolchain().new_project(elsewhere.path(), "greet", Language::Go).unwrap();
    assert_eq!(build(&same).unwrap().digest, artifact.digest, "the folder does not show");
    // Neither the folder nor the registration is left among the sources.
    assert!(!project.join("polder_registration.go").exists());

    let plugin = project.join("plugin.go");
    let good = fs::read_to_string(&plugin).unwrap();
    for (wrong, said) in [
        ("func Bad() (a, b int) { return }", "Bad: a function returns a value, or a value and an error"),
        ("func Bad(m map[string]int) int { return 0 }", "parameter m: map[string]int is no type of SQL"),
        ("//polder:pure\nfunc Bad() int { return 0 }", "there is no //polder:pure"),
        ("func Bad() int { return \"\" }", "cannot use \"\""),
        ("//polder:wants storage READ VOLUME on VOLUME: reads", "nothing imports polder/storage"),
    ] {
        fs::write(&plugin, format!("{good}\n{wrong}\n")).unwrap();
        let error = build(&project).unwrap_err();
        assert!(matches!(error, Error::Compile { .. }), "{error}");
        let error = error.to_string();
        assert!(error.contains(said) && error.contains("plugin.go:"), "{error}");
    }
}
