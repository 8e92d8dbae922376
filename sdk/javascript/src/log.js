import host from "#host/log";

/**
 * Writes a line for whoever runs the statement.
 * @param {"trace" | "debug" | "info" | "warn" | "error"} level
 * @param {string} message
 * @param {Record<string, unknown>} fields
 */
export function event(level, message, fields = {}) {
  const texts = Object.entries(fields).map(([key, value]) => [key, String(value)]);
  host.log(level, String(message).toWellFormed(), texts);
}

export const trace = (message) => event("trace", message);
export const debug = (message) => event("debug", message);
export const info = (message) => event("info", message);
export const warn = (message) => event("warn", message);
export const error = (message) => event("error", message);
