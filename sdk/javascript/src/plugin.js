// The plugin that the module at hand becomes: the entry that the scan writes fills it in.

/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {string} doc
 * @property {import("./type.js").Type | null} type null: any type
 * @property {boolean} nullable whether the function sees nulls
 * @property {boolean} [optional] whether a run of a task may leave it out
 * @property {number} [variable] parameters of any type with the same number have the same type
 *
 * @typedef {object} Returns
 * @property {import("./type.js").Field[]} [fields] the columns; a single one but for table functions
 * @property {number} [variable] it has the type of the parameters with this number …
 * @property {boolean} [list] … or is a list of it
 *
 * @typedef {object} Function
 * @property {string} name
 * @property {"scalar" | "aggregate" | "table" | "task"} kind
 * @property {string} doc
 * @property {{ sql: string, result: string }[]} examples
 * @property {"immutable" | "stable" | "volatile"} volatility
 * @property {Parameter[]} parameters
 * @property {boolean} variadic
 * @property {boolean} columns whether it takes whole columns
 * @property {Returns | null} returns
 * @property {import("./type.js").Field[]} [state] of aggregates
 * @property {number[]} [constants] of aggregates: positions of the arguments that `evaluate` takes
 * @property {any} code the author's function or class
 *
 * @typedef {object} Plugin
 * @property {string} name
 * @property {string} version
 * @property {string} summary
 * @property {string} license
 * @property {string[]} authors
 * @property {string} homepage
 * @property {Function[]} functions
 * @property {{ name: string, privilege: string, kind: string, on: string, reason: string }[]} capabilities
 */

/** @type {Plugin} */
export const plugin = { functions: [], capabilities: [] };

/** @param {Plugin} described */
export function register(described) {
  Object.assign(plugin, described);
}

/**
 * The function of this name.
 * @param {string} name
 * @param {Function["kind"]} kind
 */
export function find(name, kind) {
  const found = plugin.functions.find((one) => one.name === name);
  if (!found) throw new Error(`there is no function \`${name}\``);
  if (found.kind !== kind) throw new Error(`\`${name}\` is no ${kind}${kind === "task" ? "" : " function"}`);
  return found;
}
