// SQL functions: what this file exports.

import { byteLength } from "polder";

/**
 * A person's initials: the first letter of each word, in upper case.
 *
 * @example
 * {schema}.initials('ada lovelace')
 * -- AL
 */
export function initials(name: string): string {
  return wordsOf(name)
    .map((word) => String.fromCodePoint(word.codePointAt(0)!).toUpperCase())
    .join("");
}

/** The longest text of a group; of several, the first. */
export class Longest {
  text: string | null = null;

  update(text: string) {
    if (this.text === null || byteLength(this.text) < byteLength(text)) this.text = text;
  }

  merge(other: Longest) {
    if (other.text !== null) this.update(other.text);
  }

  evaluate(): string | null {
    return this.text;
  }
}

/** A word of a text and where it stands, counted from 1. */
interface Word {
  word: string;
  position: bigint;
}

/** The words of a text, one row each. */
export function* words(text: string): Generator<Word> {
  let position = 0n;
  for (const word of wordsOf(text)) yield { word, position: ++position };
}

/** What white space separates. */
function wordsOf(text: string): string[] {
  return text.match(/\P{White_Space}+/gu) ?? [];
}
