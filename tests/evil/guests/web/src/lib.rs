//! Requests over HTTP that attack, and a function that sends one, which no function may.

#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;

wit_bindgen::generate!({
    path: "../../../../wit",
    inline: "
        package evil:web;
        world web {
            import polder:host/log@0.1.0;
            import polder:host/secrets@0.1.0;
            import polder:host/model@0.1.0;
            import wasi:http/outgoing-handler@0.2.12;
            export polder:plugin/description@0.1.0;
            export polder:plugin/udf@0.1.0;
            export polder:plugin/tasks@0.1.0;
            export polder:plugin/scorers@0.1.0;
        }
    ",
    world: "evil:web/web",
    generate_all,
});

use exports::polder::plugin::{description, scorers, tasks, udf};
use polder::host::{data, model, secrets};
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, OutgoingRequest, Scheme};
use wasi::io::poll::poll;

use data::{Batch, Schema};
use description::{Capability, Function, FunctionKind, Parameter, Plugin, Volatility};
use polder::plugin::call::{Argument, Error};

const SCALARS: [&str; 2] = ["send_here", "wait_here"];

const SCORERS: [&str; 2] = ["send_score", "wait_score"];

const TASKS: [&str; 11] = [
    "wait_silent",
    "poll_silent",
    "poll_nothing",
    "pollables_flood",
    "body_never_sent",
    "fields_flood",
    "placeholder_flood",
    "requests_flood",
    "parent_first",
    "answer_twice",
    "smuggle",
];

struct Attacks;

impl description::Guest for Attacks {
    fn describe() -> Plugin {
        let wants = |name: &str, privilege: &str, kind: &str| Capability {
            name: name.into(),
            privilege: privilege.into(),
            kind: kind.into(),
            on: String::new(),
            reason: "to attack".into(),
        };
        let functions = SCALARS.iter().map(|name| function(name, FunctionKind::Scalar));
        Plugin {
            name: "web".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: functions
                .chain(SCORERS.iter().map(|name| scorer(name)))
                .chain(TASKS.iter().map(|name| function(name, FunctionKind::Task)))
                .collect(),
            capabilities: vec![
                wants("http", "USE CONNECTION", "CONNECTION"),
                wants("secrets", "", ""),
                wants("model", "READ VOLUME", "VOLUME"),
            ],
        }
    }
}

fn function(name: &str, kind: FunctionKind) -> Function {
    let returns = (kind == FunctionKind::Scalar).then(|| vec![columns::field("told", "u")]);
    Function {
        name: name.into(),
        kind,
        doc: String::new(),
        parameters: vec![Parameter {
            name: "url".into(),
            type_: Some(vec![columns::field("url", "u")]),
            optional: false,
            doc: String::new(),
        }],
        variadic: false,
        returns,
        volatility: Volatility::Volatile,
        examples: vec![],
    }
}

fn scorer(name: &str) -> Function {
    Function { parameters: vec![], ..function(name, FunctionKind::Scorer) }
}

fn request(url: &str) -> OutgoingRequest {
    request_with(url, Fields::new())
}

fn request_with(url: &str, headers: Fields) -> OutgoingRequest {
    let request = OutgoingRequest::new(headers);
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some(&format!("/{path}"))).unwrap();
    request
}

fn send(url: &str) -> Result<FutureIncomingResponse, ErrorCode> {
    handle(request(url), None)
}

fn answered(url: &str) -> Result<IncomingResponse, String> {
    let coming = send(url).map_err(|code| format!("{code:?}"))?;
    coming.subscribe().block();
    coming.get().unwrap().unwrap().map_err(|code| format!("{code:?}"))
}

struct Scalar(String);

impl udf::GuestScalar for Scalar {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::Scalar, Error> {
        Ok(udf::Scalar::new(Self(name)))
    }

    fn returns(&self) -> Schema {
        vec![columns::field("told", "u")]
    }

    fn call(&self, arguments: Batch) -> Result<Batch, Error> {
        let url = columns::text(&arguments.arrays[0]);
        let told = match self.0.as_str() {
            "send_here" => format!("{:?}", send(&url).map(|coming| coming.get().is_some())),
            // A stream that waits for somebody who takes what is written.
            _ => {
                let request = request(&url);
                let body = request.body().unwrap();
                let stream = body.write().unwrap();
                format!("{:?}", (0..100).try_for_each(|_| stream.blocking_write_and_flush(&[0; 4096])))
            }
        };
        Ok(columns::one(columns::texts([0, told.len() as i32], told.as_bytes())))
    }
}

struct None_;

impl udf::GuestAggregate for None_ {
    fn bind(_: String, _: Vec<Argument>) -> Result<udf::Aggregate, Error> {
        unreachable!()
    }
    fn returns(&self) -> Schema {
        unreachable!()
    }
    fn state_schema(&self) -> Schema {
        unreachable!()
    }
    fn update(&self, _: Batch, _: Vec<u32>, _: u32) -> Result<(), Error> {
        unreachable!()
    }
    fn merge(&self, _: Batch, _: Vec<u32>, _: u32) -> Result<(), Error> {
        unreachable!()
    }
    fn state(&self, _: Option<u32>) -> Result<Batch, Error> {
        unreachable!()
    }
    fn evaluate(&self, _: Option<u32>) -> Result<Batch, Error> {
        unreachable!()
    }
    fn size(&self) -> u64 {
        unreachable!()
    }
}

