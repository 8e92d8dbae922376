//! Functions of every kind whose result is their argument, or the least of them.

use polder_sdk::prelude::*;

/// Any value, row by row.
#[scalar(returns = type_of_first)]
fn same(value: Value<'_>) -> Value<'_> {
    value
}

/// A column of any type, whole.
#[scalar(columns, returns = type_of_first)]
fn same_column(column: &Column) -> Column {
    column.clone()
}

/// The first value that is not null.
#[scalar(variadic, returns = type_of_first)]
fn first_of(values: Vec<Value<'_>>) -> Option<Value<'_>> {
    values.into_iter().find(|value| !value.is_null())
}

fn type_of_first(arguments: &[Argument]) -> Result<DataType> {
    let first = arguments.first().ok_or("it needs an argument")?;
    if arguments.iter().any(|argument| argument.field.data_type != first.field.data_type) {
        return Err("all arguments have to be of one type".into());
    }
    Ok(first.field.data_type.clone())
}

/// How many values are not null.
#[aggregate]
#[derive(Default)]
struct Tally {
    count: i64,
}

#[aggregate]
impl Tally {
    fn update(&mut self, value: Value<'_>) {
        self.count += i64::from(!value.is_null());
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
    }

    fn evaluate(&self) -> i64 {
        self.count
    }
}

/// A struct as an argument and a result.
#[derive(Clone, PartialEq, PartialOrd, Row)]
struct Point {
    a: Option<i32>,
    b: Option<String>,
}

/// A scalar function and an aggregate over one type.
macro_rules! types {
    ($($same:ident, $least:literal, $state:ident: $type:ty;)*) => {$(
        #[scalar]
        fn $same(value: $type) -> $type {
            value
        }

        #[aggregate(name = $least)]
        #[derive(Default)]
        struct $state {
            least: Option<$type>,
        }

        #[aggregate]
        impl $state {
            fn update(&mut self, value: $type) {
                if self.least.as_ref().is_none_or(|least| value < *least) {
                    self.least = Some(value);
                }
            }

            fn merge(&mut self, other: Self) {
                if let Some(value) = other.least {
                    self.update(value);
                }
            }

            fn evaluate(&self) -> Option<$type> {
                self.least.clone()
            }
        }
    )*};
}

types! {
    same_boolean, "least_boolean", LeastBoolean: bool;
    same_tinyint, "least_tinyint", LeastTinyint: i8;
    same_smallint, "least_smallint", LeastSmallint: i16;
    same_int, "least_int", LeastInt: i32;
    same_bigint, "least_bigint", LeastBigint: i64;
    same_float, "least_float", LeastFloat: f32;
    same_double, "least_double", LeastDouble: f64;
    same_decimal, "least_decimal", LeastDecimal: Decimal<10, 2>;
    same_wide, "least_wide", LeastWide: Decimal<38, 10>;
    same_string, "least_string", LeastString: String;
    same_binary, "least_binary", LeastBinary: Vec<u8>;
    same_date, "least_date", LeastDate: Date;
    same_timestamp, "least_timestamp", LeastTimestamp: Timestamp;
    same_timestamp_ntz, "least_timestamp_ntz", LeastTimestampNtz: LocalTimestamp;
    same_list, "least_list", LeastList: Vec<Option<i32>>;
    same_pair, "least_pair", LeastPair: Point;
    same_nested, "least_nested", LeastNested: Vec<Option<Point>>;
}

/// One of everything.
#[derive(Row)]
struct Everything {
    boolean: Option<bool>,
    tinyint: Option<i8>,
    smallint: Option<i16>,
    int: Option<i32>,
    bigint: Option<i64>,
    float: Option<f32>,
    double: Option<f64>,
    decimal: Option<Decimal<10, 2>>,
    wide: Option<Decimal<38, 10>>,
    string: Option<String>,
    binary: Option<Vec<u8>>,
    date: Option<Date>,
    timestamp: Option<Timestamp>,
    timestamp_ntz: Option<LocalTimestamp>,
    list: Option<Vec<Option<i32>>>,
    pair: Option<Point>,
    nested: Option<Vec<Option<Point>>>,
}

/// A row of its arguments.
#[table]
#[expect(clippy::too_many_arguments, reason = "one of each type")]
fn echo(
    boolean: Option<bool>,
    tinyint: Option<i8>,
    smallint: Option<i16>,
    int: Option<i32>,
    bigint: Option<i64>,
    float: Option<f32>,
    double: Option<f64>,
    decimal: Option<Decimal<10, 2>>,
    wide: Option<Decimal<38, 10>>,
    string: Option<String>,
    binary: Option<Vec<u8>>,
    date: Option<Date>,
    timestamp: Option<Timestamp>,
    timestamp_ntz: Option<LocalTimestamp>,
    list: Option<Vec<Option<i32>>>,
    pair: Option<Point>,
    nested: Option<Vec<Option<Point>>>,
) -> Vec<Everything> {
    vec![Everything {
        boolean,
        tinyint,
        smallint,
        int,
        bigint,
        float,
        double,
        decimal,
        wide,
        string,
        binary,
        date,
        timestamp,
        timestamp_ntz,
        list,
        pair,
        nested,
    }]
}

#[derive(Row)]
struct Item {
    item: Option<i32>,
}

/// The items of a list, a row each.
#[table]
fn explode(list: Vec<Option<i32>>) -> impl Iterator<Item = Item> {
    list.into_iter().map(|item| Item { item })
}
