import { unpack } from "./bits.js";
import { Column, union } from "./column.js";
import { decodeLatin1, isAscii, toLatin1 } from "./text.js";
import { decimalOf, viewOf } from "./type.js";

/**
 * @typedef {object} RawArray one Arrow array as it crosses the border: those of its children follow it
 * @property {number} length
 * @property {number} nullCount
 * @property {Uint8Array} validity
 * @property {Uint8Array[]} buffers
 */

/**
 * The column of a type, from the next of the arrays. Its values are made when they are first asked for. A row is null, too,
 * when there is a null inside it where its type has no place for one.
 * @param {import("./type.js").Type} type
 * @param {Iterator<RawArray>} arrays
 * @returns {Column<any>}
 */
export function read(type, arrays) {
  const { length, nullCount, validity, buffers } = arrays.next().value;
  const children = (type.fields ?? []).map((field) => read(field.type, arrays));
  const own =
    nullCount === 0 ? null : type.format === "n" ? new Uint8Array(length).fill(1) : unpack(validity, length, 0);
  switch (type.format) {
    case "+l": {
      const offsets = view(Int32Array, buffers[0], length + 1);
      const nulls = union([own, type.fields[0].nullable ? null : within(children[0].nulls, offsets)]);
      return new Column(length, nulls, () => lists(type, children[0], offsets));
    }
    case "+s": {
      const inside = children.map((child, index) => (type.fields[index].nullable ? null : child.nulls));
      return new Column(length, union([own, ...inside]), () => objects(type.fields, children, length));
    }
    default:
      return new Column(length, own, () => plain(type, buffers, length));
  }
}

/**
 * The columns of a batch.
 * @param {import("./type.js").Type[]} types
 * @param {{ arrays: RawArray[] }} batch
 */
export function readAll(types, batch) {
  const arrays = batch.arrays.values();
  return types.map((type) => read(type, arrays));
}

function plain(type, buffers, length) {
  const { format } = type;
  if (format === "n") return new Array(length).fill(null);
  if (format === "b") return Array.from(unpack(buffers[0], length, 1), (bit) => bit === 1);
  if (format === "u") return texts(buffers[1], view(Int32Array, buffers[0], length + 1));
  if (format === "z") return slices(buffers[1], view(Int32Array, buffers[0], length + 1));
  if (decimalOf(format)) return decimals(buffers[0], length);
  const values = view(viewOf(format), buffers[0], length);
  return type.as === "date" ? Array.from(values, dateOf) : values;
}

/** The bytes as a typed array: a view, unless they begin in the middle of a value. */
function view(View, bytes, length) {
  const begin = bytes.byteOffset;
  if (begin % View.BYTES_PER_ELEMENT === 0) return new View(bytes.buffer, begin, length);
  return new View(bytes.slice().buffer, 0, length);
}

function texts(bytes, offsets) {
  const all = toLatin1(bytes);
  const decoded = isAscii(all);
  const values = new Array(offsets.length - 1);
  for (let row = 0, begin = offsets[0]; row < values.length; row++) {
    const end = offsets[row + 1];
    const text = all.slice(begin, end);
    values[row] = decoded ? text : decodeLatin1(text);
    begin = end;
  }
  return values;
}

/** The items of each list: views of typed arrays. */
function slices(items, offsets) {
  const rows = { length: offsets.length - 1 };
  if (Array.isArray(items)) return Array.from(rows, (_, row) => items.slice(offsets[row], offsets[row + 1]));
  return Array.from(rows, (_, row) => items.subarray(offsets[row], offsets[row + 1]));
}

function decimals(bytes, length) {
  const low = view(BigUint64Array, bytes, 2 * length);
  const high = new BigInt64Array(low.buffer, low.byteOffset, 2 * length);
  return Array.from({ length }, (_, row) => (high[2 * row + 1] << 64n) | low[2 * row]);
}

/** What a `Date` cannot hold becomes an invalid one; what is finer than milliseconds is cut off. */
function dateOf(micros) {
  const finer = ((micros % 1000n) + 1000n) % 1000n;
  return new Date(Number((micros - finer) / 1000n));
}

function lists(type, items, offsets) {
  if (type.as === "typed") return slices(items.values, offsets);
  return slices(Array.from(items.orNull()), offsets);
}

/** A row is null where one of its items is. */
function within(nulls, offsets) {
  if (nulls === null) return null;
  const rows = { length: offsets.length - 1 };
  return Uint8Array.from(rows, (_, row) => (nulls.subarray(offsets[row], offsets[row + 1]).includes(1) ? 1 : 0));
}

function objects(fields, children, length) {
  const columns = children.map((child) => child.orNull());
  const values = new Array(length);
  for (let row = 0; row < length; row++) {
    const object = {};
    for (let index = 0; index < fields.length; index++) object[fields[index].key] = columns[index][row];
    values[row] = object;
  }
  return values;
}
