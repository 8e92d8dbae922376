// Types by their names in SQL, for tables that a task writes.

const FORMATS = {
  BOOLEAN: "b",
  TINYINT: "c",
  SMALLINT: "s",
  INT: "i",
  BIGINT: "l",
  FLOAT: "f",
  DOUBLE: "g",
  STRING: "u",
  BINARY: "z",
  DATE: "tdD",
  TIMESTAMP: "tsu:UTC",
  TIMESTAMP_NTZ: "tsu:",
};

/**
 * The type of that name, such as `BIGINT`, `DECIMAL(10, 2)` or `ARRAY<STRING>`.
 * @param {string} name
 * @returns {import("./type.js").Type}
 */
export function typeNamed(name) {
  const text = name.trim().toUpperCase();
  const decimal = /^DECIMAL\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text);
  if (decimal) return { format: `d:${Number(decimal[1])},${Number(decimal[2])}` };
  const array = /^ARRAY\s*<(.*)>$/.exec(text);
  if (array) {
    return { format: "+l", fields: [{ name: "item", key: "item", type: typeNamed(array[1]), nullable: true }] };
  }
  if (!Object.hasOwn(FORMATS, text))
    throw new Error(`there is no type ${name}; there are: ${Object.keys(FORMATS).join(", ")}`);
  return { format: FORMATS[text], as: text === "TIMESTAMP" ? "date" : undefined };
}
