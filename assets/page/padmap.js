// From what the Gamepad API reports to a pad.

import { BUTTON, FULL, IDLE } from "./pad.js";

/** @typedef {import("./pad.js").Pad} Pad */

/**
 * The part of a `Gamepad` that is read.
 * @typedef {{mapping: string, axes: readonly number[],
 *   buttons: readonly {readonly pressed: boolean, readonly value: number}[]}} RawGamepad
 */

/** The standard mapping's buttons, in its order: bottom, right, left, top, shoulders, triggers ... */
const STANDARD = [
  BUTTON.B, BUTTON.A, BUTTON.Y, BUTTON.X, BUTTON.L, BUTTON.R, BUTTON.L2, BUTTON.R2,
  BUTTON.SELECT, BUTTON.START, BUTTON.L3, BUTTON.R3,
  BUTTON.UP, BUTTON.DOWN, BUTTON.LEFT, BUTTON.RIGHT,
];
const L2_AT = 6;
const R2_AT = 7;

/** Sticks rest near zero, not at it. */
const DEAD_ZONE = 0.1;
/** Steps of a stick to each side. Finer ones would send the sensor's noise to the host. */
const STEPS = 127;
/** Where an axis that stands for a D-pad counts as pressed. */
const PRESSED = 0.5;

/**
 * @param {RawGamepad} raw
 * @returns {Pad}
 */
export function padOfGamepad(raw) {
  let buttons = 0;
  STANDARD.forEach((bit, at) => {
    const button = raw.buttons[at];
    if (button && (button.pressed || button.value >= PRESSED)) buttons |= bit;
  });
  const [lx, ly] = stick(raw.axes[0], raw.axes[1]);
  if (raw.mapping === "standard") {
    const [rx, ry] = stick(raw.axes[2], raw.axes[3]);
    return { buttons, lx, ly, rx, ry, l2: trigger(raw, L2_AT), r2: trigger(raw, R2_AT) };
  }
  return { ...IDLE, buttons: buttons | hat(raw.axes), lx, ly };
}

/**
 * The D-pad of a gamepad the browser has no mapping for. What is known of such pads: two axes alone
 * are the D-pad; axis 9 is often a hat with eight places from -1 (up) clockwise to 1 and rests above 1;
 * axes 6 and 7 are a hat on Linux.
 * @param {readonly number[]} axes
 */
function hat(axes) {
  if (axes.length <= 2) return digital(axes[0], axes[1]);
  const place = axes[9];
  if (place !== undefined) {
    if (!(place >= -1.05 && place <= 1.05)) return 0;
    // A hat that never moved reports 0, which is none of its eight places.
    const eighth = ((place + 1) * 7) / 2;
    if (Math.abs(eighth - Math.round(eighth)) > 0.2) return 0;
    return EIGHTHS[Math.round(eighth)] ?? 0;
  }
  return axes.length >= 8 ? digital(axes[6], axes[7]) : 0;
}

/** The buttons of eight directions, from up clockwise. */
const EIGHTHS = [
  BUTTON.UP, BUTTON.UP | BUTTON.RIGHT, BUTTON.RIGHT, BUTTON.DOWN | BUTTON.RIGHT,
  BUTTON.DOWN, BUTTON.DOWN | BUTTON.LEFT, BUTTON.LEFT, BUTTON.UP | BUTTON.LEFT,
];

/** @param {number} [x] @param {number} [y] */
function digital(x = 0, y = 0) {
  return (x <= -PRESSED ? BUTTON.LEFT : 0) | (x >= PRESSED ? BUTTON.RIGHT : 0)
    | (y <= -PRESSED ? BUTTON.UP : 0) | (y >= PRESSED ? BUTTON.DOWN : 0);
}

/**
 * A stick with its dead zone taken out: full deflection is still reached, and the edge of the dead
 * zone is zero.
 * @param {number} [x]
 * @param {number} [y]
 * @returns {[number, number]}
 */
function stick(x = 0, y = 0) {
  const length = Math.hypot(x, y);
  if (!(length > DEAD_ZONE)) return [0, 0];
  const scale = Math.min((length - DEAD_ZONE) / (1 - DEAD_ZONE), 1.5) / length;
  return [coarse(x * scale), coarse(y * scale)];
}

/** @param {RawGamepad} raw @param {number} at */
function trigger(raw, at) {
  const button = raw.buttons[at];
  return button ? coarse(Math.max(button.value, button.pressed && button.value === 0 ? 1 : 0)) : 0;
}

/** @param {number} value -1 to 1 */
function coarse(value) {
  const step = Math.round(Math.max(-1, Math.min(1, value)) * STEPS);
  return Math.round((step * FULL) / STEPS) || 0;
}
