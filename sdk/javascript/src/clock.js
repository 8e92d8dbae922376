import host from "#host/clock";

/** The time of the run. */
export const now = () => new Date(host.now());
