// What a module says that it wants outside the sandbox.

import { Complaint } from "./complaint.mjs";

/** Interfaces that can be wanted. */
export const INTERFACES = ["storage", "query", "catalog", "state", "metrics", "clock", "random"];

/**
 * The capabilities in `export const wants = { … }`, which is read, not run.
 * @param {typeof import("typescript")} ts
 * @param {import("typescript").Symbol | undefined} symbol
 */
export function wantsOf(ts, symbol) {
  if (!symbol) return [];
  const object = literal(ts, symbol.valueDeclaration.initializer ?? symbol.valueDeclaration);
  if (!ts.isObjectLiteralExpression(object))
    throw new Complaint(object, "`wants` is an object that is written out here");
  return members(ts, object).flatMap(([name, node, at]) => {
    if (!INTERFACES.includes(name))
      throw new Complaint(at, `\`${name}\` cannot be wanted; there are: ${INTERFACES.join(", ")}`);
    const list = ts.isArrayLiteralExpression(node) ? node.elements.map((element) => literal(ts, element)) : [node];
    return list.map((one) => capability(ts, name, one));
  });
}

function capability(ts, name, node) {
  if (ts.isStringLiteralLike(node)) return { name, privilege: "", kind: "", on: "", reason: node.text };
  if (!ts.isObjectLiteralExpression(node)) throw new Complaint(node, "this is a reason, or { privilege, on, reason }");
  const texts = { privilege: "", on: "", reason: "" };
  for (const [key, value, at] of members(ts, node)) {
    if (!Object.hasOwn(texts, key)) throw new Complaint(at, `\`${key}\` is none of privilege, on and reason`);
    if (!ts.isStringLiteralLike(value)) throw new Complaint(value, "this is a text that is written out here");
    texts[key] = value.text;
  }
  if (texts.reason === "")
    throw new Complaint(node, "`reason` is missing: why should whoever installs the plugin agree?");
  const [, kind, on] = /^(\S*)\s*(.*)$/.exec(texts.on.trim());
  return { name, privilege: texts.privilege, kind, on, reason: texts.reason };
}

/** Name, value and place of each member of an object. */
function members(ts, object) {
  return object.properties.map((member) => {
    if (!ts.isPropertyAssignment(member) || ts.isComputedPropertyName(member.name)) {
      throw new Complaint(member, "this is `name: value`, written out");
    }
    return [member.name.text, literal(ts, member.initializer), member];
  });
}

/** An expression without `as const`, `satisfies` and parentheses. */
function literal(ts, node) {
  while (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    node = node.expression;
  return node;
}
