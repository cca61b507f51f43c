// The controls of a RetroPad by name, and which of them one keyboard, gamepad or touch screen holds.

import { BUTTON, FULL, IDLE } from "./pad-state.js";

/** @typedef {import("./pad-state.js").PadState} PadState */
/** @typedef {keyof typeof BUTTON} ButtonName */
/** @typedef {"LX-" | "LX+" | "LY-" | "LY+" | "RX-" | "RX+" | "RY-" | "RY+"} StickName */
/** @typedef {"TURBO_A" | "TURBO_B" | "TURBO_X" | "TURBO_Y"} TurboName */
/** @typedef {ButtonName | StickName | TurboName} Control */

/**
 * A pad, and the buttons that are pressed again and again as long as they are held.
 * @typedef {Readonly<{pad: PadState, turbo: number}>} HeldControls
 */

/** Nothing is held. @type {HeldControls} */
export const NOTHING_HELD = Object.freeze({ pad: IDLE, turbo: 0 });

/** The halves of the sticks' axes; left and up are minus. @type {readonly StickName[]} */
const HALVES = ["LX-", "LX+", "LY-", "LY+", "RX-", "RX+", "RY-", "RY+"];

/** @type {Readonly<Record<TurboName, number>>} */
const TURBO = Object.freeze({ TURBO_A: BUTTON.A, TURBO_B: BUTTON.B, TURBO_X: BUTTON.X, TURBO_Y: BUTTON.Y });

/** In the order in which they are shown and asked for. */
export const GROUPS = Object.freeze({
  directions: /** @type {readonly Control[]} */ (["UP", "DOWN", "LEFT", "RIGHT"]),
  buttons: /** @type {readonly Control[]} */ (["A", "B", "X", "Y", "L", "R", "L2", "R2", "START", "SELECT"]),
  sticks: /** @type {readonly Control[]} */ (["LX-", "LX+", "LY-", "LY+", "RX-", "RX+", "RY-", "RY+", "L3", "R3"]),
  turbo: /** @type {readonly Control[]} */ (["TURBO_A", "TURBO_B", "TURBO_X", "TURBO_Y"]),
});

/** @type {readonly Control[]} */
export const CONTROLS = Object.freeze(Object.values(GROUPS).flat());

/** @param {unknown} name @returns {name is Control} */
export function isControl(name) {
  return CONTROLS.includes(/** @type {Control} */ (name));
}

/** From here on something that has depth counts as pressed. */
export const PRESSED = 0.5;
/** Steps of a stick to each side. Finer ones would send the sensor's noise to the host. */
const STEPS = 127;

/** Gathers presses into one state. */
export class PressCollector {
  #buttons = 0;
  #turbo = 0;
  #halves = [0, 0, 0, 0, 0, 0, 0, 0];
  #l2 = 0;
  #r2 = 0;

  /**
   * @param {Control} control
   * @param {number} [amount] 0 to 1
   * @param {boolean} [down] for those that are only up or down
   */
  press(control, amount = 1, down = amount >= PRESSED) {
    if (Object.hasOwn(BUTTON, control)) {
      if (down) this.#buttons |= BUTTON[/** @type {ButtonName} */ (control)];
      if (control === "L2") this.#l2 = Math.max(this.#l2, amount);
      if (control === "R2") this.#r2 = Math.max(this.#r2, amount);
    } else if (Object.hasOwn(TURBO, control)) {
      if (down) this.#turbo |= TURBO[/** @type {TurboName} */ (control)];
    } else {
      const half = HALVES.indexOf(/** @type {StickName} */ (control));
      this.#halves[half] = Math.max(this.#halves[half] ?? 0, amount);
    }
  }

  /**
   * @param {object} [options]
   * @param {number} [options.deadZone] how far an untouched stick may be off its middle, 0 to 1
   * @param {boolean} [options.mirror] the directions move the left stick too, as long as it rests
   * @returns {HeldControls}
   */
  held({ deadZone = 0, mirror = false } = {}) {
    const [left = 0, right = 0, up = 0, down = 0, rLeft = 0, rRight = 0, rUp = 0, rDown = 0] = this.#halves;
    let [lx, ly] = stick(right - left, down - up, deadZone);
    const [rx, ry] = stick(rRight - rLeft, rDown - rUp, deadZone);
    if (mirror && lx === 0 && ly === 0) {
      const held = (/** @type {number} */ bit) => ((this.#buttons & bit) === 0 ? 0 : 1);
      [lx, ly] = stick(held(BUTTON.RIGHT) - held(BUTTON.LEFT), held(BUTTON.DOWN) - held(BUTTON.UP), 0);
    }
    return { pad: { buttons: this.#buttons, lx, ly, rx, ry, l2: coarse(this.#l2), r2: coarse(this.#r2) }, turbo: this.#turbo };
  }
}

/**
 * What lights up for a control.
 * @param {Control} control
 * @param {HeldControls} held
 */
export function isHeld(control, { pad, turbo }) {
  if (Object.hasOwn(BUTTON, control)) return (pad.buttons & BUTTON[/** @type {ButtonName} */ (control)]) !== 0;
  if (Object.hasOwn(TURBO, control)) return (turbo & TURBO[/** @type {TurboName} */ (control)]) !== 0;
  const axis = { L: { X: pad.lx, Y: pad.ly }, R: { X: pad.rx, Y: pad.ry } }[control[0] === "R" ? "R" : "L"][control[1] === "X" ? "X" : "Y"];
  return control.endsWith("-") ? axis <= -FULL * PRESSED : axis >= FULL * PRESSED;
}

/**
 * What the core calls a control, or empty.
 * @param {Control} control
 * @param {Readonly<Record<string, string>>} names by the host's names: b y select ... left_x
 */
export function coreName(control, names) {
  const key = control.replace("TURBO_", "").toLowerCase().replace(/^([lr])([xy])[+-]$/, (_, side, axis) => `${side === "l" ? "left" : "right"}_${axis}`);
  return Object.hasOwn(names, key) ? (names[key] ?? "").trim() : "";
}

/**
 * A stick with its dead zone taken out: full deflection is still reached, and the edge of the dead
 * zone is zero.
 * @param {number} x
 * @param {number} y
 * @param {number} deadZone
 * @returns {[number, number]}
 */
function stick(x, y, deadZone) {
  const length = Math.hypot(x, y);
  if (!(length > deadZone)) return [0, 0];
  const scale = Math.min((length - deadZone) / (1 - deadZone), 1.5) / length;
  return [coarse(x * scale), coarse(y * scale)];
}

/** @param {number} value -1 to 1 */
function coarse(value) {
  const step = Math.round(Math.max(-1, Math.min(1, value)) * STEPS);
  return Math.round((step * FULL) / STEPS) || 0;
}
