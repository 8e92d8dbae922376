import "./setup.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson, toJson } from "../src/json.js";
import { snakeCase } from "../src/name.js";
import { byteLength, clock, Column, Day, Decimal, HostError, prepare, Volume } from "../src/index.js";

test("names are written as in SQL", () => {
  const names = ["initials", "loadLines", "parseURL2", "sameInt8", "already_snake", "A"];
  assert.deepEqual(names.map(snakeCase), ["initials", "load_lines", "parse_url2", "same_int8", "already_snake", "a"]);
});

test("days", () => {
  assert.equal(Day.parse("1970-01-02"), 1);
  assert.equal(Day.format(Day.parse("2024-02-29")), "2024-02-29");
  assert.equal(Day.of(new Date(-1)), -1);
  assert.throws(() => Day.parse("2023-02-29"), /no day/);
});

test("decimals", () => {
  assert.equal(Decimal.parse("-12.3", 2), -1230n);
  assert.deepEqual(
    [-5n, 0n, 1234n].map((value) => Decimal.format(value, 2)),
    ["-0.05", "0.00", "12.34"],
  );
  assert.equal(Decimal.format(12n, 0), "12");
  assert.equal(Decimal.number(1234n, 2), 12.34);
  assert.throws(() => Decimal.parse("1.234", 2), /2 digits/);
});

test("JSON keeps all digits of an integer", () => {
  assert.equal(fromJson("9223372036854775807", "bigint", false), 2n ** 63n - 1n);
  assert.equal(
    toJson({ rows: 2n ** 63n, parts: [1, "a", null], left: undefined }),
    '{"rows":9223372036854775808,"parts":[1,"a",null]}',
  );
  assert.throws(() => fromJson("1.5", "bigint", false), /no integer/);
  assert.throws(() => fromJson("null", "string", false), /no string/);
  assert.equal(fromJson("null", "string", true), null);
  const shape = { fields: { a: { shape: { list: "number" }, nullable: false, optional: true } } };
  assert.deepEqual(fromJson('{"a": [1, 2], "b": 3}', shape, false), { a: [1, 2] });
});

test("what is prepared is made once as long as the argument stays", () => {
  let made = 0;
  const double = prepare((value) => ((made += 1), 2 * value));
  assert.deepEqual([1, 1, 2, 2, 1].map(double), [2, 2, 4, 4, 2]);
  assert.equal(made, 3);
});

test("columns", () => {
  const column = Column.from([1, null, 3]).nullWhere(Column.from([null, 2, 3]));
  assert.deepEqual([...column], [null, null, 3]);
  assert.deepEqual([...Column.from(new Float64Array([1, 2])).nullWhere(Column.from(["a", "b"]))], [1, 2]);
  assert.equal(byteLength("größe"), 7);
});

test("outside the sandbox there is no host", () => {
  assert.throws(
    () => Volume.open("main.nyc.inbox"),
    (error) => error instanceof HostError && /inside Polder only/.test(error.message),
  );
  assert.ok(clock.now() instanceof Date);
});