impl udf::GuestTableFunction for None_ {
    fn bind(_: String, _: Vec<Argument>) -> Result<udf::TableFunction, Error> {
        unreachable!()
    }
    fn returns(&self) -> Schema {
        unreachable!()
    }
    fn open(&self, _: Batch) -> Result<(), Error> {
        unreachable!()
    }
    fn next(&self, _: u32) -> Result<Option<udf::Rows>, Error> {
        unreachable!()
    }
}

impl udf::Guest for Attacks {
    type Scalar = Scalar;
    type Aggregate = None_;
    type TableFunction = None_;
}

/// What it has sent, or where it has waited.
struct Score(String);

impl scorers::GuestScorer for Score {
    fn load(name: String, _: Schema) -> Result<scorers::Scorer, Error> {
        let files = model::artifacts().map_err(|error| Error { message: format!("{error:?}"), row: None })?;
        assert_eq!(files.len(), 1);
        Ok(scorers::Scorer::new(Self(name)))
    }

    fn returns(&self) -> Schema {
        vec![columns::field("told", "u")]
    }

    fn score(&self, input: Batch) -> Result<Batch, Error> {
        let url = columns::text(&input.arrays[0]);
        let coming = send(&url);
        if self.0 == "wait_score" {
            let told = answered(&url);
            return Err(Error { message: format!("{told:?}"), row: None });
        }
        let told = format!("{:?}", coming.map(|coming| coming.get().is_some()));
        Ok(columns::one(columns::texts([0, told.len() as i32], told.as_bytes())))
    }
}

impl scorers::Guest for Attacks {
    type Scorer = Score;
}

impl tasks::Guest for Attacks {
    fn run(name: String, parameters: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
        let url: String = serde_json::from_str(&parameters[0].1).unwrap();
        let told = match name.as_str() {
            "wait_silent" => format!("{:?}", answered(&url)?.status()),
            "poll_silent" => {
                let coming = send(&url).map_err(|code| format!("{code:?}"))?;
                let ready = coming.subscribe();
                while !ready.ready() {}
                "ready".into()
            }
            "poll_nothing" => format!("{:?}", poll(&[])),
            "pollables_flood" => {
                let coming = send(&url).map_err(|code| format!("{code:?}"))?;
                let held: Vec<_> = (0..1_000_000).map(|_| coming.subscribe()).collect();
                format!("{}", held.len())
            }
            "body_never_sent" => {
                let request = request(&url);
                let body = request.body().unwrap();
                let stream = body.write().unwrap();
                (0..1_000_000)
                    .try_for_each(|_| stream.blocking_write_and_flush(&[0; 4096]))
                    .map_err(|e| format!("{e:?}"))?;
                "written".into()
            }
            "fields_flood" => {
                let fields = Fields::new();
                for number in 0..1_000_000 {
                    let name = format!("x-{number}");
                    fields.append(&name, &[b'x'; 1 << 10]).map_err(|error| format!("field {number}: {error:?}"))?;
                }
                "all".into()
            }
            "placeholder_flood" => {
                let first = secrets::placeholder("peer", "key").map_err(|error| format!("{error:?}"))?;
                for _ in 0..100 {
                    assert_eq!(secrets::placeholder("peer", "key").ok().as_ref(), Some(&first));
                }
                "the same".into()
            }
            "requests_flood" => {
                let mut last = String::new();
                for _ in 0..1000 {
                    last = answered(&url).map_or_else(|code| code, |answer| answer.status().to_string());
                }
                return Err(last);
            }
            "parent_first" => {
                let answer = answered(&url)?;
                let body = answer.consume().unwrap();
                let stream = body.stream().unwrap();
                drop(body);
                format!("{:?}", stream.blocking_read(10))
            }
            "answer_twice" => {
                let answer = answered(&url)?;
                let body = answer.consume().unwrap();
                let first = body.stream().unwrap();
                format!(
                    "{:?} {:?} {:?}",
                    answer.consume().is_err(),
                    body.stream().is_err(),
                    first.blocking_read(4).is_ok()
                )
            }
            "smuggle" => {
                let mut told = Vec::new();
                for (name, value) in [
                    ("x", "a\r\nx-b: c"),
                    ("x\r\nx-b", "c"),
                    ("x", "a\0"),
                    ("transfer-encoding", "chunked"),
                    ("host", "evil.example"),
                    ("", "x"),
                ] {
                    told.push(Fields::from_list(&[(name.into(), value.into())]).is_err());
                }
                let odd = OutgoingRequest::new(Fields::new());
                for path in ["/a HTTP/1.1\r\nx: y", "/a\0", "/a b"] {
                    told.push(odd.set_path_with_query(Some(path)).is_err());
                }
                for authority in ["h\r\nx: y", "h h"] {
                    told.push(odd.set_authority(Some(authority)).is_err());
                }
                format!("{told:?}")
            }
            other => return Err(format!("there is no {other}")),
        };
        Ok(vec![("told".into(), serde_json::Value::from(told).to_string())])
    }
}

export!(Attacks);
