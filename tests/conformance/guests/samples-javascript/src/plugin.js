// The samples that every SDK has, as the kit's README says what they do.

import { byteLength, Volume, Writer } from "polder";

/** @type {import("polder").Wants} */
export const wants = {
  storage: { privilege: "READ VOLUME", on: "VOLUME", reason: "reads the file that you name" },
  query: { privilege: "MODIFY", on: "TABLE", reason: "writes its lines to the table that you choose" },
};

/**
 * A person's initials: the first letter of each word, in upper case.
 *
 * @example
 * {schema}.initials('ada lovelace')
 * -- AL
 *
 * @param {string} name
 * @returns {string}
 */
export function initials(name) {
  return wordsOf(name)
    .map((word) => String.fromCodePoint(/** @type {number} */ (word.codePointAt(0))).toUpperCase())
    .join("");
}

/** The longest text of a group; of several, the first. */
export class Longest {
  /** @type {string | null} */
  text = null;

  /** @param {string} text */
  update(text) {
    if (this.text === null || byteLength(this.text) < byteLength(text)) this.text = text;
  }

  /** @param {Longest} other */
  merge(other) {
    if (other.text !== null) this.update(other.text);
  }

  /** @returns {string | null} */
  evaluate() {
    return this.text;
  }
}

/**
 * The words of a text, one row each.
 *
 * @param {string} text
 * @returns {Generator<{ word: string, position: bigint }>}
 */
export function* words(text) {
  let position = 0n;
  for (const word of wordsOf(text)) yield { word, position: ++position };
}

/**
 * Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.
 *
 * @task
 * @param {string} volume
 * @param {string} path
 * @param {string} target
 */
export function loadLines(volume, path, target) {
  const lines = Volume.open(volume).lines(path);
  const writer = Writer.open(target, { line: "BIGINT", text: "STRING" });
  let line = 0n;
  for (const text of lines) writer.push({ line: ++line, text });
  writer.commit();
  return { rows: line };
}

/**
 * What white space separates.
 * @param {string} text
 * @returns {string[]}
 */
function wordsOf(text) {
  return text.match(/\P{White_Space}+/gu) ?? [];
}
