import { Bound } from "./bound.js";
import { Column } from "./column.js";
import { blame, guarded, RowError } from "./error.js";
import { rowsOf } from "./rows.js";
import { flatten } from "./type.js";
import { writeAll } from "./write.js";

/** `table-function` of the contract: from one row to any number of rows, a page at a time. */
export class TableFunction {
  #bound;
  /** The arguments, as long as there are rows to come. */
  #call = null;
  /** The row of the arguments that comes next. */
  #row = 0;
  /** The rows of the one before. */
  #current = null;

  constructor(bound) {
    this.#bound = bound;
  }

  static bind(name, given) {
    return guarded(() => new TableFunction(new Bound(name, "table", given)));
  }

  returns() {
    return flatten(this.#bound.returns);
  }

  open(batch) {
    return guarded(() => {
      this.#current?.return?.();
      this.#current = null;
      this.#call = rowsOf(this.#bound, batch);
      this.#row = 0;
    });
  }

  next(maxRows) {
    return guarded(() => {
      const [rows, source] = [[], []];
      while (this.#call && rows.length < maxRows) {
        const row = this.#pull();
        if (row !== undefined) {
          rows.push(row);
          source.push(this.#row - 1);
        }
      }
      return rows.length === 0 ? null : { columns: this.#page(rows, source), source };
    });
  }

  /** The next row; nothing when a row of the arguments, or the call, has come to its end. */
  #pull() {
    const { rows, values, skipped } = this.#call;
    try {
      if (this.#current) {
        const { done, value } = this.#current.next();
        if (!done) return value ?? null;
        this.#current = null;
      } else if (this.#row === rows) {
        this.#call = null;
      } else {
        const row = this.#row++;
        if (skipped !== null && skipped[row] === 1) return undefined;
        const given = values.map((list) => list[row]);
        this.#current = this.#bound.function.code(...given)[Symbol.iterator]();
      }
    } catch (thrown) {
      this.#current = null;
      throw blame(thrown, this.#row - 1);
    }
    return undefined;
  }

  #page(rows, source) {
    const { returns } = this.#bound;
    try {
      const strange = rows.findIndex((row) => typeof row !== "object" || row === null);
      if (strange >= 0) throw new RowError("a row is no object", strange);
      const columns = returns.map(({ key }) => Column.from(rows.map((row) => row[key])));
      return writeAll(rows.length, returns, columns);
    } catch (error) {
      if (error instanceof RowError) error.row = source[error.row];
      throw error;
    }
  }
}
