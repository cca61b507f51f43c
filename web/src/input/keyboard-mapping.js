// Which key is which control, by the key's place on the keyboard (`KeyboardEvent.code`), so that they
// lie under the same fingers everywhere. Two layouts, for two players at one keyboard.

import { CONTROLS, PressCollector } from "./retropad.js";

/** @typedef {import("./retropad.js").Control} Control */
/** @typedef {import("./retropad.js").HeldControls} HeldControls */
/** The key of each control; a control without one is missing. @typedef {Readonly<Partial<Record<Control, string>>>} KeyboardLayout */

/** @type {readonly KeyboardLayout[]} */
export const LAYOUTS = Object.freeze([
  // RetroArch's, and those it has none for.
  Object.freeze({
    B: "KeyZ", A: "KeyX", Y: "KeyA", X: "KeyS", L: "KeyQ", R: "KeyW", L2: "KeyE", R2: "KeyR",
    SELECT: "ShiftRight", START: "Enter",
    UP: "ArrowUp", DOWN: "ArrowDown", LEFT: "ArrowLeft", RIGHT: "ArrowRight",
    "LX-": "Numpad4", "LX+": "Numpad6", "LY-": "Numpad8", "LY+": "Numpad2",
    "RX-": "Delete", "RX+": "PageDown", "RY-": "Home", "RY+": "End",
    L3: "Digit1", R3: "Digit2", TURBO_B: "KeyC", TURBO_A: "KeyV",
  }),
  // What the first leaves free, in the middle.
  Object.freeze({
    B: "KeyK", A: "KeyL", Y: "KeyJ", X: "KeyI", L: "KeyU", R: "KeyO", L2: "KeyY", R2: "KeyP",
    SELECT: "Digit7", START: "Digit8",
    UP: "KeyT", DOWN: "KeyG", LEFT: "KeyF", RIGHT: "KeyH", TURBO_B: "KeyM", TURBO_A: "Comma",
  }),
]);

/** Keys that belong to the page and the browser: to get around, to leave, to reload. */
const RESERVED = /^(|Unidentified|Escape|Tab|F5|F11|F12|(Control|Alt|Meta|OS)(Left|Right)?|Fn.*|Lang\d|.*Lock)$/;

/** Whether a key can be given to a control. @param {string} code */
export function isBindable(code) {
  return !RESERVED.test(code);
}

/**
 * A layout as it was stored, checked; undefined when it is none.
 * @param {unknown} stored
 * @returns {KeyboardLayout | undefined}
 */
export function readLayout(stored) {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return undefined;
  /** @type {Partial<Record<Control, string>>} */
  const layout = {};
  for (const control of CONTROLS) {
    const code = /** @type {Record<string, unknown>} */ (stored)[control];
    if (typeof code === "string" && code.length <= 32 && isBindable(code)) layout[control] = code;
  }
  return layout;
}

/**
 * A layout with another key, or none, for one control.
 * @param {KeyboardLayout} layout
 * @param {Control} control
 * @param {string | null} code
 * @returns {KeyboardLayout}
 */
export function withKey(layout, control, code) {
  const { [control]: _, ...others } = layout;
  return code === null ? others : { ...others, [control]: code };
}

/**
 * The keys that have more than one meaning among the layouts in use.
 * @param {readonly KeyboardLayout[]} layouts
 * @returns {Map<string, {layout: number, control: Control}[]>} by code
 */
export function conflicts(layouts) {
  /** @type {Map<string, {layout: number, control: Control}[]>} */
  const uses = new Map();
  layouts.forEach((layout, at) => {
    for (const control of CONTROLS) {
      const code = layout[control];
      if (code === undefined) continue;
      uses.set(code, [...uses.get(code) ?? [], { layout: at, control }]);
    }
  });
  for (const [code, controls] of uses) if (controls.length < 2) uses.delete(code);
  return uses;
}

/**
 * What the keys held down hold of a pad.
 * @param {KeyboardLayout} layout
 * @param {ReadonlySet<string>} down codes
 * @param {boolean} mirror the directions move the left stick too
 * @returns {HeldControls}
 */
export function heldOfKeys(layout, down, mirror) {
  const presses = new PressCollector();
  for (const control of CONTROLS) {
    const code = layout[control];
    if (code !== undefined && down.has(code)) presses.press(control);
  }
  return presses.held({ mirror });
}

/**
 * Whether a key press is meant for the game rather than for the page or the browser.
 * @param {{code: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} event
 * @param {"field" | "button" | "page"} target what has the focus: a field is typed in, a button is
 *   pressed with Enter or the space bar
 * @param {readonly KeyboardLayout[]} layouts those in use
 */
export function isForGame(event, target, layouts) {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  if (target === "field" || (target === "button" && (event.code === "Enter" || event.code === "Space"))) return false;
  return layouts.some((layout) => Object.values(layout).includes(event.code));
}
