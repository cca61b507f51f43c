// One seat's pad: merges everything that plays it, and sends each change in the same call.

import { encodeInput, IDLE, mergePads, samePad } from "./pad-state.js";
import { RESTING } from "./retropad.js";
import { Sender } from "./state-sender.js";
import { Turbo } from "./turbo.js";

/** @typedef {import("./pad-state.js").Pad} Pad */
/** @typedef {import("./retropad.js").Held} Held */

export class Input {
  /** By the name of what holds it. @type {Map<string, Held>} */
  #sources = new Map();
  /** @type {Pad} */
  #pad = IDLE;
  /** @type {Sender<Pad>} */
  #sender;
  #turbo = new Turbo();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when the pad has changed, after it was sent. @type {(pad: Pad) => void} */
  onChange = () => {};

  /** @param {number} seat */
  constructor(seat) {
    this.#sender = new Sender(seat, encodeInput);
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
   * @param {Held} held
   */
  set(source, held) {
    if (held === RESTING) this.#sources.delete(source);
    else this.#sources.set(source, held);
    this.#update();
  }

  /** Lets go of everything: nobody is at the controls. */
  release() {
    this.#sources.clear();
    this.#update();
  }

  #update() {
    const now = performance.now();
    let turbo = 0;
    /** @type {Pad[]} */
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
