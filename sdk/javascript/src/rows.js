import { union } from "./column.js";
import { blame } from "./error.js";

/**
 * The arguments of a call, row by row.
 * @typedef {object} Rows
 * @property {number} rows
 * @property {ArrayLike<any>[]} values one list for each argument
 * @property {Uint8Array | null} skipped 1 where an argument is null that may not be
 */

/**
 * @param {import("./bound.js").Bound} bound
 * @param {{ rows: number, arrays: import("./read.js").RawArray[] }} batch
 * @returns {Rows}
 */
export function rowsOf(bound, batch) {
  const columns = bound.columns(batch);
  const sees = (index) => bound.arguments[index].nullable;
  return {
    rows: batch.rows,
    values: columns.map((column, index) => (sees(index) ? column.orNull() : column.values)),
    skipped: union(columns.map((column, index) => (sees(index) ? null : column.nulls))),
  };
}

/**
 * Calls a function for every row whose arguments are all there.
 * @param {Rows} call
 * @param {(row: number, ...values: any[]) => void} body
 * @throws {RowError} about the row for which it throws
 */
export function eachRow({ rows, values, skipped }, body) {
  const { length } = values;
  const [first, second] = values;
  const given = new Array(length);
  let row = 0;
  try {
    for (; row < rows; row++) {
      if (skipped !== null && skipped[row] === 1) continue;
      // Most functions take one or two arguments; spreading a list costs more than they do.
      if (length === 1) body(row, first[row]);
      else if (length === 2) body(row, first[row], second[row]);
      else {
        for (let index = 0; index < length; index++) given[index] = values[index][row];
        body(row, ...given);
      }
    }
  } catch (thrown) {
    throw blame(thrown, row);
  }
}
