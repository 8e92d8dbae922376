//! Scalar functions. Each attacks in its call, or in the type that it says to return.

use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array, int64s, one, texts};
use crate::data::{Array, Batch, Field, Schema};
use crate::udf;
use crate::{log, log_panics};

pub const NAMES: &[&str] = &[
    "plus_one",
    "spin",
    "spin_log",
    "deep",
    "eat",
    "grow",
    "panic",
    "flood",
    "huge",
    "shout",
    "calls",
    "rows_more",
    "rows_none",
    "rows_claimed",
    "length_huge",
    "short",
    "arrays_more",
    "null_count",
    "not_nullable",
    "bitmap_short",
    "utf8",
    "offsets_beyond",
    "offsets_negative",
    "offsets_backwards",
    "null_flood",
    "type_dictionary",
    "type_run_end",
    "type_view",
    "type_deep",
    "type_wide",
    "type_name",
    "type_metadata",
    "type_children",
    "type_width",
    "type_zone",
    "wild_pointer",
    "negative_length",
    "message",
    "message_huge",
];

pub struct Scalar(String);

impl udf::GuestScalar for Scalar {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::Scalar, Error> {
        log_panics();
        Ok(udf::Scalar::new(Self(name)))
    }

    fn returns(&self) -> Schema {
        returns(&self.0)
    }

    fn call(&self, batch: Batch) -> Result<Batch, Error> {
        call(&self.0, batch)
    }
}

fn returns(name: &str) -> Schema {
    let with = |children, field| Field { children, ..field };
    match name {
        "utf8" | "offsets_beyond" | "offsets_negative" | "offsets_backwards" => vec![field("x", "u")],
        "not_nullable" => vec![Field { nullable: false, ..field("x", "l") }],
        "null_flood" => vec![with(1, field("x", "+l")), field("item", "n")],
        // A dictionary has the format of its indices; the values would be a field beside it, which there is not.
        "type_dictionary" => vec![with(1, field("x", "i")), field("values", "u")],
        "type_run_end" => vec![with(2, field("x", "+r")), field("run_ends", "i"), field("values", "u")],
        "type_view" => vec![field("x", "vu")],
        "type_deep" => (0..100).map(|i| with(u32::from(i < 99), field("x", if i < 99 { "+l" } else { "l" }))).collect(),
        "type_wide" => {
            let fields = (0..100_000).map(|i| field(&format!("f{i}"), "l"));
            std::iter::once(with(100_000, field("x", "+s"))).chain(fields).collect()
        }
        "type_name" => vec![field(&"x".repeat(1 << 20), "l")],
        "type_metadata" => {
            let metadata = (0..1000).map(|i| (i.to_string(), "x".repeat(1000))).collect();
            vec![Field { metadata, ..field("x", "l") }]
        }
        "type_children" => vec![with(u32::MAX, field("x", "+s"))],
        "type_width" => vec![field("x", "w:2147483647")],
        "type_zone" => vec![field("x", &format!("tsu:{}", "Z".repeat(1 << 20)))],
        _ => vec![field("x", "l")],
    }
}

fn call(name: &str, batch: Batch) -> Result<Batch, Error> {
    let rows = batch.rows;
    let bits = rows.div_ceil(8) as usize;
    let good = || int64_array((0..rows).map(i64::from));
    Ok(match name {
        "plus_one" => one(int64_array(int64s(&batch.arrays[0]).into_iter().map(|x| x + 1))),
        "spin" => loop {
            black_box(&batch);
        },
        "spin_log" => loop {
            log::log(log::Level::Info, "again", &[]);
        },
        "deep" => one(int64_array([deep(black_box(1))])),
        "eat" => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(black_box(vec![1; 1 << 20]));
            }
        }
        // As much as there is, page by page, and then it is content.
        "grow" => {
            #[cfg(target_arch = "wasm32")]
            while core::arch::wasm32::memory_grow(0, 1) != usize::MAX {}
            one(good())
        }
        "panic" => panic!("the sky fell on row {}", rows - 1),
        "flood" => {
            for _ in 0..20_000 {
                log::log(log::Level::Warn, "a line \u{1b}[2J of a flood", &[("field\u{7}".into(), "x".repeat(100))]);
            }
            one(good())
        }
        "huge" => Batch { rows, arrays: vec![Array { buffers: vec![vec![0; 20 << 20]], ..good() }] },
        "shout" => {
            for _ in 0..64 {
                log::log(log::Level::Error, &"LOUD".repeat(1 << 20), &[]);
            }
            one(good())
        }
        "calls" => {
            static CALLS: AtomicI64 = AtomicI64::new(0);
            one(int64_array((0..rows).map(|_| CALLS.fetch_add(1, Ordering::Relaxed))))
        }
        "rows_more" => one(int64_array(0..i64::from(rows) + 1)),
        "rows_none" => one(int64_array([])),
        "rows_claimed" => Batch { rows: rows + 1, arrays: vec![good()] },
        "length_huge" => Batch { rows, arrays: vec![Array { length: u32::MAX, ..good() }] },
        "short" => one(Array { buffers: vec![vec![0; 3]], ..good() }),
        "arrays_more" => Batch { rows, arrays: vec![good(), good()] },
        "null_count" => one(Array { null_count: 0, validity: vec![0; bits], ..good() }),
        "not_nullable" => one(Array { null_count: rows, validity: vec![0; bits], ..good() }),
        "bitmap_short" => one(Array { null_count: 1, validity: vec![0], ..good() }),
        "utf8" => one(texts(0..=rows as i32, &vec![0xff; rows as usize])),
        "offsets_beyond" => one(texts(vec![1 << 20; rows as usize + 1], b"abc")),
        "offsets_negative" => one(texts(-1..rows as i32, &vec![b'a'; rows as usize])),
        "offsets_backwards" => one(texts((0..=rows as i32).rev(), &vec![b'a'; rows as usize])),
        // Arrays of nulls take no bytes, however long they are.
        "null_flood" => {
            let step = i32::MAX / rows as i32;
            let list = texts((0..=rows as i32).map(|i| i * step), b"");
            let length = step as u32 * rows;
            let nulls = Array { length, null_count: length, validity: vec![], buffers: vec![] };
            Batch { rows, arrays: vec![Array { buffers: vec![list.buffers[0].clone()], ..list }, nulls] }
        }
        "wild_pointer" => {
            raw::log(0x7fff_0000, 64);
            one(good())
        }
        "negative_length" => {
            raw::log(1024, -1);
            one(good())
        }
        "message" => return Err(Error { message: "no \u{1b}[2J\u{7}thanks".into(), row: Some(u32::MAX) }),
        "message_huge" => return Err(Error { message: "x".repeat(10 << 20), row: None }),
        _ => one(good()),
    })
}

#[allow(unconditional_recursion, reason = "that is the attack")]
fn deep(n: i64) -> i64 {
    black_box(deep(black_box(n + 1))) + n
}

/// The import as the canonical ABI has it, without the bindings' manners.
mod raw {
    #[cfg(target_arch = "wasm32")]
    #[link(wasm_import_module = "polder:host/log@0.1.0")]
    unsafe extern "C" {
        #[link_name = "log"]
        fn import(level: i32, message: i32, length: i32, fields: i32, count: i32);
    }

    pub fn log(message: i32, length: i32) {
        #[cfg(target_arch = "wasm32")]
        unsafe {
            import(2, message, length, 0, 0);
        }
        let _ = (message, length);
    }
}
