// What is printed on a key, where the browser tells; else what its place is called.

import { hasText, text } from "../lang/text.js";

/** @type {Map<string, string>} */
let printed = new Map();

/** Asks the browser. Resolves to whether it told. */
export async function readKeyNames() {
  const keyboard = /** @type {{keyboard?: {getLayoutMap?(): Promise<Map<string, string>>}}} */ (navigator).keyboard;
  try {
    printed = await keyboard?.getLayoutMap?.() ?? printed;
  } catch {
    // Forbidden: the names of the places remain.
  }
  return printed.size > 0;
}

/** @param {string} code `KeyboardEvent.code` */
export function keyName(code) {
  if (hasText(`key.${code}`)) return text(`key.${code}`);
  const [, number] = /^Numpad(.+)$/.exec(code) ?? [];
  if (number !== undefined) return text("key.numpad", { key: number });
  const letter = printed.get(code) ?? code.replace(/^(Key|Digit)(?=.$)/, "");
  return letter.length === 1 ? letter.toUpperCase() : letter.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
}
