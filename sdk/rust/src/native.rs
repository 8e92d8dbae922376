//! The host's interfaces where there is no host, in the shapes that the bindings have in the sandbox, so that all
//! else is compiled alike and authors can test what does not need a host. What can fail fails; the rest does what a
//! test would want.

/// Nothing of this kind can be opened here.
#[derive(Clone, Copy)]
enum Never {}

fn outside<T>() -> Result<T, errors::Error> {
    Err(errors::Error::Failed("this works inside Polder only".into()))
}

#[expect(dead_code, reason = "the host gives them")]
pub(crate) mod errors {
    pub(crate) enum Error {
        Denied(String),
        NotFound(String),
        Invalid(String),
        Limit(String),
        Failed(String),
    }
}

use errors::Error;

#[expect(dead_code, reason = "nobody reads them here")]
pub(crate) mod data {
    pub(crate) type Schema = Vec<Field>;

    pub(crate) struct Field {
        pub(crate) name: String,
        pub(crate) format: String,
        pub(crate) nullable: bool,
        pub(crate) children: u32,
        pub(crate) metadata: Vec<(String, String)>,
    }

    pub(crate) struct Array {
        pub(crate) length: u32,
        pub(crate) null_count: u32,
        pub(crate) validity: Vec<u8>,
        pub(crate) buffers: Vec<Vec<u8>>,
    }

    pub(crate) struct Batch {
        pub(crate) rows: u32,
        pub(crate) arrays: Vec<Array>,
    }
}

pub(crate) mod storage {
    use super::{Error, Never, outside};

    pub(crate) struct Volume(Never);
    pub(crate) struct Upload(Never);

    pub(crate) struct Entry {
        pub(crate) path: String,
        pub(crate) size: u64,
        pub(crate) modified: u64,
    }

    impl Volume {
        pub(crate) fn open(_: &str) -> Result<Self, Error> {
            outside()
        }

        pub(crate) fn list(&self, _: &str, _: Option<&str>) -> Result<Vec<Entry>, Error> {
            match self.0 {}
        }

        pub(crate) fn stat(&self, _: &str) -> Result<Entry, Error> {
            match self.0 {}
        }

        pub(crate) fn read(&self, _: &str, _: u64, _: u32) -> Result<Vec<u8>, Error> {
            match self.0 {}
        }

        pub(crate) fn write(&self, _: &str) -> Result<Upload, Error> {
            match self.0 {}
        }

        pub(crate) fn delete(&self, _: &str) -> Result<(), Error> {
            match self.0 {}
        }
    }

    impl Upload {
        pub(crate) fn write(&self, _: &[u8]) -> Result<(), Error> {
            match self.0 {}
        }

        pub(crate) fn commit(this: Self) -> Result<Entry, Error> {
            match this.0 {}
        }
    }
}

pub(crate) mod query {
    use super::data::{Batch, Field, Schema};
    use super::{Error, Never, outside};

    pub(crate) struct Rows(Never);
    pub(crate) struct Writer(Never);

    #[expect(dead_code, reason = "nobody reads them here")]
    pub(crate) enum Mode {
        Append,
        Overwrite,
        Merge(Vec<String>),
    }

    #[expect(dead_code, reason = "nobody reads them here")]
    pub(crate) struct Once {
        pub(crate) application: String,
        pub(crate) version: i64,
    }

    pub(crate) fn run(_: &str, _: &[Field], _: &Batch) -> Result<Rows, Error> {
        outside()
    }

    impl Rows {
        pub(crate) fn schema(&self) -> Schema {
            match self.0 {}
        }

        pub(crate) fn next(&self) -> Result<Option<Batch>, Error> {
            match self.0 {}
        }
    }

    impl Writer {
        pub(crate) fn open(_: &str, _: &[Field], _: &Mode, _: Option<&Once>) -> Result<Self, Error> {
            outside()
        }

