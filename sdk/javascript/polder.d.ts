/** SQL functions and tasks for Polder: what an author's module imports. */

declare global {
  var console: Record<"log" | "info" | "warn" | "error" | "debug", (...parts: unknown[]) => void>;
  var TextEncoder: new () => { encode(text?: string): Uint8Array };
  var TextDecoder: new () => { decode(bytes?: Uint8Array): string };
}

declare const sql: unique symbol;

/** A type of SQL that has no type of JavaScript for its own. Values are those of `T`, nothing is added to them. */
type Sql<T, Format extends string> = T & { readonly [sql]?: Format };

/** TINYINT. */
export type Int8 = Sql<number, "c">;
/** SMALLINT. */
export type Int16 = Sql<number, "s">;
/** INT. */
export type Int32 = Sql<number, "i">;
/** An unsigned integer of 8 bits. */
export type UInt8 = Sql<number, "C">;
/** An unsigned integer of 16 bits. */
export type UInt16 = Sql<number, "S">;
/** An unsigned integer of 32 bits. */
export type UInt32 = Sql<number, "I">;
/** An unsigned integer of 64 bits. */
export type UInt64 = Sql<bigint, "L">;
/** FLOAT; what is returned is rounded to it. */
export type Float32 = Sql<number, "f">;
/** DATE: days since 1970-01-01. */
export type Day = Sql<number, "tdD">;
/** TIMESTAMP: microseconds since 1970-01-01 00:00 UTC. A `Date` is a TIMESTAMP, too, to the millisecond. */
export type Timestamp = Sql<bigint, "tsu:UTC">;
/** TIMESTAMP_NTZ: microseconds since 1970-01-01 00:00 on the wall. */
export type LocalTimestamp = Sql<bigint, "tsu:">;
/** DECIMAL(Precision, Scale): an integer that counts units of 10^-Scale, so that 12.34 is 1234n where the scale is 2. */
export type Decimal<Precision extends number, Scale extends number> = Sql<bigint, `d:${Precision},${Scale}`>;

/** Makes, shows and takes days apart. */
export const Day: {
  /** The day of a text such as "2024-02-29". */
  parse(text: string): Day;
  /** The day of an instant in UTC. */
  of(date: Date): Day;
  /** The instant at which a day begins in UTC. */
  date(day: Day): Date;
  /** "2024-02-29" */
  format(day: Day): string;
};

/** Makes and shows decimals; the scale is that of their type. */
export const Decimal: {
  /** 1234n of "12.34", when the scale is 2. */
  parse(text: string, scale: number): bigint;
  /** "12.34" of 1234n, when the scale is 2. */
  format(value: bigint, scale: number): string;
  /** 12.34 of 1234n, when the scale is 2. */
  number(value: bigint, scale: number): number;
};

/** Typed arrays by format. */
interface Views {
  c: Int8Array;
  C: Uint8Array;
  s: Int16Array;
  S: Uint16Array;
  i: Int32Array;
  I: Uint32Array;
  L: BigUint64Array;
  f: Float32Array;
  tdD: Int32Array;
  "tsu:UTC": BigInt64Array;
  "tsu:": BigInt64Array;
}
type Values<T> = typeof sql extends keyof T
  ? NonNullable<T[typeof sql]> extends keyof Views
    ? Views[NonNullable<T[typeof sql]>]
    : T[]
  : T extends number
    ? Float64Array
    : T extends bigint
      ? BigInt64Array
      : T[];

/** A whole column. A function whose parameters are columns is called once a batch instead of once a row. */
export class Column<T> implements Iterable<T | null> {
  private constructor();
  /** A column of values, some of which may be null. A typed array is taken as it is. */
  static from<T>(values: Iterable<T | null>): Column<T>;
  /** Rows. */
  readonly length: number;
  /** Whether all rows have the same value. */
  readonly isConstant: boolean;
  /** One value for each row: a view for numbers of fixed width. What lies under a null is any value. */
  readonly values: Values<T>;
  isNull(row: number): boolean;
  get(row: number): T | null;
  [Symbol.iterator](): Iterator<T | null>;
  /** The same values, but null wherever one of the others is, too. */
  nullWhere(...others: Column<any>[]): Column<T>;
}

/**
 * A function that makes something costly of its argument, once as long as the argument stays the same.
 *
 *     const compile = prepare((pattern: string) => new RegExp(pattern, "u"));
 */
export function prepare<A, T>(make: (argument: A) => T): (argument: A) => T;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number;

/** What one interface is wanted for. */
export type Want = {
  /** The right that is needed, such as "READ VOLUME". */
  privilege: string;
  /** On which kind of securable, and which one: "VOLUME main.nyc.inbox"; only the kind when the installer chooses. */
  on: string;
  /** Why whoever installs the plugin should agree. */
  reason: string;
};

/** What a plugin reaches outside the sandbox, and why. `export const wants: Wants = { … }` stands beside the tasks. */
export interface Wants {
  storage?: Want | Want[];
  query?: Want | Want[];
  catalog?: Want | Want[] | string;
  state?: string;
  metrics?: string;
  clock?: string;
  random?: string;
}

/** Why the host did not do what it was asked to. */
export class HostError extends Error {
  readonly kind: "denied" | "not-found" | "invalid" | "limit" | "failed";
}

/** Lines for whoever runs the statement; `console` writes them, too. */
export namespace log {
  type Level = "trace" | "debug" | "info" | "warn" | "error";
  function event(level: Level, message: string, fields?: Record<string, unknown>): void;
  function trace(message: string): void;
  function debug(message: string): void;
  function info(message: string): void;
  function warn(message: string): void;
  function error(message: string): void;
}

