//! Scalar functions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use arrow::compute::kernels::numeric::add_wrapping;
use arrow::datatypes::{DataType, Int64Type};
use polder_sandbox::{Error, Interrupt};

use crate::guest::{bind, column, constant, functions, int64s};

#[test]
fn adds_as_arrow_does() {
    let add = bind("add", &[column(DataType::Int64), column(DataType::Int64)]);
    assert_eq!(add.returns().data_type(), &DataType::Int64);
    for rows in [0, 1, 7, 8, 9, 8_192, 100_000] {
        let a: ArrayRef = Arc::new((0..rows).map(|i| (i % 3 > 0).then_some(i * 7919)).collect::<Int64Array>());
        let b: ArrayRef = Arc::new((0..rows).map(|i| (i % 5 > 0).then_some(i64::MAX - i)).collect::<Int64Array>());
        for (a, b) in [(a.clone(), b.clone()), (a.slice(rows as usize / 3, 0), b.slice(0, 0)), (int64s(0..rows), a)] {
            let sum = add.call(&[a.clone(), b.clone()], a.len()).unwrap();
            assert_eq!(&sum, &add_wrapping(&a, &b).unwrap(), "{rows} rows");
        }
    }
}

#[test]
fn is_generic_over_types() {
    let add = bind("add", &[column(DataType::Float64), column(DataType::Float64)]);
    assert_eq!(add.returns().data_type(), &DataType::Float64);
    let a: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.5), None, Some(f64::INFINITY)]));
    let sum = add.call(&[a.clone(), a.clone()], 3).unwrap();
    assert_eq!(&sum, &add_wrapping(&a, &a).unwrap());
}

#[test]
fn takes_any_layout_of_text() {
    let words = ["", "Ijsselmeer", "é", "a rather long word that is not inlined in a view"];
    let upper: ArrayRef = Arc::new(StringArray::from_iter_values(words.map(|word| word.to_ascii_uppercase())));
    let layouts: [ArrayRef; 4] = [
        Arc::new(StringArray::from_iter_values(words)),
        Arc::new(LargeStringArray::from_iter_values(words)),
        Arc::new(StringViewArray::from_iter_values(words)),
        arrow::compute::cast(
            &StringArray::from_iter_values(words),
            &DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        )
        .unwrap(),
    ];
    for layout in layouts {
        let function = bind("upper", &[column(layout.data_type().clone())]);
        assert_eq!(&function.call(std::slice::from_ref(&layout), 4).unwrap(), &upper, "{}", layout.data_type());
        assert_eq!(&function.call(&[layout.slice(1, 2)], 2).unwrap(), &upper.slice(1, 2));
    }
}

#[test]
fn binds_constants_once() {
    let prefix = bind("prefix", &[constant(Arc::new(StringArray::from(vec!["pol"]))), column(DataType::Utf8)]);
    let words: ArrayRef = Arc::new(StringArray::from(vec![Some("der"), None, Some("")]));
    let prefixed = prefix.call(&[words], 3).unwrap();
    assert_eq!(prefixed.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("polder"), None, Some("pol")]);

    let add = bind("add", &[constant(int64s([40])), column(DataType::Int64)]);
    assert_eq!(&add.call(&[int64s([2, 3])], 2).unwrap(), &int64s([42, 43]));

    let folded = bind("echo", &[constant(int64s([7]))]);
    assert_eq!(&folded.call(&[], 1).unwrap(), &int64s([7]));
}

#[test]
fn runs_on_many_threads_at_once() {
    let add = bind("add", &[column(DataType::Int64), column(DataType::Int64)]);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let add = &add;
            scope.spawn(move || {
                for round in 0..20 {
                    let a = int64s((0..100).map(|i| i * thread + round));
                    let sum = add.call(&[a.clone(), a.clone()], 100).unwrap();
                    assert_eq!(&sum, &int64s((0..100).map(|i| 2 * (i * thread + round))));
                }
            });
        }
    });
}

#[test]
fn keeps_an_instance_for_the_next_call() {
    let calls = bind("calls", &[column(DataType::Int64)]);
    let last = |rows: i64| {
        let counted = calls.call(&[int64s(0..rows)], rows as usize).unwrap();
        counted.as_primitive::<Int64Type>().values().last().copied()
    };
    assert_eq!((last(2), last(3)), (Some(2), Some(5)), "the same instance counts on");
}

#[test]
fn passes_on_the_functions_own_error() {
    let error = bind("refuse", &[column(DataType::Int64)]).call(&[int64s([1])], 1).unwrap_err();
    assert!(matches!(&error, Error::Guest { row: Some(0), .. }), "{error:?}");
    assert!(error.to_string().contains("function `refuse`"), "{error}");
    assert!(!error.to_string().contains('\u{1b}'), "control characters could steer a terminal: {error:?}");

    let error = functions().bind_scalar("missing", &[], &Interrupt::new()).unwrap_err();
    assert!(error.to_string().contains("there is no function `missing`"), "{error}");
}

#[test]
fn refuses_columns_that_were_not_bound() {
    let add = bind("add", &[column(DataType::Int64), column(DataType::Int64)]);
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let wrong: [(&[ArrayRef], usize, &str); 3] = [
        (&[int64s([1])], 1, "1 columns where 2 were bound"),
        (&[int64s([1]), int64s([1, 2])], 1, "a column of 2 rows in a batch of 1"),
        (&[int64s([1]), text], 1, "expected Int64, got Utf8"),
    ];
    for (columns, rows, why) in wrong {
        let error = add.call(columns, rows).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn an_interrupt_stops_a_running_guest_and_later_ones() {
    let interrupt = Interrupt::new();
    let spin = functions().bind_scalar("spin", &[column(DataType::Int64)], &interrupt).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            interrupt.trigger();
        });
        let error = spin.call(&[int64s([1])], 1).unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    });
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    assert!(matches!(spin.call(&[int64s([1])], 1), Err(Error::Interrupted { .. })));
}
