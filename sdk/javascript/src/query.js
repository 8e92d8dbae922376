import host from "#host/query";
import { Column } from "./column.js";
import { ask } from "./host_error.js";
import { readAll } from "./read.js";
import { typeNamed } from "./sql_type.js";
import { flatten, unflatten } from "./type.js";
import { writeAll } from "./write.js";

/** Rows that a {@link Writer} sends at once. */
const BATCH = 8_192;

/**
 * Runs a statement, whose `$1`, `$2` … stand for the parameters. One without rows, such as INSERT, has been carried out
 * when this returns.
 */
export function run(statement, ...parameters) {
  const fields = parameters.map((value, index) => ({
    name: String(index + 1),
    type: typeOf(value),
    nullable: true,
  }));
  const batch = writeAll(
    1,
    fields,
    parameters.map((value) => Column.from([value])),
  );
  const rows = ask(() => host.run(statement, flatten(fields), batch));
  return objects(rows);
}

function* objects(rows) {
  const fields = unflatten(rows.schema());
  for (const { type } of fields) {
    if (type.format.startsWith("tsu:") && type.format !== "tsu:") type.as = "date";
  }
  for (let batch; (batch = ask(() => rows.next())) !== null;) {
    const columns = readAll(
      fields.map(({ type }) => type),
      batch,
    ).map((column) => column.orNull());
    for (let row = 0; row < batch.rows; row++) {
      yield Object.fromEntries(fields.map(({ name }, index) => [name, columns[index][row]]));
    }
  }
}

/** The type of a value that is a parameter. */
function typeOf(value) {
  switch (typeof value) {
    case "string":
      return { format: "u" };
    case "number":
      return { format: "g" };
    case "bigint":
      return { format: "l" };
    case "boolean":
      return { format: "b" };
    default:
      if (value === null || value === undefined) return { format: "n" };
      if (value instanceof Uint8Array) return { format: "z" };
      if (value instanceof Date) return { format: "tsu:UTC", as: "date" };
      throw new Error(`${typeof value} is no value that a statement can take`);
  }
}

/** Rows that become one commit to a table, all or nothing. Without {@link Writer.commit} they never were. */
export class Writer {
  #writer;
  #fields;
  #rows = [];

  constructor(writer, fields) {
    this.#writer = writer;
    this.#fields = fields;
  }

  static open(table, columns, mode = "append", once = null) {
    const fields = Object.entries(columns).map(([name, type]) => ({
      name,
      key: name,
      type: typeNamed(type),
      nullable: true,
    }));
    const tagged = typeof mode === "string" ? { tag: mode } : { tag: "merge", val: mode.merge };
    return new Writer(
      ask(() => host.Writer.open(table, flatten(fields), tagged, once)),
      fields,
    );
  }

  push(...rows) {
    this.#rows.push(...rows);
    while (this.#rows.length >= BATCH) this.#send(this.#rows.splice(0, BATCH));
  }

  commit() {
    if (this.#rows.length > 0) this.#send(this.#rows.splice(0));
    return ask(() => host.Writer.commit(this.#writer));
  }

  #send(rows) {
    const columns = this.#fields.map(({ key }) => Column.from(rows.map((row) => row[key])));
    ask(() => this.#writer.push(writeAll(rows.length, this.#fields, columns)));
  }
}
