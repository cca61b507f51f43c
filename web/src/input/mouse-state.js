// What the mouse has done, as the core is told. Pure.

import { FULL } from "./pad-state.js";

/** @typedef {import("./keyboard-mouse-messages.js").Mouse} Mouse */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{width: number, height: number}} Size */

/** What browsers report for one notch of a wheel, by `WheelEvent.deltaMode`: pixels, lines, pages. */
const NOTCH = [100, 3, 1];
const BUTTONS = 31;

export class MouseState {
  #dx = 0;
  #dy = 0;
  #wheel = 0;
  #hwheel = 0;
  #x = 0;
  #y = 0;
  #over = false;
  #buttons = 0;

  /** @returns {Mouse} */
  get state() {
    const whole = (/** @type {number} */ total) => Math.trunc(total) | 0;
    return {
      dx: whole(this.#dx), dy: whole(this.#dy), wheel: whole(this.#wheel), hwheel: whole(this.#hwheel),
      x: Math.round(this.#x), y: Math.round(this.#y), buttons: this.#buttons, over: this.#over,
    };
  }

  /**
   * The mouse moved by so many CSS pixels.
   * @param {number} x
   * @param {number} y
   * @param {Size} box the picture on the page
   * @param {Size} picture the core's
   */
  moveBy(x, y, box, picture) {
    if (!(box.width > 0 && box.height > 0)) return;
    this.#dx = wrap(this.#dx + (x * picture.width) / box.width);
    this.#dy = wrap(this.#dy + (y * picture.height) / box.height);
  }

  /** A locked pointer has no place of its own: it is where the movements took it. @param {number} x @param {number} y @param {Size} box */
  drift(x, y, box) {
    if (!(box.width > 0 && box.height > 0)) return;
    this.#x = clamp(this.#x + (x * 2 * FULL) / box.width);
    this.#y = clamp(this.#y + (y * 2 * FULL) / box.height);
    this.#over = true;
  }

  /**
   * The pointer is at a place on the page.
   * @param {number} x
   * @param {number} y
   * @param {Box} box the whole picture on the page, with what of it is not shown
   * @param {Box} [shown] what is; all of it otherwise
   */
  pointAt(x, y, box, shown = box) {
    if (!(box.width > 0 && box.height > 0)) return;
    const across = (x - box.left) / box.width;
    const along = (y - box.top) / box.height;
    this.#x = clamp((across * 2 - 1) * FULL);
    this.#y = clamp((along * 2 - 1) * FULL);
    this.#over = x >= shown.left && x <= shown.left + shown.width && y >= shown.top && y <= shown.top + shown.height;
  }

  /**
   * @param {number} x to the right
   * @param {number} y towards the reader
   * @param {number} mode `WheelEvent.deltaMode`
   */
  turn(x, y, mode) {
    const notch = NOTCH[mode] ?? 1;
    this.#hwheel = wrap(this.#hwheel + x / notch);
    // The host counts upwards, as cores do.
    this.#wheel = wrap(this.#wheel - y / notch);
  }

  /** @param {number} buttons as in `MouseEvent.buttons`, whose bits are the protocol's */
  press(buttons) {
    this.#buttons = buttons & BUTTONS;
  }

  release() {
    this.#buttons = 0;
    this.#over = false;
  }
}

/** Keeps a total in the range that 32 bits hold, fractions and all. @param {number} total */
function wrap(total) {
  const range = 2 ** 32;
  return total >= range / 2 ? total - range : total < -range / 2 ? total + range : total;
}

/** @param {number} value */
function clamp(value) {
  return Math.max(-FULL, Math.min(FULL, value));
}
