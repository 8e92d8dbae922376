// Reads an author's module: what it exports, and what it wants.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Complaint, missing, place } from "./complaint.mjs";
import { Functions } from "./functions.mjs";
import { Types } from "./types.mjs";
import { wantsOf } from "./wants.mjs";

const SDK = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The module whose exports are the plugin, relative to the project. */
const ENTRIES = ["src/plugin.ts", "src/plugin.js"];

/** What the compiler says of a module that it cannot find. */
const MISSING = [2307, 2792];

/**
 * What the plugin in a folder says of itself, without its code.
 * @param {typeof import("typescript")} ts
 * @param {string} project
 */
export function scan(ts, project) {
  const entry = ENTRIES.map((file) => join(project, file)).find(existsSync);
  if (!entry) throw new Complaint(null, `there is neither ${ENTRIES.join(" nor ")}: what it exports are the functions`);
  const program = ts.createProgram([entry], options(ts, project));
  const source = program.getSourceFile(entry);
  report(ts, program);

  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(source);
  const exported = new Map();
  for (const symbol of module ? checker.getExportsOfModule(module) : []) {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (real.flags & ts.SymbolFlags.Value) exported.set(symbol.name, real);
  }
  const capabilities = wantsOf(ts, exported.get("wants"));
  exported.delete("wants");
  const functions = new Functions(ts, new Types(ts, checker));
  const list = [...exported].map(([name, symbol]) => functions.read(name, symbol, symbol.valueDeclaration ?? source));
  if (list.length === 0) throw new Complaint(source, "nothing is exported: exported functions are those of SQL");
  list.sort((a, b) => (a.name < b.name ? -1 : 1));
  list.forEach(({ name, export: second }, index) => {
    if (index > 0 && list[index - 1].name === name) {
      throw new Complaint(source, `\`${list[index - 1].export}\` and \`${second}\` are both called \`${name}\` in SQL`);
    }
  });
  return { entry, plugin: { ...manifest(project), functions: list, capabilities } };
}

/** The world that the component lives in. */
export function worldOf({ functions, capabilities }) {
  const exports = [];
  if (functions.some(({ kind }) => kind !== "task")) exports.push("udf");
  if (functions.some(({ kind }) => kind === "task")) exports.push("tasks");
  return { exports, imports: [...new Set(["log", ...capabilities.map(({ name }) => name)])] };
}

/** The options of the project's tsconfig.json, with those on which reading types depends. */
function options(ts, project) {
  const file = join(project, "tsconfig.json");
  const config = existsSync(file) ? ts.readConfigFile(file, ts.sys.readFile) : { config: {} };
  if (config.error) throw new Complaint(null, ts.flattenDiagnosticMessageText(config.error.messageText, "\n"));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, project);
  return {
    lib: ["lib.es2023.d.ts"],
    types: [],
    ...options,
    allowJs: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    paths: { ...options.paths, polder: [join(SDK, "polder.d.ts")] },
    skipLibCheck: true,
    strictNullChecks: true,
    target: ts.ScriptTarget.ES2023,
  };
}

/** Fails when the module does not parse, or its types do not fit. */
function report(ts, program) {
  const [found] = ts.getPreEmitDiagnostics(program);
  if (!found) return;
  const [, module] = MISSING.includes(found.code)
    ? /'([^']*)'/.exec(ts.flattenDiagnosticMessageText(found.messageText, ""))
    : [];
  const text = module ? missing(module) : ts.flattenDiagnosticMessageText(found.messageText, "\n");
  throw new Complaint(null, found.file ? `${place(found.file, found.start)}: ${text}` : text);
}

/** Name, version and origin, of package.json. */
function manifest(project) {
  const { name, version, description, license, author, contributors, homepage } = JSON.parse(
    readFileSync(join(project, "package.json"), "utf8"),
  );
  const people = [author, ...(contributors ?? [])].filter(Boolean);
  const written = ({ name, email }) => (email ? `${name} <${email}>` : name);
  return {
    // Also an identifier of SQL: without scope and hyphens.
    name: name.replace(/^@[^/]*\//, "").replaceAll("-", "_"),
    version,
    summary: description ?? "",
    license: license ?? "",
    authors: people.map((person) => (typeof person === "string" ? person : written(person))),
    homepage: homepage ?? "",
  };
}
