/**
 * A function that makes something costly of its argument, once as long as the argument stays the same: a regular
 * expression of a pattern that is constant, say.
 * @template A, T
 * @param {(argument: A) => T} make
 * @returns {(argument: A) => T}
 */
export function prepare(make) {
  let last;
  return (argument) => {
    if (last === undefined || last.argument !== argument) last = { argument, made: make(argument) };
    return last.made;
  };
}
