//! Attacks on what the host serves. What it answers is handed on, so that the test sees it.

use crate::columns::{field, int64_array, one, texts};
use crate::data::{Array, Batch};
use crate::polder::host::errors::Error;
use crate::query::{Mode, Once, Writer};
use crate::storage::{Upload, Volume};
use crate::{Outputs, catalog, metrics, query, random, state, told};

pub const NAMES: &[&str] = &[
    "volumes_many",
    "uploads_many",
    "handle_never",
    "handle_dropped",
    "handle_other",
    "read",
    "read_beyond",
    "write",
    "list",
    "delete",
    "write_panic",
    "write_abandon",
    "write_forget",
    "sql",
    "sql_with",
    "sql_list",
    "sql_two_rows",
    "parameter_lie",
    "write_rows",
    "rows_panic",
    "rows_abandon",
    "rows_forget",
    "rows_lie",
    "rows_of_another_type",
    "state_set",
    "state_get",
    "state_keys",
    "state_flood",
    "state_key",
    "random_flood",
    "metrics_flood",
    "comment",
    "tag",
    "look",
    "commit_twice",
    "writer_name",
];

fn words(error: Error) -> String {
    match error {
        Error::Denied(text) => format!("denied: {text}"),
        Error::NotFound(text) => format!("not found: {text}"),
        Error::Invalid(text) => format!("invalid: {text}"),
        Error::Limit(text) => format!("limit: {text}"),
        Error::Failed(text) => format!("failed: {text}"),
    }
}

fn nothing() -> Batch {
    Batch { rows: 0, arrays: vec![] }
}

/// All rows of a statement: how many there are, and the first text among them.
fn rows(rows: query::Rows) -> Result<Outputs, String> {
    let text = rows.schema().first().is_some_and(|field| field.format == "u");
    let (mut count, mut first) = (0, String::new());
    while let Some(batch) = rows.next().map_err(words)? {
        if count == 0 && text && batch.rows > 0 {
            first = crate::columns::text(&batch.arrays[0]);
        }
        count += batch.rows;
    }
    Ok(vec![("rows".into(), count.to_string()), ("first".into(), serde_json::Value::from(first).to_string())])
}

fn upload(volume: &str, path: &str) -> Result<Upload, String> {
    let upload = Volume::open(volume).map_err(words)?.write(path).map_err(words)?;
    for _ in 0..24 {
        upload.write(&vec![7; 1 << 20]).map_err(words)?;
    }
    Ok(upload)
}

fn writer(table: &str, batches: usize) -> Result<Writer, String> {
    let writer = Writer::open(table, &[field("n", "l")], &Mode::Append, None).map_err(words)?;
    for _ in 0..batches {
        writer.push(&one(int64_array(0..1000))).map_err(words)?;
    }
    Ok(writer)
}

