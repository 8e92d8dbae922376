import { Column } from "./column.js";
import { find } from "./plugin.js";
import { read, readAll } from "./read.js";
import { check, sameValues, sqlName, unflatten } from "./type.js";

/** A function whose argument types and constants are known. */
export class Bound {
  /**
   * @param {string} name
   * @param {import("./plugin.js").Function["kind"]} kind
   * @param {{ type: import("./type.js").RawField[], constant: object | null }[]} given
   */
  constructor(name, kind, given) {
    this.function = find(name, kind);
    const { parameters, variadic } = this.function;
    const least = parameters.length - (variadic ? 1 : 0);
    if (variadic ? given.length < least : given.length !== least) {
      throw new Error(`\`${name}\` takes ${variadic ? "at least " : ""}${least} arguments, not ${given.length}`);
    }
    const variables = new Map();
    this.arguments = given.map(({ type, constant }, index) => {
      const parameter = parameters[Math.min(index, parameters.length - 1)];
      const [field] = unflatten(type);
      const bound = this.#fit(parameter, field.type, index, variables);
      const value = constant && read(bound, constant.arrays.values());
      return { type: bound, nullable: parameter.nullable, constant: value };
    });
    this.returns = resolve(this.function, variables);
  }

  /** The type of an argument as its parameter wants it. */
  #fit(parameter, given, index, variables) {
    const known = parameter.type ?? variables.get(parameter.variable);
    if (!known) {
      check(given);
      if (parameter.variable !== undefined) variables.set(parameter.variable, given);
      return given;
    }
    if (sameValues(known, given)) return known;
    // NULL is of no type: whichever argument has one tells.
    if (parameter.variable !== undefined && given.format === "n") return given;
    if (parameter.variable !== undefined && known.format === "n") {
      check(given);
      variables.set(parameter.variable, given);
      return given;
    }
    const place = `argument ${index + 1} (\`${parameter.name}\`) of \`${this.function.name}\``;
    throw new Error(`${place} is a ${sqlName(given)}, not a ${sqlName(known)}`);
  }

  /**
   * The columns of all arguments of a call, constants among them.
   * @param {{ rows: number, arrays: import("./read.js").RawArray[] }} batch those that are not constant
   * @returns {Column<any>[]}
   */
  columns(batch) {
    const inputs = this.arguments.filter(({ constant }) => !constant);
    const columns = readAll(
      inputs.map(({ type }) => type),
      batch,
    ).values();
    return this.arguments.map(({ constant }) => constant?.repeated(batch.rows) ?? columns.next().value);
  }
}

/** The columns of the result, now that the arguments are known. */
function resolve({ name, returns }, variables) {
  if (returns.fields) return returns.fields;
  const type = variables.get(returns.variable) ?? { format: "n" };
  const item = { name: "item", key: "item", type, nullable: true };
  return [{ name, key: name, type: returns.list ? { format: "+l", fields: [item] } : type, nullable: true }];
}
