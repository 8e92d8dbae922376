// UTF-8, by what the engine does natively: it has base64, but no TextEncoder.

const ASCII = /^[\0-\x7f]*$/;

/** @param {string} text */
export const isAscii = (text) => ASCII.test(text);

/**
 * A character for each byte.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export const toLatin1 = (bytes) => atob(bytes.toBase64());

/**
 * A byte for each character, none of which is above 0xff.
 * @param {string} text
 * @returns {Uint8Array}
 */
export const fromLatin1 = (text) => Uint8Array.fromBase64(btoa(text));

/**
 * The text whose UTF-8 has the characters of `latin1` as its bytes.
 * @param {string} latin1
 * @throws {Error} when it is not UTF-8
 */
export const decodeLatin1 = (latin1) => decodeURIComponent(escape(latin1));

/**
 * The UTF-8 of a text, a character for each byte. Half a surrogate pair becomes U+FFFD.
 * @param {string} text
 */
export const encodeLatin1 = (text) => (isAscii(text) ? text : unescape(encodeURIComponent(text.toWellFormed())));

/** @param {Uint8Array} bytes */
export function decode(bytes) {
  const latin1 = toLatin1(bytes);
  try {
    return isAscii(latin1) ? latin1 : decodeLatin1(latin1);
  } catch {
    throw new Error("the bytes are not UTF-8");
  }
}

/** @param {string} text */
export const encode = (text) => fromLatin1(encodeLatin1(text));

/** @param {string} text */
export const byteLength = (text) => encodeLatin1(text).length;