/** The time. Wants `clock`. */
export namespace clock {
  function now(): Date;
}

/** Random bytes; the same ones again when the run is given the same seed. Wants `random`. */
export namespace random {
  /** At most 65,536 bytes. */
  function bytes(length: number): Uint8Array;
}

/** Numbers for whoever watches the run. Wants `metrics`. */
export namespace metrics {
  function counter(name: string, add: number | bigint): void;
  function gauge(name: string, value: number): void;
  /** How much of the work is done, out of how much if that is known, in units of the plugin's choice. */
  function progress(done: number | bigint, total?: number | bigint): void;
}

/** Small values that outlive the run. Wants `state`. */
export namespace state {
  function get(key: string): Uint8Array | null;
  function text(key: string): string | null;
  function set(key: string, value: string | Uint8Array): void;
  function keys(prefix?: string): Iterable<string>;
  function remove(key: string): void;
}

/** What exists, as far as the caller and the plugin may both see it. Wants `catalog`. */
export namespace catalog {
  interface TableInfo {
    name: string;
    comment: string | null;
    tags: Record<string, string>;
    /** Types in the words of Arrow's C data interface. */
    columns: { name: string; format: string; nullable: boolean }[];
    /** Of the Delta table; null for a view. */
    version: number | null;
  }
  interface FunctionInfo {
    name: string;
    kind: "scalar" | "aggregate" | "table" | "transform" | "scorer" | "task";
    signature: string;
    comment: string | null;
  }
  function schemas(catalog: string): string[];
  function tables(schema: string): string[];
  function table(name: string): TableInfo;
  function functions(schema: string): FunctionInfo[];
  function setComment(table: string, comment: string): void;
  function setTag(table: string, key: string, value: string): void;
  function unsetTag(table: string, key: string): void;
}

/** A file of a volume. */
export interface Entry {
  /** Relative to the volume. */
  path: string;
  /** Bytes. */
  size: number;
  modified: Date;
}

/** A volume whose files can be read or written, as far as the run has the right to. Wants `storage`. */
export class Volume {
  private constructor();
  /** The volume `catalog.schema.volume`. */
  static open(name: string): Volume;
  /** The files below `prefix`, in order of their paths. */
  list(prefix?: string): Iterable<Entry>;
  stat(path: string): Entry;
  /** At most `length` bytes from `offset`; none at the end of the file. */
  read(path: string, offset: number, length: number): Uint8Array;
  /** The file in pieces of at most a mebibyte. */
  chunks(path: string): Iterable<Uint8Array>;
  /** The lines of a text file, without what ends them. Fails at once when there is no such file. */
  lines(path: string): Iterable<string>;
  readBytes(path: string): Uint8Array;
  readText(path: string): string;
  /** A new file, or one in place of that which is there: nobody sees it before it is committed. */
  create(path: string): Upload;
  delete(path: string): void;
}

/** A file being written. Without `commit` it never existed. */
export class Upload {
  private constructor();
  write(part: string | Uint8Array): void;
  /** Lets the file be seen. */
  commit(): Entry;
}

/** A value that stands for `$1`, `$2` … in a statement. */
export type Parameter = string | number | bigint | boolean | Uint8Array | Date | null;

/** SQL as the caller. Wants `query`. */
export namespace query {
  /**
   * Runs a statement, whose `$1`, `$2` … stand for the parameters. One without rows, such as INSERT, has been carried out
   * when this returns. Properties of a row are the columns by name; a TIMESTAMP is a `Date`.
   */
  function run<Row = Record<string, unknown>>(statement: string, ...parameters: Parameter[]): Iterable<Row>;
}

/** Types of SQL by name, and the values of a row that a {@link Writer} takes for them. */
interface SqlTypes {
  BOOLEAN: boolean;
  TINYINT: number;
  SMALLINT: number;
  INT: number;
  BIGINT: bigint;
  FLOAT: number;
  DOUBLE: number;
  STRING: string;
  BINARY: Uint8Array;
  DATE: number;
  TIMESTAMP: Date;
  TIMESTAMP_NTZ: bigint;
}
type SqlName = keyof SqlTypes | `DECIMAL(${number}, ${number})` | `ARRAY<${keyof SqlTypes}>`;
type ValueOf<N> = N extends keyof SqlTypes
  ? SqlTypes[N]
  : N extends `ARRAY<${infer Item extends keyof SqlTypes}>`
    ? (SqlTypes[Item] | null)[]
    : bigint;
type RowOf<Columns> = { [Name in keyof Columns]?: ValueOf<Columns[Name]> | null };

/** Rows that become one commit to a table, all or nothing. Without `commit` they never were. Wants `query`. */
export class Writer<Columns extends Record<string, SqlName>> {
  private constructor();
  /**
   * Begins a commit of rows with these columns: `Writer.open("t", { line: "BIGINT", text: "STRING" })`.
   * @param mode whether rows are added, replace all others, or those that are equal in some columns
   * @param once a second commit of the same application and version writes nothing
   */
  static open<const Columns extends Record<string, SqlName>>(
    table: string,
    columns: Columns,
    mode?: "append" | "overwrite" | { merge: string[] },
    once?: { application: string; version: number },
  ): Writer<Columns>;
  push(...rows: RowOf<Columns>[]): void;
  /** The table's version with these rows, or that of now if they had been written before. */
  commit(): number;
}
