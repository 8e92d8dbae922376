//! What guests log: to whoever watches, within bounds.

use std::time::{Duration, Instant};

use tracing::Level;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, WasmList, WasmStr};

use crate::bindings::polder::host::log::Level as GuestLevel;
use crate::error::clean;
use crate::instance::State;

/// The one thing that the functions world may import.
pub(crate) const INTERFACE: &str = "polder:host/log@0.1.0";
/// Fields of one line that are kept.
const FIELDS: usize = 16;

/// A line that a guest logged, cut to its limits and free of control characters.
#[derive(Debug)]
pub struct LogLine<'a> {
    /// What ran, such as "function `f` of plugin 3f2a91c0d4e5".
    pub what: &'a str,
    /// How grave it is.
    pub level: Level,
    /// The message.
    pub message: &'a str,
    /// Names and values.
    pub fields: &'a [(String, String)],
}

/// Takes the lines that guests log. Called on the thread that runs the guest, so it must not block.
pub trait LogSink: Send + Sync {
    /// Takes one line.
    fn log(&self, line: &LogLine<'_>);
}

/// The default: lines become events of the `tracing` crate with the target `polder::plugin`.
pub(crate) struct Tracing;

impl LogSink for Tracing {
    fn log(&self, line: &LogLine<'_>) {
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "polder::plugin", $level, by = line.what, fields = ?line.fields, "{}", line.message
                )
            };
        }
        match line.level {
            Level::ERROR => event!(Level::ERROR),
            Level::WARN => event!(Level::WARN),
            Level::INFO => event!(Level::INFO),
            Level::DEBUG => event!(Level::DEBUG),
            Level::TRACE => event!(Level::TRACE),
        }
    }
}

/// What an instance has logged so far.
#[derive(Default)]
pub(crate) struct Journal {
    bytes: usize,
    full: bool,
    /// When the running second began, and its lines.
    second: Option<(Instant, u32)>,
    /// The last error logged in the running call: if the guest then crashes, this is why.
    pub(crate) last_error: Option<String>,
}

impl Journal {
    /// One more line; gives how many there are in this second.
    fn in_second(&mut self) -> u32 {
        let now = Instant::now();
        let (began, lines) = self.second.get_or_insert((now, 0));
        if now.duration_since(*began) >= Duration::from_secs(1) {
            (*began, *lines) = (now, 0);
        }
        *lines = lines.saturating_add(1);
        *lines
    }
}

/// Links the import. The strings are read in the guest's memory and cut before anything is copied.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type Line = (GuestLevel, WasmStr, WasmList<(WasmStr, WasmStr)>);
    linker.instance(INTERFACE)?.func_wrap(
        "log",
        |mut store: StoreContextMut<'_, State>, (level, message, fields): Line| {
            // The last error is kept in any case: it may be the reason of a crash.
            if store.data().journal.full && level != GuestLevel::Error {
                return Ok(());
            }
            let most = store.data().limits.log_line_bytes;
            let message = clean(&message.to_str(&store)?, most);
            let pairs: Vec<_> = fields.iter(&mut store)?.take(FIELDS).collect::<wasmtime::Result<_>>()?;
            let mut shown = Vec::with_capacity(pairs.len());
            for (name, value) in pairs {
                shown.push((clean(&name.to_str(&store)?, most / 8), clean(&value.to_str(&store)?, most)));
            }
            store.data_mut().write(level, message, &shown);
            Ok(())
        },
    )
}

impl State {
    fn write(&mut self, level: GuestLevel, message: String, fields: &[(String, String)]) {
        let level = match level {
            GuestLevel::Trace => Level::TRACE,
            GuestLevel::Debug => Level::DEBUG,
            GuestLevel::Info => Level::INFO,
            GuestLevel::Warn => Level::WARN,
            GuestLevel::Error => Level::ERROR,
        };
        if level == Level::ERROR {
            self.journal.last_error = Some(message.clone());
        }
        if self.journal.full {
            return;
        }
        let most = self.limits.log_rate;
        match self.journal.in_second() {
            lines if lines <= most => {}
            lines if lines == most.saturating_add(1) => {
                let message = format!("log limit of {most} lines in a second reached, the next ones in it are dropped");
                self.tell(&LogLine { what: &self.what, level: Level::WARN, message: &message, fields: &[] });
                return;
            }
            _ => return,
        }
        let cost = message.len() + fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        self.journal.bytes = self.journal.bytes.saturating_add(cost.max(1));
        if self.journal.bytes > self.limits.log_bytes {
            self.journal.full = true;
            let message = format!("log limit of {} bytes reached, later lines are dropped", self.limits.log_bytes);
            self.tell(&LogLine { what: &self.what, level: Level::WARN, message: &message, fields: &[] });
            return;
        }
        self.tell(&LogLine { what: &self.what, level, message: &message, fields });
    }

    fn tell(&self, line: &LogLine<'_>) {
        self.runtime.log.log(line);
        if let Some(log) = &self.capabilities.log {
            log.log(line);
        }
    }
}
