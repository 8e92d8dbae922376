//! Files that are given out as components, looked at without running them.

use polder_sandbox::inspect;
use polder_toolchain::fuzzing::encode as build;

/// A file is refused, or what it exports and imports is known, and every part of it is counted.
pub fn component(data: &[u8]) {
    let Ok(found) = inspect(data) else { return };
    assert_eq!(found.size, data.len() as u64);
    assert!(found.capabilities.len() <= found.imports.len());
    for world in &found.worlds {
        assert!(found.exports.iter().any(|export| export.name.starts_with("polder:plugin/")), "{world}");
    }
    let shown = serde_json::to_string(&found).expect("what was found can be shown");
    assert!(shown.contains(&found.digest.to_string()));
}

/// How a section begins that bindings leave in a module.
const MARK: &[u8] = b"component-type";

/// A module is refused, or becomes a component that can be looked at, whatever its manifest says of it.
pub fn encode(data: &[u8]) {
    let (text, module) = match data.iter().position(|byte| *byte == 0) {
        Some(end) => (String::from_utf8_lossy(&data[..end]), &data[end..]),
        None => return,
    };
    // What the bindings say of a module is decoded by `wit-parser` 0.254, which never ends where packages depend on each
    // other in a circle.
    if module.windows(MARK.len()).any(|window| window == MARK) {
        return;
    }
    let Ok(component) = build(&text, module) else { return };
    inspect(&component).expect("what was built is a component");
}
