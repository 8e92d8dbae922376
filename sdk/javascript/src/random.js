import host from "#host/random";

/** @param {number} length at most 65,536 */
export const bytes = (length) => host.bytes(length);
