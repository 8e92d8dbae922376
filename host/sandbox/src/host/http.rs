//! `wasi:http`: requests out, by the library of that name, within the limits; where they may go is for whoever
//! implements [`Http`](crate::Http).

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::time::Sleep;
use tracing::Level;
use wasmtime::component::Linker;
use wasmtime_wasi_http::p2::bindings::sync::http as wasi;
use wasmtime_wasi_http::{RequestOptions, WasiHttp, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::capabilities::{Http, HttpBody, HttpError, Unanswered};
use crate::error::clean;
use crate::instance::State;
use crate::{Limits, LogLine, LogSink};

/// Refusals of one instance that are told in the log.
const TOLD: u64 = 100;

pub(super) fn link_handler(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasi::outgoing_handler::add_to_linker::<_, WasiHttp>(linker, State::http)
}

pub(super) fn link_types(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasi::types::add_to_linker::<_, WasiHttp>(linker, &wasi::types::LinkOptions::default(), State::http)
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let outgoing = self.outgoing.get_or_insert_with(|| {
            let shared = Shared {
                what: Arc::clone(&self.what),
                limits: Arc::clone(&self.limits),
                logs: [Some(Arc::clone(&self.runtime.log)), self.capabilities.log.clone()],
                ..Shared::default()
            };
            let requests = Requests { http: self.capabilities.http.clone(), shared: Arc::new(shared) };
            Box::new(Outgoing { library: WasiHttpCtx::new(), requests })
        });
        WasiHttpCtxView { ctx: &mut outgoing.library, hooks: &mut outgoing.requests, table: self.handles.table() }
    }
}

/// What an instance sends.
pub(crate) struct Outgoing {
    library: WasiHttpCtx,
    requests: Requests,
}

impl Outgoing {
    /// Why the last request that has no response has none.
    pub(crate) fn refused(&self) -> Option<String> {
        self.requests.shared.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Requests {
    http: Option<Arc<dyn Http>>,
    shared: Arc<Shared>,
}

/// What all requests of an instance count together.
#[derive(Default)]
struct Shared {
    what: Arc<str>,
    limits: Arc<Limits>,
    logs: [Option<Arc<dyn LogSink>>; 2],
    sent: AtomicU64,
    open: AtomicUsize,
    request_bytes: AtomicU64,
    response_bytes: AtomicU64,
    told: AtomicU64,
    last: Mutex<Option<String>>,
}

impl Shared {
    /// Tells why there is no response, and gives the code for it.
    fn tell(&self, unanswered: Unanswered) -> HttpError {
        let why = clean(&unanswered.why, self.limits.log_line_bytes);
        if self.told.fetch_add(1, Ordering::Relaxed) < TOLD {
            let line = LogLine { what: &self.what, level: Level::WARN, message: &why, fields: &[] };
            self.logs.iter().flatten().for_each(|log| log.log(&line));
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        unanswered.code
    }

    fn over(&self, limit: &'static str, code: HttpError) -> HttpError {
        self.tell(Unanswered { code, why: self.limits.reached(&*self.what, limit).to_string() })
    }

    /// A place among the requests that are open at once.
    fn place(self: &Arc<Self>) -> Result<Open, HttpError> {
        if self.sent.fetch_add(1, Ordering::Relaxed) >= self.limits.http_requests {
            return Err(self.over("http_requests", HttpError::HttpRequestDenied));
        }
        let place = Open(Arc::clone(self));
        match self.open.fetch_add(1, Ordering::Relaxed) < self.limits.http_connections {
            true => Ok(place),
            false => Err(self.over("http_connections", HttpError::ConnectionLimitReached)),
        }
    }
}

/// A request that is open, until its body and its response are dropped.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

type Answered = (http::Response<HttpBody>, Box<dyn Future<Output = Result<(), HttpError>> + Send>);

impl WasiHttpHooks for Requests {
    /// What waits in the host is nobody's memory: it is little.
    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        64 << 10
    }

    /// The host's name is the URL's.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: http::Request<HttpBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answered, HttpError>> + Send> {
        let (http, shared) = (self.http.clone(), Arc::clone(&self.shared));
        let options = options.unwrap_or_default();
        Box::new(async move {
            let Some(http) = http else {
                let why = "http is not available here".to_owned();
                return Err(shared.tell(Unanswered { code: HttpError::HttpRequestDenied, why }));
            };
            let place = Arc::new(shared.place()?);
            let time = shared.limits.http_time.min(options.first_byte_timeout.unwrap_or(Duration::MAX));
            let request = request.map(|body| Metered::new(body, &place, Direction::Request).boxed_unsync());
            let response = match tokio::time::timeout(time, http.send(request)).await {
                // That a body is too large was told where it was counted.
                Ok(Err(Unanswered { code: code @ HttpError::HttpRequestBodySize(_), .. })) => return Err(code),
                Ok(response) => response.map_err(|unanswered| shared.tell(unanswered))?,
                Err(_) if time == shared.limits.http_time => {
                    return Err(shared.over("http_time", HttpError::ConnectionReadTimeout));
                }
                Err(_) => return Err(HttpError::ConnectionReadTimeout),
            };
            *shared.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let between = options.between_bytes_timeout;
            let response = response
                .map(|body| Metered { between, ..Metered::new(body, &place, Direction::Response) }.boxed_unsync());
            Ok((response, Box::new(async { Ok(()) }) as _))
        })
    }
}

/// A body whose bytes are counted against a limit.
struct Metered {
    body: HttpBody,
    open: Arc<Open>,
    direction: Direction,
    /// How long the next part may take once it is waited for, and until when it then has time.
    between: Option<Duration>,
    patience: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy)]
enum Direction {
    Request,
    Response,
}

impl Metered {
    fn new(body: HttpBody, open: &Arc<Open>, direction: Direction) -> Self {
        Self { body, open: Arc::clone(open), direction, between: None, patience: None }
    }

    fn count(&self, bytes: usize) -> Result<(), HttpError> {
        let Open(shared) = &*self.open;
        let Shared { limits, request_bytes, response_bytes, .. } = &**shared;
        let (limit, total, most) = match self.direction {
            Direction::Request => ("http_request_bytes", request_bytes, limits.http_request_bytes),
            Direction::Response => ("http_response_bytes", response_bytes, limits.http_response_bytes),
        };
        let bytes = bytes as u64;
        if total.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= most {
            return Ok(());
        }
        let code = match self.direction {
            Direction::Request => HttpError::HttpRequestBodySize(Some(most)),
            Direction::Response => HttpError::HttpResponseBodySize(Some(most)),
        };
        Err(shared.over(limit, code))
    }
}

impl Body for Metered {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                self.patience = None;
                Poll::Ready(frame.map(|frame| {
                    let frame = frame?;
                    self.count(frame.data_ref().map_or(0, Bytes::len))?;
                    Ok(frame)
                }))
            }
            Poll::Pending => {
                let Some(time) = self.between else { return Poll::Pending };
                let patience = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
                ready!(patience.as_mut().poll(context));
                Poll::Ready(Some(Err(HttpError::ConnectionReadTimeout)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
