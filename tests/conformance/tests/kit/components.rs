//! Components that are checked: built from source as any plugin is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use polder_conformance::{Finding, Offers, Outcome, Report, check};
use polder_toolchain::{Silent, Toolchain};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the plugin in a folder of the repository.
pub(crate) fn build(folder: &Path) -> Vec<u8> {
    Toolchain::new().expect("a toolchain").build(folder, None, &mut Silent).expect("it builds").bytes
}

/// One of the kit's own guests.
pub(crate) fn guest(name: &str) -> &'static [u8] {
    const NAMES: [&str; 3] = ["broken", "samples", "wrong"];
    static BUILT: LazyLock<HashMap<&str, Vec<u8>>> = LazyLock::new(|| {
        let folders = NAMES.map(|name| root().join("tests/conformance/guests").join(name));
        let built = Toolchain::new().and_then(|toolchain| toolchain.build_all(&folders, &mut Silent));
        std::iter::zip(NAMES, built.expect("they build")).map(|(name, built)| (name, built.bytes)).collect()
    });
    &BUILT[name]
}

/// What the kit finds.
pub(crate) fn report(component: &[u8], offers: &Offers) -> Report {
    check(component, offers).expect("the kit can be set up")
}

/// What a check of a function came to.
pub(crate) fn outcome<'a>(report: &'a Report, check: &str, of: &str) -> &'a Outcome {
    let found = report.findings.iter().find(|finding| finding.check == check && finding.of == of);
    &found.unwrap_or_else(|| panic!("{check} of {of} in\n{report}")).outcome
}

/// Exactly these checks fail, each as check and function.
#[track_caller]
pub(crate) fn only_fails(report: &Report, expected: &[(&str, &str)]) {
    let failed: Vec<_> = report.failures().map(|Finding { check, of, .. }| (*check, of.as_str())).collect();
    assert_eq!(failed, expected, "{report}");
}
