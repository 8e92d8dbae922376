// One module of a plugin: the author's, what that imports, and the SDK.

import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Complaint, missing } from "./complaint.mjs";

const SDK = join(dirname(fileURLToPath(import.meta.url)), "..");
const HOST = /^polder:host\/(\w+)@/;

/**
 * The text of the module, and the files that are in it.
 * @param {typeof import("esbuild")} esbuild
 * @param {string} entry the author's module
 * @param {object} plugin as the scan describes it
 * @param {{ exports: string[], imports: string[] }} world
 */
export async function bundle(esbuild, entry, plugin, world) {
  const built = await esbuild
    .build({
      stdin: { contents: main(entry, plugin, world), resolveDir: SDK, sourcefile: "plugin.js" },
      absWorkingDir: process.cwd(),
      bundle: true,
      format: "esm",
      legalComments: "none",
      logLevel: "silent",
      mainFields: ["module", "main"],
      conditions: ["module"],
      metafile: true,
      minifySyntax: true,
      minifyWhitespace: true,
      platform: "neutral",
      plugins: [resolver],
      target: "es2024",
      tsconfigRaw: {},
      write: false,
    })
    .catch(({ errors, message }) => {
      const [first] = errors ?? [];
      throw new Complaint(null, first ? `${placeOf(first)}${first.text}` : message);
    });
  const [output] = Object.values(built.metafile.outputs);
  for (const { path } of output.imports) {
    const [, name] = HOST.exec(path) ?? [];
    if (name && !world.imports.includes(name)) {
      throw new Complaint(
        null,
        `the plugin uses \`${name}\`, but does not ask for it: \`export const wants: Wants = { ${name}: … }\``,
      );
    }
  }
  return { text: built.outputFiles[0].text, inputs: Object.keys(output.inputs).sort() };
}

/** The module that brings all together. */
function main(entry, plugin, world) {
  const described = { ...plugin, functions: plugin.functions.map(({ export: _, ...described }) => described) };
  return `
    import "./src/prelude.js";
    import { register } from "./src/plugin.js";
    import { ${plugin.functions.map((one, index) => `${one.export} as f${index}`).join(", ")} } from ${JSON.stringify(entry)};
    const plugin = ${JSON.stringify(described)};
    [${plugin.functions.map((_, index) => `f${index}`).join(", ")}].forEach((code, index) => {
      plugin.functions[index].code = code;
    });
    register(plugin);
    export { ${["description", ...world.exports].join(", ")} } from "./src/component.js";
  `;
}

/** Finds the SDK and the host, and refuses modules of Node.js. */
const resolver = {
  name: "polder",
  setup(build) {
    build.onResolve({ filter: /^polder$/ }, () => ({ path: join(SDK, "src/index.js"), sideEffects: false }));
    build.onResolve({ filter: /^#host\// }, ({ path }) => ({
      path: `polder:host/${path.slice("#host/".length)}@0.1.0`,
      external: true,
      sideEffects: false,
    }));
    // What is left of the rest is asked for again, so that what is missing is told in our words.
    build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...place }) => {
      if (pluginData === resolver || place.kind === "entry-point") return undefined;
      const found = isBuiltin(path) ? { errors: [{}] } : await build.resolve(path, { ...place, pluginData: resolver });
      return found.errors.length > 0 ? { errors: [{ text: missing(path) }] } : found;
    });
  },
};

function placeOf({ location }) {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ` : "";
}
