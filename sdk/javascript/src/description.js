import { plugin } from "./plugin.js";
import { flatten } from "./type.js";

/** The plugin, in the words of the contract. */
export function describe() {
  return { ...plugin, functions: plugin.functions.map(describeFunction) };
}

function describeFunction({ name, kind, doc, parameters, variadic, returns, volatility, examples }) {
  return {
    name,
    kind,
    doc,
    parameters: parameters.map(({ name, type, optional, doc }) => ({
      name,
      type: type && flatten([{ name, type, nullable: true }]),
      optional: optional === true,
      doc,
    })),
    variadic,
    returns: returns?.fields ? flatten(returns.fields) : null,
    volatility,
    examples,
  };
}
