// RetroArch's default keys, by their place on the keyboard (`KeyboardEvent.code`), so that they lie
// under the same fingers on every layout.

import { BUTTON } from "./pad.js";

/** @typedef {keyof typeof BUTTON} ButtonName */

/** @type {Readonly<Record<string, ButtonName>>} */
export const KEYS = Object.freeze({
  KeyZ: "B", KeyX: "A", KeyA: "Y", KeyS: "X",
  KeyQ: "L", KeyW: "R",
  ShiftRight: "SELECT", Enter: "START",
  ArrowUp: "UP", ArrowDown: "DOWN", ArrowLeft: "LEFT", ArrowRight: "RIGHT",
});

/**
 * The button of a key, or 0.
 * @param {string} code
 */
export function buttonOfKey(code) {
  const name = Object.hasOwn(KEYS, code) ? KEYS[code] : undefined;
  return name === undefined ? 0 : BUTTON[name];
}

/**
 * All buttons of the keys held down.
 * @param {Iterable<string>} codes
 */
export function buttonsOfKeys(codes) {
  let buttons = 0;
  for (const code of codes) buttons |= buttonOfKey(code);
  return buttons;
}

/**
 * Whether a key press is meant for the game rather than for the page or the browser.
 * @param {{code: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} event
 * @param {"field" | "button" | "page"} target what has the focus: a field is typed in, a button is
 *   pressed with Enter
 */
export function isForGame(event, target) {
  if (buttonOfKey(event.code) === 0) return false;
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return target === "page" || (target === "button" && event.code !== "Enter");
}
