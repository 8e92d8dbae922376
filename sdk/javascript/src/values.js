// Days, and decimals: numbers that count something.

const DAY = 86_400_000;

/** Days since 1970-01-01. */
export const Day = {
  /** @param {string} text such as "2024-02-29" */
  parse(text) {
    const millis = /^[+-]?\d{4,6}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
    // Date.parse takes 30 February for 1 March.
    if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(text)) throw new Error(`${text} is no day`);
    return millis / DAY;
  },
  /** @param {Date} date an instant, whose day in UTC counts */
  of: (date) => Math.floor(date.getTime() / DAY),
  /** Midnight in UTC. */
  date: (day) => new Date(day * DAY),
  format: (day) => new Date(day * DAY).toISOString().split("T")[0],
};

/** Integers that count units of 10^-scale. */
export const Decimal = {
  /**
   * @param {string} text such as "12.34"
   * @param {number} scale
   */
  parse(text, scale) {
    const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text.trim());
    const digits = (match?.[3] ?? "").replace(/0+$/, "");
    if (!match || digits.length > scale) throw new Error(`${text} is no decimal with ${scale} digits after the point`);
    const units = BigInt(match[2] + digits.padEnd(scale, "0"));
    return match[1] === "-" ? -units : units;
  },
  format(value, scale) {
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
    const [whole, rest] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
    return `${value < 0n ? "-" : ""}${whole}${scale > 0 ? `.${rest}` : ""}`;
  },
  number: (value, scale) => Number(Decimal.format(value, scale)),
};
