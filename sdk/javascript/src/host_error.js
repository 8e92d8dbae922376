/** The answer of the host when it refuses, or fails. Its message is for whoever runs the plugin. */
export class HostError extends Error {
  /**
   * @param {"denied" | "not-found" | "invalid" | "limit" | "failed"} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.name = "HostError";
    this.kind = kind;
  }
}

/**
 * What the host answers; what it refuses is thrown as a {@link HostError}.
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
export function ask(call) {
  try {
    return call();
  } catch (thrown) {
    const { tag, val } = thrown?.payload ?? {};
    throw typeof tag === "string" ? new HostError(tag, String(val)) : thrown;
  }
}

/**
 * All items of a list that comes in pages.
 * @template T
 * @param {(after: string | null) => T[]} page
 * @param {(item: T) => string} key what the next page comes after
 * @returns {Generator<T>}
 */
export function* paged(page, key) {
  for (let after = null; ;) {
    const items = ask(() => page(after));
    if (items.length === 0) return;
    yield* items;
    after = key(items[items.length - 1]);
  }
}