pub fn run(name: &str, a: &str, b: &str) -> Result<Outputs, String> {
    match name {
        "volumes_many" => {
            let open: Result<Vec<_>, _> = (0..10_000).map(|_| Volume::open(a)).collect();
            told(open.map_err(words)?.len())
        }
        "uploads_many" => {
            let volume = Volume::open(a).map_err(words)?;
            let open: Result<Vec<_>, _> = (0..10_000).map(|i| volume.write(&format!("f{i}"))).collect();
            told(open.map_err(words)?.len())
        }
        "handle_never" => {
            let volume = std::mem::ManuallyDrop::new(unsafe { Volume::from_handle(0x1234) });
            told(volume.stat("x").map_err(words)?.size)
        }
        "handle_dropped" => {
            let volume = Volume::open(a).map_err(words)?;
            let number = volume.handle();
            drop(volume);
            let volume = std::mem::ManuallyDrop::new(unsafe { Volume::from_handle(number) });
            told(volume.stat("x").map_err(words)?.size)
        }
        "handle_other" => {
            let volume = Volume::open(a).map_err(words)?;
            let upload = std::mem::ManuallyDrop::new(unsafe { Upload::from_handle(volume.handle()) });
            upload.write(b"x").map_err(words)?;
            told("written")
        }
        "commit_twice" => {
            let upload = upload(a, b)?;
            let number = upload.handle();
            Upload::commit(upload).map_err(words)?;
            told(Upload::commit(unsafe { Upload::from_handle(number) }).map_err(words)?.size)
        }
        "read" => {
            let bytes = Volume::open(a).map_err(words)?.read(b, 0, 1 << 20).map_err(words)?;
            told(String::from_utf8_lossy(&bytes).into_owned())
        }
        "read_beyond" => {
            let volume = Volume::open(a).map_err(words)?;
            let beyond = volume.read(b, u64::MAX, u32::MAX).map_err(words)?;
            let all = volume.read(b, 0, u32::MAX).map_err(words)?;
            told(vec![beyond.len(), all.len()])
        }
        "write" => {
            let upload = Volume::open(a).map_err(words)?.write(b).map_err(words)?;
            upload.write(b"written by an attacker").map_err(words)?;
            told(Upload::commit(upload).map_err(words)?.size)
        }
        "list" => {
            let entries = Volume::open(a).map_err(words)?.list(b, None).map_err(words)?;
            told(entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>())
        }
        "delete" => {
            Volume::open(a).map_err(words)?.delete(b).map_err(words)?;
            told("deleted")
        }
        "write_panic" => {
            let _upload = upload(a, b)?;
            panic!("in the middle of a file");
        }
        "write_abandon" => {
            drop(upload(a, b)?);
            told("abandoned")
        }
        "write_forget" => {
            std::mem::forget(upload(a, b)?);
            told("forgotten")
        }
        "sql" => rows(query::run(a, &[], &nothing()).map_err(words)?),
        "sql_with" => {
            let value = one(texts([0, b.len() as i32], b.as_bytes()));
            rows(query::run(a, &[field("p", "u")], &value).map_err(words)?)
        }
        "sql_list" => {
            let list = crate::data::Field { children: 1, ..field("p", "+l") };
            let offsets = texts([0, 1], b"");
            let list_array = Array { buffers: vec![offsets.buffers[0].clone()], ..offsets };
            let value = Batch { rows: 1, arrays: vec![list_array, int64_array([1])] };
            rows(query::run(a, &[list, field("item", "l")], &value).map_err(words)?)
        }
        "sql_two_rows" => rows(query::run(a, &[field("p", "l")], &one(int64_array([1, 2]))).map_err(words)?),
        "parameter_lie" => {
            let value = one(texts([0, 100], b"short"));
            rows(query::run(a, &[field("p", "u")], &value).map_err(words)?)
        }
        "write_rows" => told(Writer::commit(writer(a, 10)?).map_err(words)?),
        "rows_panic" => {
            let _writer = writer(a, 100)?;
            panic!("in the middle of a commit");
        }
        "rows_abandon" => {
            drop(writer(a, 100)?);
            told("abandoned")
        }
        "rows_forget" => {
            std::mem::forget(writer(a, 100)?);
            told("forgotten")
        }
        "rows_lie" => {
            let writer = writer(a, 10)?;
            let lie = Array { length: 1000, ..int64_array([1]) };
            writer.push(&Batch { rows: 1000, arrays: vec![lie] }).map_err(words)?;
            told(Writer::commit(writer).map_err(words)?)
        }
        "rows_of_another_type" => {
            let writer = Writer::open(a, &[field("n", "u")], &Mode::Append, None).map_err(words)?;
            writer.push(&one(texts([0, 4], b"text"))).map_err(words)?;
            told(Writer::commit(writer).map_err(words)?)
        }
        "writer_name" => {
            let once = Once { application: "a\u{0}b".into(), version: i64::MIN };
            let writer = Writer::open(a, &[field("n", "l")], &Mode::Append, Some(&once)).map_err(words)?;
            told(Writer::commit(writer).map_err(words)?)
        }
        "state_set" => {
            state::set(a, b.as_bytes()).map_err(words)?;
            told("set")
        }
        "state_get" => {
            let value = state::get(a).map_err(words)?;
            told(value.map(|value| String::from_utf8_lossy(&value).into_owned()))
        }
        "state_keys" => told(state::keys(a, None).map_err(words)?),
        "state_flood" => {
            for i in 0..10_000 {
                state::set(&format!("key{i}"), &vec![1; 1 << 20]).map_err(words)?;
            }
            told("all")
        }
        "state_key" => {
            state::set("a\u{0}b", b"x").map_err(words)?;
            told("set")
        }
        "random_flood" => told(random::bytes(u32::MAX).len()),
        "metrics_flood" => {
            for i in 0..10_000 {
                metrics::counter(&format!("m{i}"), 1);
                metrics::gauge(&format!("\u{1b}[2J{i}"), f64::NAN);
            }
            metrics::progress(u64::MAX, Some(0));
            told("all")
        }
        "comment" => {
            catalog::set_comment(a, b).map_err(words)?;
            told("said")
        }
        "tag" => {
            catalog::set_tag(a, b, "x").map_err(words)?;
            told("set")
        }
        "look" => told(catalog::tables(a).map_err(words)?),
        other => Err(format!("there is no task {other}")),
    }
}
