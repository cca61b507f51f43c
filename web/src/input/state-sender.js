// One seat's states of one kind on their way: each change at once, then what its outbox repeats.

import { Outbox } from "./outbox.js";

/** @template State */
export class StateSender {
  #seat;
  /** @type {Outbox<State>} */
  #outbox;
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {number} seat
   * @param {import("./outbox.js").Encode<State>} encode
   * @param {number} [limit] states in one message
   */
  constructor(seat, encode, limit) {
    this.#seat = seat;
    this.#outbox = new Outbox(encode, limit);
  }

  /** Whether states reach a game. */
  get active() {
    return this.#channel?.readyState === "open";
  }

  /**
   * @param {RTCDataChannel | null} channel null: nothing is sent
   * @param {State} state how things stand
   */
  connect(channel, state) {
    if (channel === this.#channel) return;
    this.#channel = channel;
    if (channel?.readyState === "open") {
      this.#send(this.#outbox.open(this.#seat, state, performance.now()));
    } else {
      this.#outbox.close();
      this.#schedule();
    }
  }

  /** @param {State} state */
  change(state) {
    const message = this.#outbox.change(state, performance.now());
    if (message) this.#send(message);
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
