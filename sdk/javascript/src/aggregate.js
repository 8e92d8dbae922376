import { Bound } from "./bound.js";
import { Column } from "./column.js";
import { blame, guarded } from "./error.js";
import { readAll } from "./read.js";
import { rowsOf } from "./rows.js";
import { map } from "./scalar.js";
import { flatten } from "./type.js";
import { writeAll } from "./write.js";

/** Bytes of an object and of each of its properties, roughly. */
const OBJECT = 72;
const PROPERTY = 16;
/** States that are measured to know the size of all. */
const MEASURED = 64;

/** `aggregate` of the contract: an object of the author's class for each group, which travels as a row of its fields. */
export class Aggregate {
  #bound;
  #groups = [];

  constructor(bound) {
    this.#bound = bound;
    for (const position of bound.function.constants) {
      if (!bound.arguments[position].constant) {
        const { name, parameters } = bound.function;
        throw new Error(`argument ${position + 1} (\`${parameters[position].name}\`) of \`${name}\` must be a constant`);
      }
    }
  }

  static bind(name, given) {
    return guarded(() => new Aggregate(new Bound(name, "aggregate", given)));
  }

  returns() {
    return flatten(this.#bound.returns);
  }

  stateSchema() {
    return flatten(this.#bound.function.state);
  }

  update(batch, groups, total) {
    return guarded(() => {
      this.#grow(total);
      const { rows, values, skipped } = rowsOf(this.#bound, batch);
      each(rows, (row) => {
        if (skipped === null || skipped[row] === 0) {
          this.#groups[groups[row]].update(...values.map((list) => list[row]));
        }
      });
    });
  }

  merge(batch, groups, total) {
    return guarded(() => {
      this.#grow(total);
      const { code: State, state } = this.#bound.function;
      const columns = readAll(state.map(({ type }) => type), batch).map((column) => column.orNull());
      each(batch.rows, (row) => {
        const other = new State();
        state.forEach(({ key }, index) => {
          other[key] = columns[index][row];
        });
        this.#groups[groups[row]].merge(other);
      });
    });
  }

  state(first) {
    return guarded(() => {
      const { state } = this.#bound.function;
      const states = this.#take(first);
      const columns = state.map(({ key }) => Column.from(states.map((one) => one[key])));
      return writeAll(states.length, state, columns);
    });
  }

  evaluate(first) {
    return guarded(() => {
      const { function: described, returns, arguments: given } = this.#bound;
      const states = this.#take(first);
      const rows = states.length;
      const constants = described.constants.map((position) => given[position].constant.repeated(rows));
      const nulls = constants.some((constant, index) => !given[described.constants[index]].nullable && constant.isNull(0));
      const call = {
        rows,
        values: [states, ...constants.map((constant) => constant.orNull())],
        skipped: nulls ? new Uint8Array(rows).fill(1) : null,
      };
      return writeAll(rows, returns, [map((state, ...values) => state.evaluate(...values), call, returns[0].type)]);
    });
  }

  size() {
    const count = this.#groups.length;
    const step = Math.ceil(count / MEASURED) || 1;
    let [bytes, measured] = [0, 0];
    for (let index = 0; index < count; index += step, measured += 1) bytes += sizeOf(this.#groups[index]);
    return measured === 0 ? 0 : Math.round((bytes / measured) * count);
  }

  #grow(total) {
    const { code: State } = this.#bound.function;
    while (this.#groups.length < total) this.#groups.push(new State());
  }

  /** The first states, or all; they are forgotten and later groups move down. */
  #take(first) {
    return this.#groups.splice(0, first ?? this.#groups.length);
  }
}

/** Does something for every row, which is to blame when it fails. */
function each(rows, body) {
  let row = 0;
  try {
    for (; row < rows; row++) body(row);
  } catch (thrown) {
    throw blame(thrown, row);
  }
}

/** Bytes of a value, roughly. */
function sizeOf(value) {
  if (typeof value === "string") return OBJECT + value.length;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return OBJECT + value.length * (PROPERTY + sizeOf(value[0]));
  return Object.values(value).reduce((sum, inner) => sum + PROPERTY + sizeOf(inner), OBJECT);
}
