//! What a component asks for.

use crate::wants::Wants;

crate::wants! {
    storage: "READ VOLUME" on "VOLUME main.nyc.inbox", "reads the day's file";
    query: "MODIFY" on "TABLE", "writes its rows";
    clock, "stamps the run";
}

#[test]
fn requests_are_told_with_their_reasons() {
    let wants: Vec<_> = Wants::all().map(|want| (want.interface, want.privilege, want.target(), want.reason)).collect();
    let expected = [
        ("storage", "READ VOLUME", ("VOLUME", "main.nyc.inbox"), "reads the day's file"),
        ("query", "MODIFY", ("TABLE", ""), "writes its rows"),
        ("clock", "", ("", ""), "stamps the run"),
    ];
    assert_eq!(wants, expected);
}
