import { Bound } from "./bound.js";
import { Column } from "./column.js";
import { room, wrong } from "./encode.js";
import { blame, guarded } from "./error.js";
import { rowsOf } from "./rows.js";
import { flatten } from "./type.js";
import { writeAll } from "./write.js";

/** `scalar` of the contract: from rows to values. */
export class Scalar {
  #bound;

  constructor(bound) {
    this.#bound = bound;
  }

  static bind(name, given) {
    return guarded(() => new Scalar(new Bound(name, "scalar", given)));
  }

  returns() {
    return flatten(this.#bound.returns);
  }

  call(batch) {
    return guarded(() => {
      const { function: described, returns } = this.#bound;
      const [{ type }] = returns;
      const column = described.columns
        ? whole(described, this.#bound.columns(batch), batch.rows)
        : map(described.code, rowsOf(this.#bound, batch), type);
      return writeAll(batch.rows, returns, [column]);
    });
  }
}

/**
 * Calls a function for every row whose arguments are all there; the result of other rows is null.
 * @param {(...values: any[]) => unknown} code
 * @param {import("./rows.js").Rows} call
 * @param {import("./type.js").Type} type of the result
 */
export function map(code, { rows, values, skipped }, type) {
  const out = room(type, rows);
  const [first, second] = values;
  const { length } = values;
  const given = new Array(length);
  let nulls = null;
  let row = 0;
  try {
    for (; row < rows; row++) {
      let value = null;
      if (skipped === null || skipped[row] === 0) {
        // Most functions take one or two arguments; spreading a list costs more than they do.
        if (length === 1) value = code(first[row]);
        else if (length === 2) value = code(first[row], second[row]);
        else {
          for (let index = 0; index < length; index++) given[index] = values[index][row];
          value = code(...given);
        }
      }
      if (value === null || value === undefined) (nulls ??= new Uint8Array(rows))[row] = 1;
      else {
        out[row] = value;
        // What a typed array changes does not fit; NaN differs from itself.
        if (out[row] !== value && (value === value || out[row] === out[row])) throw wrong(value, type, row);
      }
    }
  } catch (thrown) {
    throw blame(thrown, row);
  }
  return new Column(rows, nulls, out);
}

/** Calls a function with whole columns. */
function whole({ name, code }, columns, rows) {
  const column = code(...columns);
  if (!(column instanceof Column)) throw new Error(`\`${name}\` returned no Column`);
  if (column.length !== rows) throw new Error(`\`${name}\` returned ${column.length} rows for ${rows}`);
  return column;
}
