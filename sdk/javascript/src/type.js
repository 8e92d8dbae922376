// Types: an Arrow format string, and which values of JavaScript stand for it.

/**
 * @typedef {object} Type
 * @property {string} format in the words of Arrow's C data interface
 * @property {"date" | "typed"} [as] another value than the usual one: a `Date`, a typed array
 * @property {Field[]} [fields] the item of a list, the fields of a struct
 *
 * @typedef {object} Field
 * @property {string} name in SQL
 * @property {string} key in objects
 * @property {Type} type
 * @property {boolean} nullable
 *
 * @typedef {object} RawField a field as it crosses the border: its children follow it
 * @property {string} name
 * @property {string} format
 * @property {boolean} nullable
 * @property {number} children
 * @property {[string, string][]} metadata
 */

/** Typed arrays by format. */
const VIEWS = new Map([
  ["c", Int8Array],
  ["C", Uint8Array],
  ["s", Int16Array],
  ["S", Uint16Array],
  ["i", Int32Array],
  ["I", Uint32Array],
  ["l", BigInt64Array],
  ["L", BigUint64Array],
  ["f", Float32Array],
  ["g", Float64Array],
  ["tdD", Int32Array],
]);

const OTHERS = new Set(["n", "b", "u", "z", "+l", "+s"]);

/**
 * The class of typed arrays that view the values of a format.
 * @param {string} format
 */
export function viewOf(format) {
  return format.startsWith("tsu:") ? BigInt64Array : VIEWS.get(format);
}

/** Names of SQL by format. */
const NAMES = {
  n: "VOID",
  b: "BOOLEAN",
  c: "TINYINT",
  C: "TINYINT UNSIGNED",
  s: "SMALLINT",
  S: "SMALLINT UNSIGNED",
  i: "INT",
  I: "INT UNSIGNED",
  l: "BIGINT",
  L: "BIGINT UNSIGNED",
  f: "FLOAT",
  g: "DOUBLE",
  u: "STRING",
  z: "BINARY",
  tdD: "DATE",
  "tsu:": "TIMESTAMP_NTZ",
  "+l": "ARRAY",
  "+s": "STRUCT",
};

/**
 * What SQL calls the type.
 * @param {Type} type
 */
export function sqlName({ format }) {
  if (decimalOf(format)) return `DECIMAL(${decimalOf(format).join(", ")})`;
  return NAMES[format] ?? (format.startsWith("tsu:") ? "TIMESTAMP" : `Arrow format \`${format}\``);
}

/**
 * Precision and scale, when the format is a decimal's.
 * @param {string} format
 * @returns {[number, number] | undefined}
 */
export function decimalOf(format) {
  const match = /^d:(\d+),(-?\d+)$/.exec(format);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/**
 * A flat schema of fields, each followed by its children.
 * @param {Field[]} fields
 * @returns {RawField[]}
 */
export function flatten(fields) {
  return fields.flatMap(({ name, type, nullable }) => {
    const children = type.fields ?? [];
    const field = { name, format: type.format, nullable, children: children.length, metadata: [] };
    return [field, ...flatten(children)];
  });
}

/**
 * The fields of a flat schema.
 * @param {RawField[]} schema
 * @returns {Field[]}
 */
export function unflatten(schema) {
  let next = 0;
  const take = () => {
    const { name, format, nullable, children } = schema[next++];
    return { name, key: name, type: { format, fields: Array.from({ length: children }, take) }, nullable };
  };
  const fields = [];
  while (next < schema.length) fields.push(take());
  return fields;
}

/**
 * Whether both types have the same values, whatever their fields are called.
 * @param {Type} a
 * @param {Type} b
 * @returns {boolean}
 */
export function sameValues(a, b) {
  const [own, others] = [a.fields ?? [], b.fields ?? []];
  return (
    a.format === b.format &&
    own.length === others.length &&
    own.every((field, index) => sameValues(field.type, others[index].type))
  );
}

/**
 * Fails unless values of the type can be had in JavaScript.
 * @param {Type} type
 */
export function check(type) {
  const { format } = type;
  if (!viewOf(format) && !decimalOf(format) && !OTHERS.has(format)) {
    throw new Error(`values of Arrow format \`${format}\` cannot be had in JavaScript`);
  }
  type.fields?.forEach((field) => check(field.type));
}
