// All of this player's devices on the first of their seats.

import { attachGamepads } from "./gamepad.js";
import { Input } from "./input.js";
import { attachKeyboard } from "./keyboard.js";
import { attachTouch } from "./touch.js";

/** @typedef {import("./pad.js").Pad} Pad */
/** @typedef {import("./protocol.js").Controls} Controls */
/** @typedef {import("./protocol.js").Rumble} Rumble */

export class OneHand {
  #input = new Input();
  #keyboard = attachKeyboard(this.#input);
  #touch;
  /** @type {number | null} */
  #seat = null;
  /** @type {RTCDataChannel | null} */
  #channel = null;

  /**
   * @param {HTMLElement} touch the controls on the glass
   * @param {(pad: Pad) => void} onChange
   * @param {(names: string[]) => void} onGamepads
   */
  constructor(touch, onChange, onGamepads) {
    this.#touch = attachTouch(touch, this.#input);
    this.#input.onChange = onChange;
    attachGamepads(this.#input, onGamepads);
  }

  /** @param {readonly number[]} seats */
  setSeats(seats) {
    this.#seat = seats[0] ?? null;
    this.#input.connect(this.#seat, this.#channel);
  }

  /** @param {RTCDataChannel | null} channel */
  connect(channel) {
    this.#channel = channel;
    this.#input.connect(this.#seat, channel);
  }

  /** @param {string} _system */
  setSystem(_system) {}

  /** @param {Controls} _controls */
  setControls(_controls) {}

  /** @param {Rumble} _rumble */
  rumble(_rumble) {}

  /** Nobody is at the controls: the game must not run on with a held button. */
  release() {
    this.#keyboard.release();
    this.#touch.release();
    this.#input.release();
  }
}
