/**
 * Values of one type, some of them null.
 * @template T
 */
export class Column {
  #values;

  /**
   * @param {number} length rows
   * @param {Uint8Array | null} nulls a byte for each row, 1 where it is null; null when none is
   * @param {ArrayLike<T> | (() => ArrayLike<T>)} values what lies under a null is any value; or how to make them
   * @param {boolean} isConstant whether one value stands for all rows
   */
  constructor(length, nulls, values, isConstant = false) {
    this.length = length;
    this.nulls = nulls;
    this.isConstant = isConstant;
    this.#values = values;
  }

  /**
   * A column of values, some of which may be null.
   * @template T
   * @param {Iterable<T | null | undefined> | ArrayLike<T | null | undefined>} values
   * @returns {Column<T>}
   */
  static from(values) {
    if (ArrayBuffer.isView(values)) return new Column(values.length, null, values);
    const list = Array.isArray(values) ? values : Array.from(values);
    const nulls = list.includes(null) || list.includes(undefined) ? nullsOf(list) : null;
    return new Column(list.length, nulls, list);
  }

  /** One value for each row, a typed array for numbers; what lies under a null is any value. */
  get values() {
    if (typeof this.#values === "function") this.#values = this.#values();
    return this.#values;
  }

  /** @param {number} row */
  isNull(row) {
    return this.nulls !== null && this.nulls[row] === 1;
  }

  /** @param {number} row */
  get(row) {
    return this.isNull(row) ? null : this.values[row];
  }

  *[Symbol.iterator]() {
    for (let row = 0; row < this.length; row++) yield this.get(row);
  }

  /**
   * The same values, but null wherever one of the others is, too.
   * @param {...Column<unknown>} others
   * @returns {Column<T>}
   */
  nullWhere(...others) {
    const nulls = union([this.nulls, ...others.map((other) => other.nulls)]);
    return new Column(this.length, nulls, this.#values, this.isConstant);
  }

  /** The single row as the value of `rows` rows. */
  repeated(rows) {
    const nulls = this.nulls && new Uint8Array(rows).fill(this.nulls[0]);
    const spread = () => {
      const one = this.values;
      return (Array.isArray(one) ? new Array(rows) : new one.constructor(rows)).fill(one[0]);
    };
    return new Column(rows, nulls, spread, true);
  }

  /** One value for each row, null where it is null. */
  orNull() {
    const { nulls, values } = this;
    return nulls === null ? values : Array.from(values, (value, row) => (nulls[row] === 1 ? null : value));
  }
}

/**
 * Null where one of the lists says so.
 * @param {(Uint8Array | null)[]} lists
 * @returns {Uint8Array | null}
 */
export function union(lists) {
  const some = lists.filter((nulls) => nulls !== null);
  if (some.length < 2) return some[0] ?? null;
  const all = some[0].slice();
  for (const nulls of some.slice(1)) {
    for (let row = 0; row < all.length; row++) all[row] |= nulls[row];
  }
  return all;
}

function nullsOf(list) {
  return Uint8Array.from(list, (value) => (value === null || value === undefined ? 1 : 0));
}
