import "./setup.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Column } from "../src/column.js";
import { read } from "../src/read.js";
import { flatten, sameValues, unflatten } from "../src/type.js";
import { write } from "../src/write.js";

const field = (type, nullable = true, key = "x") => ({ name: key, key, type, nullable });
const list = (type, nullable = true, as) => ({ format: "+l", as, fields: [field(type, nullable, "item")] });

/** The values after they went over the border and back. */
function around(type, values) {
  const arrays = [];
  write(field(type), Column.from(values), arrays);
  return [...read(type, arrays.values())];
}

test("values come back as they were", () => {
  const point = { format: "+s", fields: [field({ format: "g" }, false, "x"), field({ format: "u" }, true, "label")] };
  for (const [type, values] of [
    [{ format: "b" }, [true, null, false]],
    [{ format: "c" }, [-128, 127, null]],
    [{ format: "L" }, [0n, 2n ** 64n - 1n, null]],
    [{ format: "f" }, [0.5, NaN, null]],
    [{ format: "g" }, [1e300, -0, null]],
    [{ format: "u" }, ["", "grüße", null, "😀"]],
    [{ format: "z" }, [new Uint8Array([0, 255]), null, new Uint8Array(0)]],
    [{ format: "tdD" }, [-1, 19_782, null]],
    [{ format: "tsu:UTC", as: "date" }, [new Date(-1), null, new Date(1_700_000_000_123)]],
    [{ format: "d:38,2" }, [10n ** 38n - 1n, -(10n ** 38n) + 1n, -1n, null]],
    [list({ format: "l" }), [[1n, null], [], null]],
    [list({ format: "g" }, false, "typed"), [new Float64Array([1, 2]), null, new Float64Array(0)]],
    [list(list({ format: "u" })), [[["a"], null], null, []]],
    [point, [{ x: 1, label: "one" }, null, { x: 2, label: null }]],
    [{ format: "n" }, [null, null]],
  ]) {
    assert.deepEqual(around(type, values), values, JSON.stringify(type));
  }
});

test("values that are none of the type are told with their row", () => {
  for (const [type, value] of [
    [{ format: "c" }, 128],
    [{ format: "i" }, 0.5],
    [{ format: "i" }, NaN],
    [{ format: "l" }, 1],
    [{ format: "l" }, 2n ** 63n],
    [{ format: "g" }, "1"],
    [{ format: "u" }, 1],
    [{ format: "z" }, "text"],
    [{ format: "b" }, 0],
    [{ format: "d:3,1" }, 1000n],
    [{ format: "tsu:UTC", as: "date" }, new Date(NaN)],
    [list({ format: "u" }), "text"],
    [list({ format: "u" }, false), [["a", null]]],
    [{ format: "+s", fields: [field({ format: "u" }, false)] }, {}],
  ]) {
    const values = Array.isArray(value) ? value : [value];
    assert.throws(() => around(type, [null, ...values]), { name: "Error", row: 1 }, JSON.stringify(type));
  }
});

test("a null inside makes null what has no place for it", () => {
  const arrays = [];
  write(field(list({ format: "u" })), Column.from([["a"], ["b", null], []]), arrays);
  assert.deepEqual([...read(list({ format: "u" }, false), arrays.values())], [["a"], null, []]);
});

test("half a character is replaced", () => {
  assert.deepEqual(around({ format: "u" }, ["\ud83d!"]), ["\ufffd!"]);
});

test("a schema is flat and deep again", () => {
  const fields = [field(list(list({ format: "u" }))), field({ format: "g" }, false)];
  const back = unflatten(flatten(fields));
  assert.ok(back.every(({ type }, index) => sameValues(type, fields[index].type)));
  assert.deepEqual(
    back.map(({ nullable }) => nullable),
    [true, false],
  );
});
