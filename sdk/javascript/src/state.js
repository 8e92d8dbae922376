import host from "#host/state";
import { ask, paged } from "./host_error.js";
import { decode, encode } from "./text.js";

export const get = (key) => ask(() => host.get(key));

export function text(key) {
  const bytes = get(key);
  return bytes && decode(bytes);
}

export const set = (key, value) => ask(() => host.set(key, typeof value === "string" ? encode(value) : value));
export const remove = (key) => ask(() => host.delete(key));
export const keys = (prefix = "") =>
  paged(
    (after) => host.keys(prefix, after),
    (key) => key,
  );
