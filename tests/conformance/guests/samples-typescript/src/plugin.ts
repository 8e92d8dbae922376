// The samples that every SDK has, as the kit's README says what they do.

import { byteLength, Volume, type Wants, Writer } from "polder";

export const wants: Wants = {
  storage: { privilege: "READ VOLUME", on: "VOLUME", reason: "reads the file that you name" },
  query: { privilege: "MODIFY", on: "TABLE", reason: "writes its lines to the table that you choose" },
};

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

/**
 * Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.
 *
 * @task
 */
export function loadLines(volume: string, path: string, target: string): { rows: bigint } {
  const lines = Volume.open(volume).lines(path);
  const writer = Writer.open(target, { line: "BIGINT", text: "STRING" });
  let line = 0n;
  for (const text of lines) writer.push({ line: ++line, text });
  writer.commit();
  return { rows: line };
}

/** What white space separates. */
function wordsOf(text: string): string[] {
  return text.match(/\P{White_Space}+/gu) ?? [];
}
