// Every type and form that a function can have.

import {
  byteLength,
  Column,
  Day,
  Decimal,
  type Float32,
  type Int16,
  type Int32,
  type Int8,
  type LocalTimestamp,
  prepare,
  type Timestamp,
  type UInt16,
  type UInt32,
  type UInt64,
  type UInt8,
} from "polder";

/** Not. */
export const negate = (value: boolean): boolean => !value;

/** The same. */
export const sameInt8 = (value: Int8): Int8 => value;
/** The same. */
export const sameInt16 = (value: Int16): Int16 => value;
/** The same. */
export const sameUint8 = (value: UInt8): UInt8 => value;
/** The same. */
export const sameUint16 = (value: UInt16): UInt16 => value;
/** The same. */
export const sameUint32 = (value: UInt32): UInt32 => value;
/** The same. */
export const sameUint64 = (value: UInt64): UInt64 => value;
/** The same. */
export const sameBigint = (value: bigint): bigint => value;
/** The same. */
export const sameFloat = (value: Float32): Float32 => value;
/** The same. */
export const sameText = (value: string): string => value;

/**
 * One more, as long as it is an INT.
 *
 * @example
 * {schema}.successor(41)
 * -- 42
 */
export const successor = (value: Int32): Int32 => value + 1;

/** Half of it. */
export const half = (value: number): number => value / 2;

/** The bytes in reverse. */
export const reversed = (value: Uint8Array): Uint8Array => value.slice().reverse();

/** The day after. */
export const tomorrow = (day: Day): Day => day + 1;

/** The instant as it is written. */
export const shown = (instant: Date): string => (Number.isNaN(instant.getTime()) ? "far away" : instant.toISOString());

/** The beginning of the hour. */
export const hour = (instant: Timestamp): Timestamp =>
  instant - (((instant % 3_600_000_000n) + 3_600_000_000n) % 3_600_000_000n);

/** The instant at which a day begins. */
export const midnight = (day: Day): Date | null => {
  const date = Day.date(day);
  return Number.isNaN(date.getTime()) ? null : date;
};

/** The same time on the wall. */
export const wall = (time: LocalTimestamp): LocalTimestamp => time;

/**
 * A price as text.
 *
 * @example
 * {schema}.price(CAST(12.34 AS DECIMAL(10, 2)))
 * -- 12.34
 */
export const price = (value: Decimal<10, 2>): string => Decimal.format(value, 2);

/** Twice the price, if it has a place. */
export const twice = (value: Decimal<10, 2>): Decimal<11, 2> => value * 2n;

/** The sum of a list. */
export const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** The first of a list that is not null. */
export const firstOfList = (values: (string | null)[]): string | null => values.find((value) => value !== null) ?? null;

/** The words of a text. */
export const split = (text: string, separator: string): string[] => text.split(separator);

/** Whole numbers below another. */
export const below = (count: Int8): BigInt64Array =>
  BigInt64Array.from({ length: Math.max(count, 0) }, (_, index) => BigInt(index));

interface Point {
  x: number;
  y: number;
  label?: string;
}

/** The point on the other side of the origin. */
export const opposite = (point: Point): Point => ({ ...point, x: -point.x, y: -point.y });

/** Corners of a square. */
export const corners = (size: number): { cornerName: string; at: Point }[] => [
  { cornerName: "a", at: { x: 0, y: 0 } },
  { cornerName: "b", at: { x: size, y: size, label: "far" } },
];

/** Tells null from text. */
export const orElse = (text: string | null, other: string): string => text ?? other;

/** Fails for negative numbers. */
export function root(value: number): number {
  if (value < 0) throw new RangeError(`${value} is negative`);
  return Math.sqrt(value);
}

const compile = prepare((pattern: string) => new RegExp(pattern, "u"));

/** Whether a text matches a pattern. */
export const matches = (text: string, pattern: string): boolean => compile(pattern).test(text);

/**
 * The first argument that is not null.
 *
 * @example
 * {schema}.first_of(NULL, 'b', 'c')
 * -- b
 */
export function firstOf(...values: (string | null)[]): string | null {
  return values.find((value) => value !== null) ?? null;
}

/** The first of two arguments of one type, or where that is null the other. */
export const orElseAny = <T>(a: T | null, b: T | null): T | null => a ?? b;

/** A list of the arguments. */
export const listOf = <T>(a: T, b: T): T[] => [a, b];

/** What kind of value it is. */
export const kindOf = (value: unknown): string => (value === null ? "null" : typeof value);

/** The sum of two columns. */
export function plus(a: Column<number>, b: Column<number>): Column<number> {
  const [left, right] = [a.values, b.values];
  const sums = new Float64Array(a.length);
  for (let row = 0; row < sums.length; row++) sums[row] = left[row] + right[row];
  return Column.from(sums).nullWhere(a, b);
}

/** The lengths of texts in bytes. */
export function lengths(texts: Column<string>): Column<Int32> {
  return Column.from(texts.values.map(byteLength)).nullWhere(texts);
}

/** A number that nobody foresees.
 * @volatile
 * @name next_number
 */
export function counted(): bigint {
  return 1n;
}

/** The mean of the numbers that are above a limit. */
export class MeanAbove {
  sum = 0;
  count = 0n;

  update(value: number, limit: number) {
    if (value <= limit) return;
    this.sum += value;
    this.count += 1n;
  }

  merge(other: MeanAbove) {
    this.sum += other.sum;
    this.count += other.count;
  }

  evaluate(limit: number): number | null {
    return this.count === 0n ? null : Math.max(limit, this.sum / Number(this.count));
  }
}

/** All texts of a group. */
export class Collect {
  texts: string[] = [];

  update(text: string) {
    this.texts.push(text);
  }

  merge({ texts }: Collect) {
    this.texts.push(...texts);
  }

  evaluate(): string[] {
    return this.texts.toSorted();
  }
}

/** Numbers from one to another. */
export function* range(from: bigint, to: bigint | null): Generator<{ value: bigint; isEven: boolean }> {
  for (let value = from; to === null || value < to; value++) yield { value, isEven: value % 2n === 0n };
}
