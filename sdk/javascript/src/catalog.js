import host from "#host/catalog";
import { ask } from "./host_error.js";
import { unflatten } from "./type.js";

export const schemas = (catalog) => ask(() => host.schemas(catalog));
export const tables = (schema) => ask(() => host.tables(schema));

export function table(name) {
  const { tags, columns, ...info } = ask(() => host.table(name));
  return { ...info, tags: Object.fromEntries(tags), columns: unflatten(columns).map(nameAndType) };
}

export const functions = (schema) => ask(() => host.functions(schema));
export const setComment = (table, comment) => ask(() => host.setComment(table, comment));
export const setTag = (table, key, value) => ask(() => host.setTag(table, key, value));
export const unsetTag = (table, key) => ask(() => host.unsetTag(table, key));

const nameAndType = ({ name, type, nullable }) => ({ name, format: type.format, nullable });
