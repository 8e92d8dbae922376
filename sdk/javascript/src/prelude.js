// What an author expects of the language, where the sandbox has none of it. Comes before all other modules.

import { error, info, warn, debug } from "./log.js";
import { decode, encode } from "./text.js";

const SystemDate = Date;

function refuse(what, remedy) {
  throw new Error(`there is no ${what} in the sandbox; ${remedy}`);
}

/** The engine's own would ask a system that is not there, which ends the instance. */
globalThis.Date = class Date extends SystemDate {
  constructor(...given) {
    if (given.length === 0) refuse("time", "a task that wants `clock` has `clock.now()`");
    super(...given);
  }
  static now() {
    return refuse("time", "a task that wants `clock` has `clock.now()`");
  }
};

Math.random = () => refuse("randomness", "a task that wants `random` has `random.bytes()`");
delete globalThis.performance;

const line =
  (write) =>
  (...parts) =>
    write(parts.map((part) => (typeof part === "string" ? part : shown(part))).join(" "));

function shown(value) {
  return value instanceof Error ? `${value.name}: ${value.message}` : (JSON.stringify(value, plain) ?? String(value));
}

const plain = (_, value) => (typeof value === "bigint" ? String(value) : value);

globalThis.console = { log: line(info), info: line(info), warn: line(warn), error: line(error), debug: line(debug) };

globalThis.TextEncoder = class TextEncoder {
  encoding = "utf-8";
  encode(text = "") {
    return encode(String(text));
  }
};

globalThis.TextDecoder = class TextDecoder {
  encoding = "utf-8";
  decode(bytes = new Uint8Array(0)) {
    return decode(
      ArrayBuffer.isView(bytes)
        ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : new Uint8Array(bytes),
    );
  }
};
