//! Results that are not what Arrow or the contract call an array, a column or a row.

use crate::stage::beside;

/// Each function with what must be said of its result; `evil` stands for its schema.
fn scalars(attacks: &[(&str, &str)]) {
    beside(async |stage| {
        stage.install("functions").await;
        for (name, why) in attacks {
            let statement = format!("SELECT evil.{name}(n) FROM evil.t");
            stage.stopped(&statement, &["broke the plugin contract", &format!("`{name}`"), why]).await;
        }
    });
}

#[test]
fn row_counts_that_are_wrong() {
    scalars(&[
        ("rows_more", "11 rows where 10 are expected"),
        ("rows_none", "0 rows where 10 are expected"),
        ("rows_claimed", "11 rows where 10 are expected"),
        ("length_huge", "an array of 4294967295 values where 10 are expected"),
    ]);
}

#[test]
fn buffers_that_are_too_short_or_too_many() {
    scalars(&[
        ("short", "a buffer of 3 bytes where 80 are needed"),
        ("arrays_more", "1 arrays more than the schema has fields"),
        ("bitmap_short", "a validity bitmap of 1 bytes for 10 values"),
    ]);
}

#[test]
fn nulls_that_are_miscounted_or_forbidden() {
    scalars(&[
        ("null_count", "10 nulls, but the array counts 0"),
        ("not_nullable", "declared without nulls but has 10"),
        ("null_flood", "at most 16777216 may come back"),
    ]);
}

#[test]
fn text_that_is_not_utf8() {
    scalars(&[("utf8", "UTF8")]);
}

#[test]
fn offsets_that_lead_elsewhere() {
    scalars(&[("offsets_beyond", "offset"), ("offsets_negative", "ffset"), ("offsets_backwards", "ffset")]);
}

#[test]
fn layouts_that_do_not_cross() {
    scalars(&[
        ("type_dictionary", "this type has no children"),
        ("type_run_end", "this type has exactly one child"),
        ("type_view", "views do not cross"),
    ]);
}

#[test]
fn types_without_measure() {
    scalars(&[
        ("type_deep", "deeper than 16"),
        ("type_wide", "1000"),
        ("type_name", "longer than 128 bytes"),
        ("type_metadata", "more metadata than 16 pairs"),
        ("type_children", "lacks children"),
        ("type_width", "from 1 to 65536"),
        ("type_zone", "zone"),
    ]);
}

#[test]
fn pointers_and_lengths_that_lie_outside_of_memory() {
    beside(async |stage| {
        stage.install("functions").await;
        for name in ["wild_pointer", "negative_length"] {
            stage.stopped(&format!("SELECT evil.{name}(n) FROM evil.t"), &[name, "out of bounds"]).await;
        }
    });
}

#[test]
fn an_aggregate_that_answers_other_groups() {
    beside(async |stage| {
        stage.install("functions").await;
        let grouped = |name: &str| format!("SELECT n % 3, evil.{name}(n) FROM evil.t GROUP BY n % 3");
        stage.stopped(&grouped("groups_more"), &["broke the plugin contract", "rows where"]).await;
        stage.stopped(&grouped("groups_fewer"), &["broke the plugin contract", "rows where"]).await;
        stage.stopped("SELECT evil.groups_more(n) FROM evil.t", &["2 rows where 1 are expected"]).await;
    });
}

#[test]
fn a_table_function_that_lies_about_its_rows() {
    beside(async |stage| {
        stage.install("functions").await;
        for (name, why) in [
            ("rows_over", "8193 rows where 1 to 8192 were asked for"),
            ("rows_zero", "0 rows where 1 to 8192 were asked for"),
            ("source_beyond", "source row 1000 after 0, of 1 rows"),
            ("source_missing", "0 source rows for 1 rows"),
            ("columns_many", "1000"),
        ] {
            stage.stopped(&format!("SELECT * FROM evil.{name}(1)"), &["broke the plugin contract", why]).await;
        }
    });
}

#[test]
fn a_table_function_that_never_ends() {
    beside(async |stage| {
        stage.install("functions").await;
        // Who asks for three rows gets them.
        assert_eq!(stage.got("SELECT i0 FROM evil.endless(1) LIMIT 3").await.len(), 3);
        // Who asks for all of them at once does not.
        stage.stopped("SELECT evil.endless(n) FROM evil.t", &["`table_rows`", "1048576"]).await;
    });
}

#[test]
fn a_transform_that_gives_what_it_did_not_declare() {
    beside(async |stage| {
        stage.install("transforms").await;
        for (name, why) in [
            ("other_type", "a buffer of 12 bytes where 16 are needed"),
            ("other_columns", "1 arrays more than the schema has fields"),
            ("over", "8193 rows where 1 to 8192 were asked for"),
            ("zero", "0 rows where 1 to 8192 were asked for"),
            ("wide", "1000"),
            ("no_columns", "at least one column"),
        ] {
            let statement = format!("SELECT * FROM evil.{name}(TABLE evil.t)");
            stage.stopped(&statement, &["broke the plugin contract", &format!("`{name}`"), why]).await;
        }
        stage.stopped("SELECT * FROM evil.two_same(TABLE evil.t)", &["duplicate", "two_same.x"]).await;
    });
}