        pub(crate) fn push(&self, _: &Batch) -> Result<(), Error> {
            match self.0 {}
        }

        pub(crate) fn commit(this: Self) -> Result<u64, Error> {
            match this.0 {}
        }
    }
}

pub(crate) mod catalog {
    use super::data::Schema;
    use super::{Error, outside};

    pub(crate) struct TableInfo {
        pub(crate) name: String,
        pub(crate) comment: Option<String>,
        pub(crate) tags: Vec<(String, String)>,
        pub(crate) columns: Schema,
        pub(crate) version: Option<u64>,
    }

    pub(crate) struct FunctionInfo {
        pub(crate) name: String,
        pub(crate) kind: String,
        pub(crate) signature: String,
        pub(crate) comment: Option<String>,
    }

    pub(crate) fn schemas(_: &str) -> Result<Vec<String>, Error> {
        outside()
    }

    pub(crate) fn tables(_: &str) -> Result<Vec<String>, Error> {
        outside()
    }

    pub(crate) fn table(_: &str) -> Result<TableInfo, Error> {
        outside()
    }

    pub(crate) fn functions(_: &str) -> Result<Vec<FunctionInfo>, Error> {
        outside()
    }

    pub(crate) fn set_comment(_: &str, _: &str) -> Result<(), Error> {
        outside()
    }

    pub(crate) fn set_tag(_: &str, _: &str, _: &str) -> Result<(), Error> {
        outside()
    }

    pub(crate) fn unset_tag(_: &str, _: &str) -> Result<(), Error> {
        outside()
    }
}

pub(crate) mod state {
    use super::{Error, outside};

    pub(crate) fn get(_: &str) -> Result<Option<Vec<u8>>, Error> {
        outside()
    }

    pub(crate) fn set(_: &str, _: &[u8]) -> Result<(), Error> {
        outside()
    }

    pub(crate) fn delete(_: &str) -> Result<(), Error> {
        outside()
    }

    pub(crate) fn keys(_: &str, _: Option<&str>) -> Result<Vec<String>, Error> {
        outside()
    }
}

/// To stderr, like the log.
pub(crate) mod metrics {
    pub(crate) fn counter(name: &str, add: u64) {
        eprintln!("{name} + {add}");
    }

    pub(crate) fn gauge(name: &str, value: f64) {
        eprintln!("{name} = {value}");
    }

    pub(crate) fn progress(done: u64, total: Option<u64>) {
        match total {
            Some(total) => eprintln!("{done} of {total}"),
            None => eprintln!("{done} done"),
        }
    }
}

pub(crate) mod clock {
    use std::time::{SystemTime, UNIX_EPOCH};

    pub(crate) fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }
}

pub(crate) mod random {
    use std::hash::{BuildHasher, RandomState};

    pub(crate) fn bytes(length: u32) -> Vec<u8> {
        let words = (0..length.div_ceil(8)).map(|word| RandomState::new().hash_one(word).to_le_bytes());
        words.flatten().take(length as usize).collect()
    }
}

pub(crate) mod secrets {
    use super::{Error, outside};

    pub(crate) fn placeholder(_: &str, _: &str) -> Result<String, Error> {
        outside()
    }
}

pub(crate) mod http {
    use crate::HostError;
    use crate::http::{Head, Request};
    use std::io::{self, Read};

    pub(crate) struct Incoming(super::Never);

    pub(crate) fn send(_: &Request) -> Result<(Head, Incoming), HostError> {
        Ok(super::outside()?)
    }

    impl Read for Incoming {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            match self.0 {}
        }
    }
}

pub(crate) mod model {
    use super::{Error, outside};

    pub(crate) struct Artifact {
        pub(crate) path: String,
        pub(crate) size: u64,
    }

    pub(crate) fn artifacts() -> Result<Vec<Artifact>, Error> {
        outside()
    }

    pub(crate) fn read(_: &str, _: u64, _: u32) -> Result<Vec<u8>, Error> {
        outside()
    }
}
