// What a JSON value has to be, for parameters of tasks.

import { Complaint } from "./complaint.mjs";

const SHAPES = { u: "string", g: "number", l: "bigint", b: "boolean" };

/**
 * The shape of a parameter, and its type in SQL where it has one.
 * @param {import("./types.mjs").Types} types
 */
export function shapeOf(types, type, at) {
  if (types.isUnknown(type)) return { type: null, json: "any" };
  const shape = inner(types, type, at);
  return { type: typeof shape === "string" ? types.sql(type, at) : null, json: shape };
}

function inner(types, type, at) {
  if (types.isUnknown(type)) return "any";
  const item = types.item(type);
  if (item) return { list: inner(types, types.present(item).type, at) };
  const { format, as } = types.sql(type, at);
  if (Object.hasOwn(SHAPES, format)) return SHAPES[format];
  if (format !== "+s" || as) throw new Complaint(at, `\`${types.text(type)}\` has no JSON`);
  const members = types.checker.getPropertiesOfType(type).map((property) => {
    const present = types.present(types.checker.getTypeOfSymbolAtLocation(property, at));
    const optional = (property.flags & types.ts.SymbolFlags.Optional) !== 0;
    return [property.name, { shape: inner(types, present.type, at), nullable: present.nullable, optional }];
  });
  return { fields: Object.fromEntries(members) };
}
