// From what the Gamepad API reports to what is held, by a binding: which part of the gamepad is which control.

import { PressCollector, isControl, PRESSED } from "./retropad.js";

/** @typedef {import("./retropad.js").Control} Control */
/** @typedef {import("./retropad.js").HeldControls} HeldControls */

/**
 * The part of a `Gamepad` that is read.
 * @typedef {{mapping: string, axes: readonly number[],
 *   buttons: readonly {readonly pressed: boolean, readonly value: number}[]}} RawGamepad
 */

/**
 * A button; one way of an axis, from where it rests to where it ends; or a place of a hat: an axis
 * with eight places from -1 (up, 0) clockwise to 1 (7), which rests beyond 1.
 * @typedef {Readonly<{kind: "button", at: number}
 *   | {kind: "axis", at: number, rest: number, full: number}
 *   | {kind: "hat", at: number, place: number}>} Part
 */

/** @typedef {readonly Readonly<{control: Control, part: Part}>[]} Binding */

/** Sticks rest near zero, not at it. */
export const DEAD_ZONE = 0.1;

/** The standard mapping's buttons, in its order: bottom, right, left, top, shoulders, triggers ... @type {readonly Control[]} */
const STANDARD_BUTTONS = ["B", "A", "Y", "X", "L", "R", "L2", "R2", "SELECT", "START", "L3", "R3", "UP", "DOWN", "LEFT", "RIGHT"];
/** The usual place of a hat among the axes, where a browser has no mapping for a gamepad. */
export const HAT_AT = 9;

const BUTTONS = STANDARD_BUTTONS.map((control, at) => ({ control, part: button(at) }));
/** @type {Binding} */
const LEFT_STICK = [...axis("LX-", "LX+", 0), ...axis("LY-", "LY+", 1)];
/** @type {Binding} */
const STANDARD = [...BUTTONS, ...LEFT_STICK, ...axis("RX-", "RX+", 2), ...axis("RY-", "RY+", 3)];
/** @type {Binding} */
const HAT = [{ control: "UP", part: hat(0) }, { control: "RIGHT", part: hat(2) }, { control: "DOWN", part: hat(4) }, { control: "LEFT", part: hat(6) }];

/**
 * How a gamepad is played that the player has not mapped. Where the browser has no mapping for it, this is
 * what is known of such pads: two axes alone are the D-pad; axis 9 is often a hat; axes 6 and 7 are
 * one on Linux.
 * @param {RawGamepad} raw
 * @returns {Binding}
 */
export function defaultBinding(raw) {
  if (raw.mapping === "standard") return STANDARD;
  const known = [...BUTTONS, ...LEFT_STICK];
  if (raw.axes.length <= 2) return [...known, ...axis("LEFT", "RIGHT", 0), ...axis("UP", "DOWN", 1)];
  if (raw.axes.length > HAT_AT) return [...known, ...HAT];
  return raw.axes.length >= 8 ? [...known, ...axis("LEFT", "RIGHT", 6), ...axis("UP", "DOWN", 7)] : known;
}

/**
 * @param {RawGamepad} raw
 * @param {Binding} binding
 * @param {number} deadZone
 * @returns {HeldControls}
 */
export function heldOfGamepad(raw, binding, deadZone) {
  const presses = new PressCollector();
  for (const { control, part } of binding) {
    const amount = amountOf(part, raw);
    if (amount > 0) presses.press(control, amount, amount >= PRESSED || (part.kind === "button" && raw.buttons[part.at]?.pressed === true));
  }
  return presses.held({ deadZone });
}

/**
 * How far a part is pressed, 0 to 1.
 * @param {Part} part
 * @param {RawGamepad} raw
 */
export function amountOf(part, raw) {
  if (part.kind === "button") {
    const it = raw.buttons[part.at];
    return it ? (it.pressed && it.value === 0 ? 1 : clamp(it.value)) : 0;
  }
  const value = raw.axes[part.at];
  if (value === undefined) return 0;
  if (part.kind === "hat") {
    const place = hatPlace(value);
    // A diagonal is both of its neighbours.
    return place !== null && [0, 1, 7].includes((place - part.place + 8) % 8) ? 1 : 0;
  }
  // A trigger that never moved reports 0, half way down.
  if (value === 0 && part.rest !== 0) return 0;
  return clamp((value - part.rest) / (part.full - part.rest));
}

/**
 * The place of a hat, or null where it rests.
 * @param {number} value of its axis
 */
export function hatPlace(value) {
  if (!(value >= -1.05 && value <= 1.05)) return null;
  const eighth = ((value + 1) * 7) / 2;
  // A hat that never moved reports 0, which is none of its eight places.
  return Math.abs(eighth - Math.round(eighth)) > 0.2 ? null : Math.round(eighth);
}

/** A part in a few characters, for storing: "b3", "a2:0:-1", "h9:4". @param {Part} part */
export function partText(part) {
  switch (part.kind) {
    case "button": return `b${part.at}`;
    case "axis": return `a${part.at}:${part.rest}:${part.full}`;
    case "hat": return `h${part.at}:${part.place}`;
  }
}

/** @param {string} words @returns {Part | null} */
export function partOfText(words) {
  const [, kind, at = "", , first = "", , second = ""] = /^([bah])(\d{1,3})(:(-?\d))?(:(-?\d))?$/.exec(words) ?? [];
  const rest = Number(first);
  const full = Number(second);
  if (kind === "b" && first === "") return button(Number(at));
  if (kind === "h" && first !== "" && second === "" && rest >= 0 && rest <= 7) return { kind: "hat", at: Number(at), place: rest };
  if (kind === "a" && second !== "" && Math.abs(rest) <= 1 && Math.abs(full) === 1 && rest !== full) return { kind: "axis", at: Number(at), rest, full };
  return null;
}

/** @param {Binding} binding */
export function bindingTexts(binding) {
  return binding.map(({ control, part }) => `${control} ${partText(part)}`);
}

/**
 * A binding as it was stored, checked; undefined when it is none.
 * @param {unknown} stored
 * @returns {Binding | undefined}
 */
export function readBinding(stored) {
  if (!Array.isArray(stored)) return undefined;
  return stored.slice(0, 100).flatMap((line) => {
    const [control, words] = typeof line === "string" ? line.split(" ") : [];
    const part = partOfText(words ?? "");
    return isControl(control) && part ? [{ control, part }] : [];
  });
}

/** @param {number} at @returns {Part} */
function button(at) {
  return { kind: "button", at };
}

/** @param {Control} minus @param {Control} plus @param {number} at @returns {Binding} */
function axis(minus, plus, at) {
  return [{ control: minus, part: { kind: "axis", at, rest: 0, full: -1 } }, { control: plus, part: { kind: "axis", at, rest: 0, full: 1 } }];
}

/** @param {number} place @returns {Part} */
function hat(place) {
  return { kind: "hat", at: HAT_AT, place };
}

/** @param {number} value */
function clamp(value) {
  return value > 0 ? Math.min(1, value) : 0;
}
