// Validation of received values: each function returns a value of its kind or throws `Malformed`.

export class Malformed extends Error {}

/** @param {unknown} value @returns {Record<string, unknown>} */
export function record(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed();
  return /** @type {Record<string, unknown>} */ (value);
}

/** The first `limit` items. @param {unknown} value @param {number} limit @returns {unknown[]} */
export function list(value, limit) {
  if (!Array.isArray(value)) throw new Malformed();
  return value.slice(0, limit);
}

/** The first `limit` characters. @param {unknown} value @param {number} [limit] */
export function text(value, limit = 400) {
  if (typeof value !== "string") throw new Malformed();
  return value.slice(0, limit);
}

/** @param {unknown} value */
export function optionalText(value) {
  return value === null || value === undefined ? "" : text(value);
}

/** @param {unknown} value @param {number} [least] @param {number} [most] */
export function number(value, least = -1e15, most = 1e15) {
  if (typeof value !== "number" || !(value >= least && value <= most)) throw new Malformed();
  return value;
}

/** A whole number from 0. @param {unknown} value @param {number} [most] */
export function whole(value, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isInteger(value)) throw new Malformed();
  return number(value, 0, most);
}

/** @param {unknown} value */
export function flag(value) {
  if (typeof value !== "boolean") throw new Malformed();
  return value;
}

/**
 * One of a few words.
 * @template {string} Word
 * @param {unknown} value
 * @param {readonly Word[]} words
 * @returns {Word}
 */
export function word(value, words) {
  const found = words.find((it) => it === value);
  if (found === undefined) throw new Malformed();
  return found;
}

/**
 * Those of a few words that are in a list; a newer host may have more of them.
 * @template {string} Word
 * @param {unknown} value
 * @param {readonly Word[]} words
 * @returns {Word[]}
 */
export function wordsOf(value, words) {
  const said = list(value, 64);
  return words.filter((it) => said.includes(it));
}
