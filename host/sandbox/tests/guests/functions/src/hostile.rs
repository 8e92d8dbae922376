//! What no honest plugin does. Each function attacks one thing; the sandbox's tests say what stops it.

use crate::call::Error;
use crate::columns::{field, int64_array, one};
use crate::data::{Array, Batch, Field, Schema};
use crate::log;

/// What the attack `name` declares to return.
pub fn returns(name: &str) -> Option<Schema> {
    let deep = || {
        let level = |children| Field { children, ..field("x", if children == 0 { "l" } else { "+l" }).remove(0) };
        (0..100).map(|i| level(u32::from(i < 99))).collect()
    };
    Some(match name {
        "spin"
        | "eat"
        | "panic"
        | "refuse"
        | "shout"
        | "huge"
        | "rows_wrong"
        | "rows_claimed"
        | "short"
        | "too_many_arrays"
        | "no_arrays"
        | "too_many_buffers"
        | "no_buffers"
        | "null_count_wrong"
        | "bitmap_short"
        | "nulls_without_bitmap"
        | "length_huge" => field("x", "l"),
        "bad_utf8" | "split_utf8" | "offsets_beyond" | "offsets_backwards" | "offsets_negative" | "offsets_short" => {
            field("x", "u")
        }
        "not_nullable" => vec![Field { nullable: false, ..field("x", "l").remove(0) }],
        "decimal_wide" => field("x", "d:3,0"),
        "null_flood" => vec![Field { children: 1, ..field("x", "+l").remove(0) }, field("item", "n").remove(0)],
        "type_unknown" => field("x", "?"),
        "type_view" => field("x", "vu"),
        "type_deep" => deep(),
        "type_missing_child" => vec![Field { children: 4_000_000_000, ..field("x", "+s").remove(0) }],
        "type_none" => vec![],
        "type_two" => [field("x", "l"), field("y", "l")].concat(),
        "name_long" => field(&"x".repeat(100_000), "l"),
        _ => return None,
    })
}

pub fn call(name: &str, batch: Batch) -> Result<Batch, Error> {
    let rows = batch.rows;
    let good = || int64_array((0..rows).map(i64::from));
    let text = |offsets: &[i32], values: &[u8]| Array {
        length: rows,
        null_count: 0,
        validity: vec![],
        buffers: vec![offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect(), values.to_vec()],
    };
    Ok(match name {
        "spin" => loop {
            std::hint::black_box(&batch);
        },
        "eat" => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(std::hint::black_box(vec![1; 1 << 20]));
            }
        }
        "panic" => panic!("the sky fell on row {}", rows - 1),
        "refuse" => return Err(Error { message: "no \u{1b}[31mthanks".into(), row: Some(0) }),
        "shout" => {
            for _ in 0..1_000 {
                let field = ("field".to_owned(), "\u{7}".repeat(5_000));
                log::log(log::Level::Warn, &"loud ".repeat(10_000), &vec![field; 100]);
            }
            one(good())
        }
        "huge" => Batch { rows, arrays: vec![Array { buffers: vec![vec![0; 20 << 20]], ..good() }] },
        "rows_wrong" => one(int64_array(0..i64::from(rows) + 1)),
        "rows_claimed" => Batch { rows: rows + 1, arrays: vec![good()] },
        "short" => one(Array { buffers: vec![vec![0; 3]], ..good() }),
        "too_many_arrays" => Batch { rows, arrays: vec![good(), good()] },
        "no_arrays" => Batch { rows, arrays: vec![] },
        "too_many_buffers" => one(Array { buffers: vec![good().buffers.remove(0), vec![]], ..good() }),
        "no_buffers" => one(Array { buffers: vec![], ..good() }),
        "null_count_wrong" => one(Array { null_count: 0, validity: vec![0; rows.div_ceil(8) as usize], ..good() }),
        "bitmap_short" => one(Array { null_count: 1, validity: vec![0], ..good() }),
        "nulls_without_bitmap" => one(Array { null_count: 1, ..good() }),
        "length_huge" => Batch { rows, arrays: vec![Array { length: u32::MAX, ..good() }] },
        "not_nullable" => one(Array { null_count: rows, validity: vec![0; rows.div_ceil(8) as usize], ..good() }),
        "bad_utf8" => one(text(&(0..=rows as i32).collect::<Vec<_>>(), &vec![0xff; rows as usize])),
        "split_utf8" => one(text(&(0..=rows as i32).collect::<Vec<_>>(), "é".repeat(rows as usize).as_bytes())),
        "offsets_beyond" => one(text(&vec![1_000_000; rows as usize + 1], b"abc")),
        "offsets_backwards" => one(text(&(0..=rows as i32).rev().collect::<Vec<_>>(), &vec![b'a'; rows as usize])),
        "offsets_negative" => one(text(&(-1..rows as i32).collect::<Vec<_>>(), &vec![b'a'; rows as usize])),
        "offsets_short" => one(text(&[0], b"")),
        "decimal_wide" => one(Array { buffers: vec![1_000i128.to_le_bytes().repeat(rows as usize)], ..good() }),
        "null_flood" => {
            let step = i32::MAX / rows as i32;
            let list = text(&(0..=rows as i32).map(|i| i * step).collect::<Vec<_>>(), b"");
            let length = step as u32 * rows;
            let nulls = Array { length, null_count: length, validity: vec![], buffers: vec![] };
            Batch { rows, arrays: vec![Array { buffers: vec![list.buffers[0].clone()], ..list }, nulls] }
        }
        _ => one(good()),
    })
}
