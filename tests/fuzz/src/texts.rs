//! Texts: what guests log, and limits as people write them.

use polder_query::fuzzing::operator as read;
use polder_sandbox::Limits;
use polder_sandbox::fuzzing::clean;

/// What is shown of a guest's text is bounded and does not steer a terminal.
pub fn log(data: &[u8]) {
    let Some((most, text)) = data.split_first() else { return };
    let (most, text) = (usize::from(*most), String::from_utf8_lossy(text));
    let shown = clean(&text, most);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
    assert!(shown.chars().count() <= most + 1, "{shown:?} of at most {most} bytes");
    assert!(text.len() > most || text.chars().count() == shown.chars().count());
}

/// A setting is refused, or makes a limit that is no looser than before and is read again from what is shown of it.
pub fn setting(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (name, value) = text.split_once('=').unwrap_or((&text, ""));
    let host = Limits::default();
    let Ok(limits) = host.tightened("whoever", &[(name.to_owned(), value.to_owned())]) else {
        assert!(Limits::check(name, value).is_err());
        return;
    };
    assert!(limits.memory <= host.memory && limits.call_time <= host.call_time && limits.rows <= host.rows);
    let changed = limits.owner(name) == "whoever";
    assert_eq!(changed, limits != host, "{name} = {value}");
}

/// The file `limits.toml` is refused, or makes limits that are no looser than those of everybody.
pub fn operator(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(limits) = read(&text) else { return };
    let host = Limits::default();
    assert!(limits.memory <= host.memory && limits.call_time <= host.call_time && limits.rows <= host.rows, "{text:?}");
}
