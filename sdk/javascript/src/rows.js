import { union } from "./column.js";

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
