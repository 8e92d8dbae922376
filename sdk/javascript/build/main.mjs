// Usage: node main.mjs TOOLS PROJECT OUT
//
// Makes one module of the plugin in the folder PROJECT, written to OUT, and prints as JSON its world and the files that
// are in it. TOOLS is the folder whose `node_modules` has esbuild and typescript.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { bundle } from "./bundle.mjs";
import { Complaint } from "./complaint.mjs";
import { scan, worldOf } from "./scan.mjs";

const [tools, project, out] = process.argv.slice(2).map((path) => resolve(path));
process.chdir(project);
const require = createRequire(join(tools, "package.json"));
try {
  const { entry, plugin } = scan(require("typescript"), project);
  const world = worldOf(plugin);
  const { text, inputs } = await bundle(require("esbuild"), entry, plugin, world);
  writeFileSync(out, text);
  console.log(JSON.stringify({ world, inputs }));
} catch (error) {
  if (!(error instanceof Complaint)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
