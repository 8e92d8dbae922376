//! Plugins in JavaScript and TypeScript, whose tools come from npm once.

use std::fs;
use std::path::Path;
use std::process::Command;

use polder_toolchain::{Error, Language};
use tempfile::TempDir;

use super::{build, toolchain};

const LANGUAGES: [(Language, &str); 2] =
    [(Language::JavaScript, "src/plugin.js"), (Language::TypeScript, "src/plugin.ts")];

/// Whether Node.js is there, without which these tests are skipped.
fn node() -> bool {
    let there = Command::new("npm").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: there is no npm");
    }
    there
}

#[test]
fn a_new_project_builds_at_once() {
    if !node() {
        return;
    }
    let folder = TempDir::new().unwrap();
    for (language, entry) in LANGUAGES {
        let project = toolchain().new_project(folder.path(), &format!("fresh_{language}"), language).unwrap();
        assert!(project.join(entry).is_file());
        assert!(project.join("node_modules/polder/polder.d.ts").is_file(), "editors find the SDK");
        fs::remove_dir_all(project.join("node_modules")).unwrap();
        let artifact = build(&project).unwrap();
        assert_eq!(
            (artifact.name.as_str(), artifact.version.as_str()),
            (format!("fresh_{language}").as_str(), "0.1.0")
        );
        assert!(project.join("node_modules/polder/polder.d.ts").is_file(), "and do so again after a build");
        for own in [folder.path(), Path::new(env!("CARGO_TARGET_TMPDIR"))] {
            let own = own.to_str().unwrap().as_bytes();
            assert!(!artifact.bytes.windows(own.len()).any(|bytes| bytes == own), "{}", String::from_utf8_lossy(own));
        }
        assert_eq!(build(&project).unwrap(), artifact, "what is there is kept");
    }
}

#[test]
fn mistakes_are_told_in_plain_words() {
    if !node() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let project = toolchain().new_project(folder.path(), "wrong", Language::TypeScript).unwrap();
    for (code, said) in [
        (
            "export function f(a): string { return \"\"; }",
            "src/plugin.ts:1:19: Parameter 'a' implicitly has an 'any' type",
        ),
        ("export function f(a: symbol): string { return \"\"; }", "src/plugin.ts:1:19: `symbol` is no type of SQL"),
        ("export function f(a?: string): string { return \"\"; }", "src/plugin.ts:1:19: SQL leaves no argument out"),
        ("export const limit = 3;", "src/plugin.ts:1:14: `limit` is no function"),
        ("export class A { n = 0; update(x: number) {} evaluate() { return this.n; } }", "`merge` is missing"),
        ("export async function f(): Promise<string> { return \"\"; }", "functions are synchronous"),
        ("const f = 1;", "exported"),
        ("import fs from \"node:fs\";\nexport const f = (): string => fs.name;", "there is no Node.js in the sandbox"),
        ("import { clock } from \"polder\";\nexport const f = (): Date => clock.now();", "does not ask for it"),
    ] {
        fs::write(project.join("src/plugin.ts"), code).unwrap();
        let error = build(&project).unwrap_err();
        assert!(matches!(error, Error::Compile { .. }) && error.to_string().contains(said), "{code}\n{error}");
    }
}
