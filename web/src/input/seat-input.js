// One seat's pad: merges everything that plays it, and sends each change in the same call.

import { encodePad, IDLE, mergePads, samePad } from "./pad-state.js";
import { NOTHING_HELD } from "./retropad.js";
import { StateSender } from "./state-sender.js";
import { Turbo } from "./turbo.js";

/** @typedef {import("./pad-state.js").PadState} PadState */
/** @typedef {import("./retropad.js").HeldControls} HeldControls */

export class SeatInput {
  /** By the name of what holds it. @type {Map<string, HeldControls>} */
  #sources = new Map();
  /** @type {PadState} */
  #pad = IDLE;
  /** @type {StateSender<PadState>} */
  #sender;
  #turbo = new Turbo();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when the pad has changed, after it was sent. @type {(pad: PadState) => void} */
  onChange = () => {};

  /** @param {number} seat */
  constructor(seat) {
    this.#sender = new StateSender(seat, encodePad);
  }

  /** @param {RTCDataChannel | null} channel null: nothing is sent, and everything is let go of */
  connect(channel) {
    if (channel === null) this.release();
    this.#sender.connect(channel, this.#pad);
  }

  /** @param {number} hz */
  setTurbo(hz) {
    this.#turbo.setRate(hz);
  }

  /**
   * The whole state of one source.
   * @param {string} source
   * @param {HeldControls} held
   */
  set(source, held) {
    if (held === NOTHING_HELD) this.#sources.delete(source);
    else this.#sources.set(source, held);
    this.#update();
  }

  /** Lets go of everything: the player has left the controls. */
  release() {
    this.#sources.clear();
    this.#update();
  }

  #update() {
    const now = performance.now();
    let turbo = 0;
    /** @type {PadState[]} */
    const pads = [];
    for (const held of this.#sources.values()) {
      turbo |= held.turbo;
      pads.push(held.pad);
    }
    let merged = mergePads(pads);
    clearTimeout(this.#timer);
    // A button that is also held by itself stays down.
    merged = { ...merged, buttons: merged.buttons | this.#turbo.buttons(turbo, now) };
    const next = this.#turbo.nextDue(now);
    if (next !== null) this.#timer = setTimeout(() => this.#update(), Math.max(1, next - now));
    if (samePad(merged, this.#pad)) return;
    this.#pad = merged;
    this.#sender.change(merged);
    this.onChange(merged);
  }
}
