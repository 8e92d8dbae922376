//! What a plugin reaches: the capabilities that the sandbox declares, given by catalog, storage and SQL.
//!
//! A run of a plugin acts for the principal who started it, narrowed by what the plugin was granted itself: one
//! [`Access`](polder_catalog::Access) made by `through` carries both, and every module here asks it and nothing else. The
//! calls come from a thread where the guest runs, which may wait.

mod catalog;
mod http;
mod model;
mod query;
mod state;
mod storage;
mod write;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(crate) use model::Artifacts;
use polder_catalog::{FullName, Securable, Wish};
use polder_sandbox::{
    Capabilities, Capability, Clock, FunctionKind, Granted, Interrupt, Limits, LogSink, Metrics, Plugin, Refusal, Seed,
};
pub(crate) use query::literal;
use tokio::runtime::Handle;

use crate::run::Run;
use crate::{Error, Result, Session};

/// How deep plugins may run statements that run plugins.
const NESTING: usize = 4;

/// How often a waiting call looks whether the statement was cancelled: an epoch tick of the sandbox.
const TICK: Duration = Duration::from_millis(10);

/// One run of a plugin, seen from what it calls. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Reach(Arc<Inner>);

pub(crate) struct Inner {
    session: Session,
    access: polder_catalog::Access,
    /// Of whoever runs the plugin, by which it is told what it lacks itself.
    callers: polder_catalog::Access,
    plugin: Securable,
    interrupt: Interrupt,
    limits: Arc<Limits>,
    runtime: Handle,
    nesting: usize,
    kind: FunctionKind,
}

/// The grant that a plugin asks for with a capability; none where that takes no grant.
pub(crate) fn wish(plugin: &FullName, capability: &Capability) -> Result<Option<Wish>> {
    let Capability { privilege, kind, on, .. } = capability;
    Ok(if privilege.is_empty() { None } else { Some(Wish::read(plugin, privilege, kind, on)?) })
}

/// Who watches a run: its numbers and its log.
pub trait Watch: Metrics + LogSink {}

impl<T: Metrics + LogSink> Watch for T {}

/// How a run is to go.
#[derive(Clone, Default)]
pub struct Conduct {
    /// Who watches it.
    pub watch: Option<Arc<dyn Watch>>,
    /// Where its random bytes come from; none: from the system.
    pub seed: Option<u64>,
}

impl Reach {
    /// What a function of that kind of `plugin`, which is that component, reaches in this statement.
    pub(crate) async fn new(run: &Run<'_>, plugin: &Securable, component: &Plugin, kind: FunctionKind) -> Result<Self> {
        let nesting = run.nesting + 1;
        if nesting > NESTING {
            return Err(Error::Invalid(format!("plugins run statements that run plugins more than {NESTING} deep")));
        }
        let description = component.describe()?;
        // What makes no grant gives nothing; install has refused it.
        let asked = description.capabilities.iter().filter_map(|capability| wish(&plugin.name, capability).ok()?);
        let access = run.access.through(plugin, asked.collect()).await?;
        let session = Session::new(run.polder().clone(), run.access.principal().to_owned());
        let session = session.conducted(run.session.conduct().clone());
        session.set_current(run.current.clone());
        let limits = run.limits(plugin).await?;
        let (plugin, interrupt, runtime) = (plugin.clone(), run.interrupt.clone(), Handle::current());
        let callers = run.access.clone();
        Ok(Self(Arc::new(Inner { session, access, callers, plugin, interrupt, limits, runtime, nesting, kind })))
    }

    /// The capabilities for what the component imports. A scorer runs on threads that must not wait: what it reaches is
    /// the model, which is read before.
    pub(crate) fn capabilities(&self, requests: &[&str], conduct: &Conduct) -> Capabilities {
        let waits = self.kind != FunctionKind::Scorer;
        let asks = |name: &str| requests.contains(&name);
        let metrics = conduct.watch.clone().map(|watch| watch as Arc<dyn Metrics>);
        Capabilities {
            log: conduct.watch.clone().map(|watch| watch as Arc<dyn LogSink>),
            storage: (waits && asks("storage")).then(|| Arc::new(self.clone()) as _),
            query: (waits && asks("query")).then(|| Arc::new(self.clone()) as _),
            catalog: (waits && asks("catalog")).then(|| Arc::new(self.clone()) as _),
            state: (waits && asks("state")).then(|| Arc::new(self.clone()) as _),
            metrics: metrics.filter(|_| asks("metrics")),
            clock: asks("clock").then(|| Arc::new(Wall) as _),
            random: asks("random").then(|| conduct.seed.map_or(Seed::System, Seed::Fixed)),
            http: (waits && (asks("http") || asks("secrets"))).then(|| Arc::new(http::Egress::new(self.clone())) as _),
            model: None,
        }
    }
}

impl std::ops::Deref for Reach {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// The context of a statement of the plugin.
    fn statement<'a>(&'a self, text: &'a str) -> Run<'a> {
        let run = Run::new(&self.session, self.access.clone(), text);
        Run { interrupt: self.interrupt.clone(), nesting: self.nesting, ..run }
    }

    /// Wait for work to be done, unless the statement is cancelled first, or it takes longer than a guest may: that one
    /// is stopped as soon as it runs again.
    fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Granted<T> {
        let cancelled = async {
            while !self.interrupt.is_triggered() {
                tokio::time::sleep(TICK).await;
            }
        };
        let (limit, time) = self.limits.time(self.kind);
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done.map_err(refusal),
                () = cancelled => Err(Refusal::Failed("the statement was cancelled".to_owned())),
                () = tokio::time::sleep(time) => {
                    let what = format!("what plugin {} waited for", self.plugin.name);
                    Err(Refusal::Limit(self.limits.reached(what, limit).to_string()))
                }
            }
        })
    }
}

/// The error of a statement, for the plugin that asked for it.
fn refusal(error: Error) -> Refusal {
    use polder_catalog::Error as Catalog;
    use polder_storage::Error as Storage;
    let text = error.to_string();
    match error {
        Error::Catalog(
            Catalog::Denied(_) | Catalog::NotAsked { .. } | Catalog::AdminOnly { .. } | Catalog::OwnerOnly { .. },
        )
        | Error::Untrusted { .. } => Refusal::Denied(text),
        Error::Catalog(Catalog::NotFound { .. }) | Error::Storage(Storage::NoSuchFile(_)) => Refusal::NotFound(text),
        Error::Storage(Storage::Path { .. } | Storage::Violation { .. }) => Refusal::Invalid(text),
        Error::Catalog(Catalog::Database(_) | Catalog::Lock(_) | Catalog::Corrupt(_)) => Refusal::Failed(text),
        Error::Sandbox(polder_sandbox::Error::Limit { .. }) => Refusal::Limit(text),
        Error::Market(polder_market::Error::NotFound(_)) => Refusal::NotFound(text),
        Error::Catalog(_) | Error::Syntax(_) | Error::Incomplete(_) | Error::Unsupported(_) | Error::Invalid(_) => {
            Refusal::Invalid(text)
        }
        Error::Cancelled
        | Error::Market(_)
        | Error::Storage(_)
        | Error::Sandbox(_)
        | Error::Engine(_)
        | Error::File { .. } => Refusal::Failed(text),
    }
}

/// The wall clock.
struct Wall;

impl Clock for Wall {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}
