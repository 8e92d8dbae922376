// Stands for the host where there is none, as in tests under Node.js.

import { HostError } from "./host_error.js";

const known = {
  log: (level, message, fields) => console.error(level, message, ...fields.map((field) => field.join("="))),
  now: () => Date.now(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

function absent() {
  throw new HostError("failed", "this works inside Polder only");
}

export default new Proxy(known, {
  get: (known, name) => known[name] ?? new Proxy(absent, { get: () => absent }),
});
