// What JSDoc says of a function.

import { Complaint } from "./complaint.mjs";
import { snakeCase } from "../src/name.js";

const VOLATILITY = ["stable", "volatile"];

/**
 * Documentation and marks of an exported function or class.
 * @param {typeof import("typescript")} ts
 * @param {import("typescript").TypeChecker} checker
 * @param {import("typescript").Symbol} symbol
 * @param {string} name as it is exported
 */
export function docOf(ts, checker, symbol, name) {
  const tags = symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) }));
  const text = (tag) => tags.find((one) => one.name === tag)?.text.trim();
  return {
    name: text("name") || snakeCase(name),
    doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim(),
    volatility: VOLATILITY.find((promise) => text(promise) !== undefined) ?? "immutable",
    examples: tags.filter((tag) => tag.name === "example").map(({ text }) => example(text, symbol.valueDeclaration)),
    isTask: text("task") !== undefined,
  };
}

/** What `@param` says of a parameter. */
export function parameterDoc(ts, checker, symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return text.replace(/^-\s+/, "").trim();
}

/** An expression or a SELECT, then what it gives in lines of comment. */
function example(text, at) {
  const lines = text.split("\n").filter((line) => !line.trim().startsWith("```"));
  const end = lines.findIndex((line) => line.startsWith("--"));
  if (end < 1) throw new Complaint(at, "an @example is an expression of SQL, and below it what it gives: `-- 42`");
  const result = lines.slice(end).filter((line) => line.startsWith("--"));
  return {
    sql: lines.slice(0, end).join("\n").trim().replace(/;$/, ""),
    result: result.map((line) => line.replace(/^-- ?/, "")).join("\n"),
  };
}
