/**
 * @typedef {"any" | "string" | "number" | "bigint" | "boolean" | { list: Shape } | { fields: Record<string, Member> }} Shape
 *   what a JSON value has to be
 * @typedef {{ shape: Shape, nullable: boolean, optional: boolean }} Member
 */

/**
 * The value of a JSON text.
 * @param {string} text
 * @param {Shape} shape
 * @param {boolean} nullable
 */
export function fromJson(text, shape, nullable) {
  // All digits of an integer count, also those that a number has no place for.
  if (shape === "bigint" && /^\s*-?\d+\s*$/.test(text)) return BigInt(text.trim());
  return value(JSON.parse(text), shape, nullable);
}

function value(json, shape, nullable) {
  if (json === null && (nullable || shape === "any")) return null;
  if (shape === "any") return json;
  if (shape === "bigint") {
    if (!Number.isSafeInteger(json)) throw unfit(json, shape);
    return BigInt(json);
  }
  if (typeof shape === "string") {
    if (typeof json !== shape) throw unfit(json, shape);
    return json;
  }
  if ("list" in shape) {
    if (!Array.isArray(json)) throw unfit(json, "list");
    return json.map((item) => value(item, shape.list, false));
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw unfit(json, "object");
  const object = {};
  for (const [key, member] of Object.entries(shape.fields)) {
    if (key in json) object[key] = value(json[key], member.shape, member.nullable);
    else if (!member.optional) throw new Error(`\`${key}\` is missing`);
  }
  return object;
}

function unfit(json, wanted) {
  const name = { bigint: "integer", list: "list", object: "object" }[wanted] ?? wanted;
  return new Error(`${JSON.stringify(json)} is no ${name}`);
}

/**
 * The JSON text of a value; a bigint is a number with all its digits.
 * @param {unknown} value
 * @returns {string}
 */
export function toJson(value) {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Map) return toJson(Object.fromEntries(value));
  if (ArrayBuffer.isView(value)) return toJson(Array.from(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (typeof value !== "object" || value === null || typeof value.toJSON === "function") {
    return JSON.stringify(value)?.toWellFormed() ?? "null";
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`).join(",")}}`;
}
