// The exports of a component, for every plugin at once.

import { Aggregate } from "./aggregate.js";
import { describe } from "./description.js";
import { Scalar } from "./scalar.js";
import { TableFunction } from "./table.js";
import { run } from "./task.js";

export { register } from "./plugin.js";

export const description = { describe };
export const udf = { Scalar, Aggregate, TableFunction };
export const tasks = { run };
