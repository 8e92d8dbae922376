//! `polder demo`: the tour a newcomer takes.

use crate::support::Home;

/// Twice in one home, as a newcomer does who liked it.
#[test]
fn the_demo_runs_again_and_again() {
    let home = Home::new();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let ran = home.run(&["demo"]);
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
        // Facts of the data, from its publisher: 336,776 flights, 16 carriers, 3,322 planes.
        for fact in ["336776 rows", "16 rows", "3322 rows"] {
            assert!(ran.out.contains(fact), "{fact}\n{}", ran.out);
        }
        // The denied question is told with its remedy.
        assert!(
            ran.out.contains("denied: ") && ran.out.contains("GRANT SELECT ON TABLE main.nyc.crew TO analyst"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("What to try next"), "{}", ran.out);
        // What is shown is the same, but for times.
        let shown: Vec<_> = ran.out.lines().filter(|line| line.starts_with("| ")).map(str::to_owned).collect();
        assert!(shown.len() > 50, "{}", ran.out);
        answers.push(shown);
    }
    assert_eq!(answers[0].len(), answers[1].len());
}
