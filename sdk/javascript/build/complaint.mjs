import { isBuiltin } from "node:module";
import { relative } from "node:path";

/** What an author has to change, and where. */
export class Complaint extends Error {
  /**
   * @param {import("typescript").Node | null} node what is to blame
   * @param {string} message
   */
  constructor(node, message) {
    super(node ? `${placeOf(node)}: ${message}` : message);
  }
}

/** `file:line:column` of a node. */
function placeOf(node) {
  const file = node.getSourceFile();
  return place(file, node.getStart(file));
}

/**
 * `file:line:column`, each counted from 1.
 * @param {import("typescript").SourceFile} file
 * @param {number} position
 */
export function place(file, position) {
  const { line, character } = file.getLineAndCharacterOfPosition(position);
  return `${relative(process.cwd(), file.fileName)}:${line + 1}:${character + 1}`;
}

/**
 * Why a module cannot be imported.
 * @param {string} name
 */
export function missing(name) {
  if (isBuiltin(name)) return `\`${name}\` is a module of Node.js, and there is no Node.js in the sandbox`;
  const remedy = /^[./]/.test(name) ? "" : `; \`npm install ${name}\` installs it, if it is a package`;
  return `there is no module \`${name}\`${remedy}`;
}
