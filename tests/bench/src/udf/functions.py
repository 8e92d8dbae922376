"""Answers statements on stdin ("ENGINE KIND SQL") with one line of JSON each: nanoseconds and rows.

ENGINE is duckdb or datafusion; KIND is rows, where a function is called for each row, or columns, where it is
called for Arrow columns. Statements call the functions my_gcd and so on, because built-in ones bear some of the
names, and sample the Parquet files of the pattern that is the argument.
"""

import json
import math
import sys
import time

import datafusion
import duckdb
import numpy
import pyarrow as pa
import pyarrow.compute as pc


def add(a, b):
    return a + b


def upper(text):
    return text.upper()


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def black_scholes(spot, strike, years, rate, volatility):
    deviation = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility * volatility / 2) * years) / deviation
    return spot * normal(d1) - strike * math.exp(-rate * years) * normal(d1 - deviation)


def normal(x):
    tail = tail_of(x, math.exp)
    return tail if x < 0 else 1 - tail


def tail_of(x, exp):
    """The normal distribution beyond |x|, to seven digits (Abramowitz and Stegun, 26.2.17)."""
    t = 1 / (1 + 0.2316419 * abs(x))
    polynomial = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return 0.3989422804014327 * exp(-x * x / 2) * polynomial


def numbers(column):
    return column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()


def gcd_columns(a, b):
    return pa.array(numpy.gcd(numbers(a), numbers(b)))


def black_scholes_columns(spot, strike, years, rate, volatility):
    spot, strike, years, rate, volatility = map(numbers, (spot, strike, years, rate, volatility))
    deviation = volatility * numpy.sqrt(years)
    d1 = (numpy.log(spot / strike) + (rate + volatility * volatility / 2) * years) / deviation
    return pa.array(spot * normal_columns(d1) - strike * numpy.exp(-rate * years) * normal_columns(d1 - deviation))


def normal_columns(x):
    tail = tail_of(x, numpy.exp)
    return numpy.where(x < 0, tail, 1 - tail)


TYPES = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "VARCHAR"}
FUNCTIONS = [
    # Name, number and type of arguments, on rows, on columns.
    ("add", 2, pa.int64(), add, lambda a, b: pc.add(a, b)),
    ("upper", 1, pa.string(), upper, lambda text: pc.ascii_upper(text)),
    ("gcd", 2, pa.int64(), gcd, gcd_columns),
    ("black_scholes", 5, pa.float64(), black_scholes, black_scholes_columns),
]


def on_rows(function, of):
    """DataFusion knows functions on columns only: this is how one on rows is put into one."""
    return lambda *columns: pa.array(map(function, *(column.to_pylist() for column in columns)), of)


def engines(path):
    duck, fusion = {}, {}
    for kind in ["rows", "columns"]:
        duck[kind], fusion[kind] = duckdb.connect(), datafusion.SessionContext()
        duck[kind].execute("SET enable_progress_bar = false")  # It would go to stdout.
        duck[kind].execute(f"CREATE VIEW sample AS SELECT * FROM '{path}'")
        fusion[kind].register_parquet("sample", path)
        for name, count, of, row, column in FUNCTIONS:
            run, how = (row, "native") if kind == "rows" else (column, "arrow")
            duck[kind].create_function(f"my_{name}", run, [TYPES[of]] * count, TYPES[of], type=how)
            run = on_rows(row, of) if kind == "rows" else column
            fusion[kind].register_udf(datafusion.udf(run, [of] * count, of, "immutable", f"my_{name}"))
    return {
        "duckdb": lambda kind, sql: [list(row) for row in duck[kind].execute(sql).fetchall()],
        "datafusion": lambda kind, sql: [list(row.values()) for row in fusion[kind].sql(sql).to_pylist()],
    }


def main():
    known = engines(sys.argv[1])
    for line in sys.stdin:
        engine, kind, sql = line.strip().split(" ", 2)
        start = time.perf_counter_ns()
        answer = known[engine](kind, sql)
        took = time.perf_counter_ns() - start
        print(json.dumps({"nanoseconds": took, "answer": answer}), flush=True)


main()
