import { Bound } from "./bound.js";
import { Column } from "./column.js";
import { guarded } from "./error.js";
import { readAll } from "./read.js";
import { eachRow, rowsOf } from "./rows.js";
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
        throw new Error(
          `argument ${position + 1} (\`${parameters[position].name}\`) of \`${name}\` must be a constant`,
        );
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
      const states = this.#groups;
      eachRow(rowsOf(this.#bound, batch), (row, ...values) => states[groups[row]].update(...values));
    });
  }

  merge(batch, groups, total) {
    return guarded(() => {
      this.#grow(total);
      const { code: State, state } = this.#bound.function;
      const columns = readAll(
        state.map(({ type }) => type),
        batch,
      );
      const call = { rows: batch.rows, values: columns.map((column) => column.orNull()), skipped: null };
      eachRow(call, (row, ...values) => {
        const other = new State();
        for (let index = 0; index < state.length; index++) other[state[index].key] = values[index];
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
      const nulls = constants.some(
        (constant, index) => !given[described.constants[index]].nullable && constant.isNull(0),
      );
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

/** Bytes of a value, roughly. */
function sizeOf(value) {
  if (typeof value === "string") return OBJECT + value.length;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return OBJECT + value.length * (PROPERTY + sizeOf(value[0]));
  return Object.values(value).reduce((sum, inner) => sum + PROPERTY + sizeOf(inner), OBJECT);
}
