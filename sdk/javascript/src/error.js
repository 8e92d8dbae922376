/** Why a function could not answer, and the row that is to blame. */
export class RowError extends Error {
  /**
   * @param {string} message
   * @param {number} row counted from 0 within the batch
   */
  constructor(message, row) {
    super(message);
    this.row = row;
  }
}

/**
 * What was thrown, in words.
 * @param {unknown} thrown
 * @returns {string}
 */
export function words(thrown) {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.toWellFormed();
}

/**
 * What was thrown, with `row` to blame unless another one is already.
 * @param {unknown} thrown
 * @param {number} row
 */
export function blame(thrown, row) {
  return thrown instanceof RowError ? thrown : new RowError(words(thrown), row);
}

/**
 * Runs `body`; what it throws becomes the error record of the contract.
 * @template T
 * @param {() => T} body
 * @returns {T}
 */
export function guarded(body) {
  try {
    return body();
  } catch (thrown) {
    throw { message: words(thrown), row: thrown instanceof RowError ? thrown.row : null };
  }
}
