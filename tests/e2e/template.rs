//! `polder plugin new`: a project that works at once and is nothing but its author's logic.

use crate::support::Home;

#[test]
fn a_new_project_builds_passes_and_installs() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().to_str().unwrap();
    let succeeds = |args: &[&str]| {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    };
    succeeds(&["plugin", "new", "greet", place, "--lang", "rust"]);
    let project = folder.path().join("greet");
    let project = project.to_str().unwrap();
    let tested = succeeds(&["plugin", "test", project]);
    assert!(tested.contains("5 passed"), "{tested}");

    succeeds(&["init"]);
    succeeds(&["plugin", "install", project, "--into", "main.default"]);
    assert_eq!(home.value("SELECT initials('ada lovelace')"), "AL");

    // A case that is wrong fails, and says what was there instead.
    let wrong = "SELECT {schema}.initials('ada lovelace') AS initials;\n-- initials\n-- XX\n";
    std::fs::write(folder.path().join("greet/tests/wrong.sql"), wrong).unwrap();
    let ran = home.run(&["plugin", "test", project]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let told = ran.out + &ran.err;
    assert!(told.contains("wrong.sql") && told.contains("AL") && told.contains("XX"), "{told}");
}

#[test]
fn a_new_project_has_no_line_that_is_not_its_logic() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ran = home.run(&["plugin", "new", "mine", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let source = std::fs::read_to_string(folder.path().join("mine/src/lib.rs")).unwrap();
    for word in
        ["export", "register", "generate!", "wit_bindgen", "extern", "no_mangle", "unsafe", "inventory", "mod bindings"]
    {
        assert!(!source.contains(word), "{word} in\n{source}");
    }
    // One line of the SDK beside the attributes: its prelude.
    assert_eq!(source.matches("polder_sdk").count(), 1, "{source}");
    let manifest = std::fs::read_to_string(folder.path().join("mine/Cargo.toml")).unwrap();
    assert!(!manifest.contains("{{") && !manifest.contains("build"), "{manifest}");
}

#[test]
fn names_and_languages_that_are_not_allowed_are_refused() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().to_str().unwrap();
    for name in ["", "9lives", "Upper", "a b", "../up", "a/b", "naïve", "a-b;", "_"] {
        let ran = home.run(&["plugin", "new", name, place]);
        assert_ne!(ran.code, Some(0), "{name}\n{}", ran.out);
        assert!(ran.err.contains("error: "), "{name}\n{}", ran.err);
    }
    let ran = home.run(&["plugin", "new", "mine", place, "--lang", "cobol"]);
    assert!(ran.code != Some(0) && ran.err.contains("cobol"), "{}", ran.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");

    assert_eq!(home.run(&["plugin", "new", "mine", place]).code, Some(0));
    let again = home.run(&["plugin", "new", "mine", place]);
    assert!(again.code == Some(1) && again.err.contains("mine"), "{}", again.err);
}
