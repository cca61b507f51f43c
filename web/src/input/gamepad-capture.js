// Finds out which part of a gamepad is pressed: watches it from rest to press to rest. Pure: takes the time.

import { HAT_AT, hatPlace } from "./gamepad-mapping.js";
import { PRESSED } from "./retropad.js";

/** @typedef {import("./gamepad-mapping.js").Part} Part */
/** @typedef {import("./gamepad-mapping.js").RawGamepad} RawGamepad */

/** An axis that moved so far was meant. */
const MOVED = 0.6;
/** An axis rests when it has not moved more than this ... */
const QUIET = 0.08;
/** ... for so long. */
const QUIET_MS = 120;

/** @typedef {{at: number, from: number, farthest: number, last: number, quietSince: number}} AxisPress */

export class GamepadCapture {
  #wantsAxis;
  /** What is held at the beginning does not count until it is let go. @type {Set<number>} */
  #stale = new Set();
  /** Where the axes were at the beginning. @type {number[] | null} */
  #from = null;
  /** @type {number | null} */
  #button = null;
  /** @type {Map<number, AxisPress>} */
  #axes = new Map();

  /** @param {boolean} wantsAxis what is asked for is a stick's: of an axis and a button that move together, the axis is meant */
  constructor(wantsAxis) {
    this.#wantsAxis = wantsAxis;
  }

  /** Something is held: the answer comes when it is let go. */
  get pressed() {
    return this.#button !== null || this.#axes.size > 0;
  }

  /**
   * How the gamepad is now.
   * @param {RawGamepad} raw
   * @param {number} now milliseconds
   * @returns {Part | null} the part that was pressed, once it is let go
   */
  feed(raw, now) {
    const down = (/** @type {number} */ at) => {
      const button = raw.buttons[at];
      return button !== undefined && (button.pressed || button.value >= PRESSED);
    };
    if (!this.#from) {
      this.#from = [...raw.axes];
      raw.buttons.forEach((_, at) => {
        if (down(at)) this.#stale.add(at);
      });
      return null;
    }
    for (const at of this.#stale) if (!down(at)) this.#stale.delete(at);
    if (this.#button === null) {
      const at = raw.buttons.findIndex((_, index) => down(index) && !this.#stale.has(index));
      if (at >= 0) this.#button = at;
    }
    raw.axes.forEach((value, at) => this.#watch(at, value, now));

    if (!this.pressed || (this.#button !== null && down(this.#button))) return null;
    for (const axis of this.#axes.values()) {
      if (now - axis.quietSince < QUIET_MS || Math.abs(axis.last - axis.farthest) < PRESSED / 2) return null;
    }
    return this.#answer();
  }

  /** @param {number} at @param {number} value @param {number} now */
  #watch(at, value, now) {
    const from = this.#from?.[at] ?? 0;
    const known = this.#axes.get(at);
    if (known) {
      if (Math.abs(value - known.last) > QUIET) {
        known.last = value;
        known.quietSince = now;
      }
      // Of a hat the last place counts: a thumb may roll over its neighbour on the way.
      if (isHatRest(from) ? !isHatRest(value) : Math.abs(value - from) > Math.abs(known.farthest - from) && !isHatRest(value)) known.farthest = value;
    } else if (moved(at, from, value)) {
      this.#axes.set(at, { at, from, farthest: value, last: value, quietSince: now });
    }
  }

  /** @returns {Part | null} */
  #answer() {
    const axis = [...this.#axes.values()].sort((a, b) => Math.abs(b.farthest - b.from) - Math.abs(a.farthest - a.from))[0];
    const button = this.#button;
    if (axis && isHatRest(axis.last)) {
      const place = hatPlace(axis.farthest);
      if (place !== null) return { kind: "hat", at: axis.at, place };
    }
    if (button !== null && !(axis && this.#wantsAxis)) return { kind: "button", at: button };
    if (!axis) return null;
    // Where it came to rest, not where it was: a trigger that never moved reports 0.
    const rest = Math.abs(axis.last) < PRESSED ? 0 : Math.sign(axis.last);
    return { kind: "axis", at: axis.at, rest, full: axis.farthest > axis.last ? 1 : -1 };
  }
}

/** @param {number} value of an axis */
function isHatRest(value) {
  return Math.abs(value) > 1.05;
}

/** @param {number} at @param {number} from @param {number} value */
function moved(at, from, value) {
  if (!Number.isFinite(value)) return false;
  if (isHatRest(from)) return !isHatRest(value);
  // A hat that never moved reports 0, and some of its places are near that.
  if (at === HAT_AT && from === 0) return value !== 0 && hatPlace(value) !== null;
  return Math.abs(value - from) >= MOVED;
}
