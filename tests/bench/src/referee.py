"""Answers queries with DuckDB over the Parquet files of a benchmark.

The first argument is the folder with one folder of Parquet files a table. Queries come on stdin as one JSON
object of texts by number. For each, one line of JSON goes to stdout: its number and its rows.
"""

import datetime
import decimal
import json
import pathlib
import sys

import duckdb


def plain(value):
    """The value as JSON has it: numbers as numbers, dates as ISO text."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


connection = duckdb.connect()
# It would go to stdout.
connection.execute("SET enable_progress_bar = false")
for table in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    files = str(table / "*.parquet").replace("'", "''")
    connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet('{files}')")
for number, text in json.load(sys.stdin).items():
    rows = [[plain(value) for value in row] for row in connection.execute(text).fetchall()]
    print(json.dumps({"query": int(number), "rows": rows}), flush=True)
