import { pack } from "./bits.js";
import { Column } from "./column.js";
import { concat, encode, offsetsOf, wrong } from "./encode.js";
import { RowError } from "./error.js";
import { viewOf } from "./type.js";

const EMPTY = new Uint8Array(0);

/**
 * Appends the arrays of a column, and those of its children.
 * @param {import("./type.js").Field} field
 * @param {Column<any>} column
 * @param {import("./read.js").RawArray[]} arrays
 * @param {Uint8Array | null} hidden rows that nobody sees, as what they lie in is null
 * @throws {RowError} when a value is none of the type
 */
export function write({ name, type, nullable }, column, arrays, hidden = null) {
  const { length, nulls } = column;
  let nullCount = 0;
  for (let row = 0; nulls !== null && row < length; row++) {
    if (nulls[row] === 0) continue;
    if (nullable) nullCount += 1;
    else if (hidden === null || hidden[row] === 0) throw new RowError(`\`${name}\` is missing`, row);
  }
  const validity = nullCount === 0 ? EMPTY : pack(length, (row) => nulls[row] === 0);
  const array = { length, nullCount, validity, buffers: [] };
  arrays.push(array);
  switch (type.format) {
    case "n":
      array.nullCount = length;
      array.validity = EMPTY;
      break;
    case "+l":
      array.buffers = [writeItems(type, column, arrays)];
      break;
    case "+s":
      for (const inner of type.fields) write(inner, member(inner.key, type, column), arrays, nulls);
      break;
    default:
      array.buffers = encode(type, column);
  }
}

/**
 * A batch of columns.
 * @param {number} rows
 * @param {import("./type.js").Field[]} fields
 * @param {Column<any>[]} columns
 */
export function writeAll(rows, fields, columns) {
  const arrays = [];
  fields.forEach((field, index) => write(field, columns[index], arrays));
  return { rows, arrays };
}

/** The items of all lists; the offsets of the lists are returned. */
function writeItems(type, { length, nulls, values }, arrays) {
  const [item] = type.fields;
  const Items = type.as === "typed" ? viewOf(item.type.format) : Array;
  const lists = [];
  for (let row = 0; row < length; row++) {
    const isNull = nulls !== null && nulls[row] === 1;
    const list = isNull ? [] : values[row];
    if (!isNull && !(list instanceof Items)) throw wrong(list, type, row);
    lists.push(list);
  }
  const items = type.as === "typed" ? concat(Items, lists) : lists.flat();
  try {
    write(item, Column.from(items), arrays);
  } catch (error) {
    if (error instanceof RowError) error.row = listOf(lists, error.row);
    throw error;
  }
  return offsetsOf(lists);
}

/** The number of the list that the item at `position` of all lies in. */
function listOf(lists, position) {
  let end = 0;
  return lists.findIndex((list) => position < (end += list.length));
}

/** The values of one field of objects. */
function member(key, type, { length, nulls, values }) {
  const members = new Array(length).fill(null);
  for (let row = 0; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const object = values[row];
    if (typeof object !== "object" || object === null) throw wrong(object, type, row);
    members[row] = object[key];
  }
  return Column.from(members);
}
