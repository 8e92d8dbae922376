//! Ctrl-C while a statement runs.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use polder_query::Session;
use tokio::sync::{oneshot, watch};

use crate::{Result, terminal};

/// How often guests of a cancelled statement are interrupted until it has ended.
const AGAIN: Duration = Duration::from_millis(50);

/// How often Ctrl-C was pressed outside of the prompt. The count goes on between statements: a key that was
/// pressed while one was about to begin must not be lost.
#[derive(Clone)]
pub(super) struct Interrupts(watch::Receiver<u32>);

impl Interrupts {
    /// Count from now on. The line editor takes the signal to itself when it is made, so this comes after.
    pub(super) fn count() -> io::Result<Self> {
        #[cfg(unix)]
        let mut keys = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let mut keys = tokio::signal::windows::ctrl_c()?;
        let (count, interrupts) = watch::channel(0);
        tokio::spawn(async move {
            while keys.recv().await.is_some() {
                count.send_modify(|count| *count += 1);
            }
        });
        Ok(Self(interrupts))
    }

    /// What was pressed so far concerns no statement that is still to come.
    pub(super) fn forget(&mut self) {
        self.0.mark_unchanged();
    }

    /// Run a statement until it is done or Ctrl-C is pressed. A guest may be computing on the very thread
    /// that drives `work`, so the key is watched on another.
    pub(super) async fn cancel<T>(
        mut self,
        session: &Arc<Session>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let (cancel, mut cancelled) = oneshot::channel();
        let interrupted = Arc::clone(session);
        let watch = tokio::spawn(async move {
            if self.0.changed().await.is_err() {
                return;
            }
            // The terminal shows the key as ^C, and stays on that line.
            terminal::note("");
            let _ = cancel.send(());
            loop {
                // More than once, because the statement may only have been about to call a guest.
                interrupted.interrupt();
                tokio::select! {
                    // Whatever does not stop now never will. Commits are atomic, so leaving is safe.
                    _ = self.0.changed() => std::process::exit(130),
                    () = tokio::time::sleep(AGAIN) => {}
                }
            }
        });
        let stopped = || Err(polder_query::Error::Cancelled.into());
        let result = tokio::select! {
            biased;
            Ok(()) = &mut cancelled => stopped(),
            result = work => match cancelled.try_recv() {
                // Whatever part of the work was the first to notice.
                Ok(()) if result.is_err() => stopped(),
                _ => result,
            },
        };
        watch.abort();
        result
    }
}
