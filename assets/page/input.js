// One seat's input: merges keyboard, gamepads and touch, and sends each change in the same call.

import { IDLE, mergePads, samePad } from "./pad.js";
import { Outbox } from "./outbox.js";

/** @typedef {import("./pad.js").Pad} Pad */
/** @typedef {"keyboard" | "gamepad" | "touch"} Source */

export class Input {
  /** @type {Map<Source, Pad>} */
  #sources = new Map();
  /** @type {Pad} */
  #pad = IDLE;
  #outbox = new Outbox();
  /** @type {number | null} */
  #seat = null;
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when the pad has changed, after it was sent. @type {(pad: Pad) => void} */
  onChange = () => {};

  /** Whether presses reach a game. */
  get active() {
    return this.#seat !== null && this.#channel?.readyState === "open";
  }

  /**
   * Where input goes from now on.
   * @param {number | null} seat null: nothing is sent
   * @param {RTCDataChannel | null} channel
   */
  connect(seat, channel) {
    if (seat === this.#seat && channel === this.#channel) return;
    this.#seat = seat;
    this.#channel = channel;
    if (seat === null || channel?.readyState !== "open") {
      this.#outbox.close();
      this.#schedule();
      this.release();
      return;
    }
    this.#send(this.#outbox.open(seat, this.#pad, performance.now()));
  }

  /**
   * The whole state of one source.
   * @param {Source} source
   * @param {Pad} pad
   */
  set(source, pad) {
    this.#sources.set(source, pad);
    const merged = mergePads(this.#sources.values());
    if (samePad(merged, this.#pad)) return;
    this.#pad = merged;
    const message = this.#outbox.change(merged, performance.now());
    if (message) this.#send(message);
    this.onChange(merged);
  }

  /** Lets go of everything: nobody is at the controls. */
  release() {
    for (const source of [...this.#sources.keys()]) this.set(source, IDLE);
  }

  /** @param {Uint8Array<ArrayBuffer>} message */
  #send(message) {
    const channel = this.#channel;
    if (channel?.readyState === "open") channel.send(message);
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    const at = this.#outbox.nextDue();
    if (at === null) return;
    this.#timer = setTimeout(() => {
      const message = this.#outbox.due(performance.now());
      if (message) this.#send(message);
      else this.#schedule();
    }, Math.max(0, at - performance.now()));
  }
}
