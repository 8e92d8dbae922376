import { words } from "./error.js";
import { fromJson, toJson } from "./json.js";
import { snakeCase } from "./name.js";
import { find } from "./plugin.js";

/**
 * `run` of the contract: from parameters to outputs, both JSON values by name.
 * @param {string} name
 * @param {[string, string][]} given
 * @returns {[string, string][]}
 */
export function run(name, given) {
  try {
    const { code, parameters } = find(name, "task");
    return outputs(code(...inputs(parameters, new Map(given))));
  } catch (thrown) {
    throw words(thrown);
  }
}

/** The values of the parameters, in their order. */
function inputs(parameters, given) {
  for (const name of given.keys()) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    const known = parameters.map((parameter) => parameter.name).join(", ");
    throw new Error(`there is no parameter \`${name}\`; ${known ? `there are: ${known}` : "the task takes none"}`);
  }
  return parameters.map(({ name, json, optional, nullable }) => {
    if (!given.has(name)) {
      if (optional) return undefined;
      throw new Error(`parameter \`${name}\` is missing`);
    }
    try {
      return fromJson(given.get(name), json, nullable);
    } catch (error) {
      throw new Error(`parameter \`${name}\`: ${words(error)}`);
    }
  });
}

/** The fields of what a task returned. */
function outputs(returned) {
  if (returned === undefined || returned === null) return [];
  if (typeof returned !== "object" || Array.isArray(returned) || returned instanceof Promise) {
    throw new Error("a task returns nothing or an object, whose properties are its outputs");
  }
  const given = Object.entries(returned).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => [snakeCase(name), toJson(value)]);
}
