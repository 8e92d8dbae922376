//! The well-behaved neighbour: it queries all the while, with a scalar and an aggregate of a plugin, and knows what must
//! come out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use polder_query::{Polder, Session};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::stage::rows;

const PLUS_ONE: &str = "SELECT sum(next.plus_one(n)) AS s, count(*) AS c FROM next.numbers";
const TOTAL: &str = "SELECT k, next.total(n) AS t FROM next.numbers GROUP BY k ORDER BY k";

/// Its schema, as the owner makes it.
pub(crate) fn home(component: &str) -> Vec<String> {
    [
        "CREATE SCHEMA next",
        &format!("INSTALL PLUGIN functions FROM '{component}' INTO SCHEMA next"),
        "CREATE TABLE next.numbers AS SELECT n % 3 AS k, n FROM generate_series(1, 3000) AS s(n)",
        "CREATE USER neighbour",
        "GRANT USE CATALOG ON CATALOG main TO neighbour",
        "GRANT USE SCHEMA, SELECT, EXECUTE ON SCHEMA next TO neighbour",
    ]
    .map(str::to_owned)
    .into()
}

/// A neighbour at work.
pub(crate) struct Neighbour {
    over: Arc<AtomicBool>,
    rounds: JoinHandle<usize>,
}

impl Neighbour {
    /// Comes back when it has done its first round.
    pub(crate) async fn begin(polder: &Polder) -> Self {
        let session = polder.session(Some("neighbour")).await.unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let (begun, first) = oneshot::channel();
        let rounds = tokio::spawn(live(session, Arc::clone(&over), begun));
        first.await.expect("the neighbour works before the attack");
        Self { over, rounds }
    }

    /// Lets it do one more round, from its beginning to its end.
    pub(crate) async fn end(self) {
        self.over.store(true, Ordering::SeqCst);
        let rounds = self.rounds.await.expect("the neighbour was not disturbed");
        assert!(rounds >= 2, "it worked before and after the attack");
    }
}

async fn live(session: Session, over: Arc<AtomicBool>, begun: oneshot::Sender<()>) -> usize {
    let mut begun = Some(begun);
    for rounds in 1.. {
        let last = over.load(Ordering::SeqCst);
        round(&session).await;
        if let Some(begun) = begun.take() {
            let _ = begun.send(());
        }
        if last {
            return rounds;
        }
    }
    0
}

async fn round(session: &Session) {
    assert_eq!(rows(session, PLUS_ONE).await, Ok(vec![json!({"s": 4_504_500, "c": 3000})]));
    let totals = [(0, 1_501_500), (1, 1_499_500), (2, 1_500_500)].map(|(k, t)| json!({"k": k, "t": t}));
    assert_eq!(rows(session, TOTAL).await, Ok(totals.into()));
}
