// Values to Arrow's buffers. A value that is none of its type fails with the row.

import { pack } from "./bits.js";
import { RowError } from "./error.js";
import { encodeLatin1, fromLatin1, isAscii } from "./text.js";
import { decimalOf, sqlName, viewOf } from "./type.js";

const EMPTY = new Uint8Array(0);

/**
 * Where the values of a type are put, row by row: the typed array that becomes the buffer, or a list.
 * @param {import("./type.js").Type} type
 * @param {number} rows
 */
export function room(type, rows) {
  // Any number is taken for a FLOAT, and rounded; what other typed arrays would change is an error.
  const View = type.as === undefined && type.format !== "f" && viewOf(type.format);
  return View ? new View(rows) : new Array(rows);
}

/**
 * Why a value cannot be one of the type.
 * @param {unknown} value
 * @param {import("./type.js").Type} type
 * @param {number} row
 */
export function wrong(value, type, row) {
  const shown =
    typeof value === "bigint" ? `${value}n` : typeof value === "string" ? JSON.stringify(value) : String(value);
  return new RowError(`${typeof value} ${shown.slice(0, 80)} is no ${sqlName(type)}`, row);
}

/**
 * The buffers of a column without children.
 * @param {import("./type.js").Type} type
 * @param {import("./column.js").Column<any>} column
 * @returns {Uint8Array[]}
 */
export function encode(type, column) {
  const { format } = type;
  if (format === "u") return texts(convert(column, type, (value) => typeof value === "string", ""));
  if (format === "z") return binaries(convert(column, type, (value) => value instanceof Uint8Array, EMPTY));
  if (format === "b") {
    const values = convert(column, type, (value) => typeof value === "boolean", false);
    return [pack(values.length, (row) => values[row])];
  }
  if (decimalOf(format)) return [decimals(type, column)];
  if (type.as === "date") {
    const isDate = (value) => value instanceof Date && !Number.isNaN(value.getTime());
    const dates = convert(column, type, isDate, new Date(0));
    return [bytesOf(BigInt64Array.from(dates, (date) => BigInt(date.getTime()) * 1000n))];
  }
  if (format === "f") {
    return [bytesOf(Float32Array.from(convert(column, type, (value) => typeof value === "number", 0)))];
  }
  const { values } = column;
  return [bytesOf(values instanceof viewOf(format) ? values : fixed(type, values, column.nulls))];
}

/** The value of each row, `filler` under nulls. */
function convert({ length, nulls, values }, type, fits, filler) {
  const converted = new Array(length);
  for (let row = 0; row < length; row++) {
    const isNull = nulls !== null && nulls[row] === 1;
    const value = isNull ? filler : values[row];
    if (!isNull && !fits(value)) throw wrong(value, type, row);
    converted[row] = value;
  }
  return converted;
}

function fixed(type, values, nulls) {
  const array = room(type, values.length);
  for (let row = 0; row < array.length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const value = values[row];
    if (!put(array, row, value)) throw wrong(value, type, row);
  }
  return array;
}

/** Puts a value into a typed array; false when that would change it. */
function put(array, row, value) {
  try {
    array[row] = value;
  } catch {
    return false;
  }
  return array[row] === value || (value !== value && array[row] !== array[row]);
}

function bytesOf(array) {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function texts(values) {
  const all = values.join("");
  // One look at all of them costs less than one at each.
  if (isAscii(all)) return [offsetsOf(values), fromLatin1(all)];
  const latin1 = values.map(encodeLatin1);
  return [offsetsOf(latin1), fromLatin1(latin1.join(""))];
}

function binaries(values) {
  return [offsetsOf(values), concat(Uint8Array, values)];
}

/**
 * Where the parts begin, and the last one ends, when they lie one after the other.
 * @param {ArrayLike<unknown>[]} parts
 * @returns {Uint8Array} 32-bit integers
 */
export function offsetsOf(parts) {
  const offsets = new Int32Array(parts.length + 1);
  let end = 0;
  for (let row = 0; row < parts.length; row++) offsets[row + 1] = end += parts[row].length;
  if (end > 0x7fffffff) throw new Error("the values of a batch are longer than 2 GiB");
  return bytesOf(offsets);
}

/** Typed arrays in one. */
export function concat(View, parts) {
  const all = new View(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}

function decimals(type, column) {
  const [precision] = decimalOf(type.format);
  const limit = 10n ** BigInt(precision);
  const fits = (value) => typeof value === "bigint" && -limit < value && value < limit;
  const words = new BigUint64Array(2 * column.length);
  convert(column, type, fits, 0n).forEach((value, row) => {
    words[2 * row] = BigInt.asUintN(64, value);
    words[2 * row + 1] = BigInt.asUintN(64, value >> 64n);
  });
  return bytesOf(words);
}
