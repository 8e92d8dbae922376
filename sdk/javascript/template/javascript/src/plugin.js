// SQL functions: what this file exports. Types are those of JSDoc.

import { byteLength } from "polder";

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
 * What white space separates.
 * @param {string} text
 * @returns {string[]}
 */
function wordsOf(text) {
  return text.match(/\P{White_Space}+/gu) ?? [];
}
