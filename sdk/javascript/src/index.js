// What authors import from "polder".

export * as catalog from "./catalog.js";
export * as clock from "./clock.js";
export * as log from "./log.js";
export * as metrics from "./metrics.js";
export * as query from "./query.js";
export * as random from "./random.js";
export * as state from "./state.js";
export { Column } from "./column.js";
export { HostError } from "./host_error.js";
export { prepare } from "./prepare.js";
export { Upload, Volume } from "./storage.js";
export { Writer } from "./query.js";
export { byteLength } from "./text.js";
export { Day, Decimal } from "./values.js";
