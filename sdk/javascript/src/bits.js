// Bitmaps of Arrow, least significant bit first, and lists of a byte for each row.

/**
 * A byte for each row: 1 where the bit is `wanted`.
 * @param {Uint8Array} bitmap
 * @param {number} rows
 * @param {0 | 1} wanted
 */
export function unpack(bitmap, rows, wanted) {
  const bytes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    if (((bitmap[row >> 3] >> (row & 7)) & 1) === wanted) bytes[row] = 1;
  }
  return bytes;
}

/**
 * A bitmap whose bit is set where `isSet` says so.
 * @param {number} rows
 * @param {(row: number) => boolean} isSet
 */
export function pack(rows, isSet) {
  const bitmap = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row++) {
    if (isSet(row)) bitmap[row >> 3] |= 1 << (row & 7);
  }
  return bitmap;
}
