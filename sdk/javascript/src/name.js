/**
 * A name as SQL writes it: `loadLines` is `load_lines`, `parseURL2` is `parse_url2`.
 * @param {string} name
 */
export function snakeCase(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
