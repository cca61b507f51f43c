// What to send on the input channel for one seat, and when. Pure: takes the time, returns bytes.

/** States in one message: as many lost datagrams in a row cost nothing. */
const HISTORY = 8;
/** A change is sent again this long after it, in milliseconds. */
const REPEATS_MS = [8, 16, 32];
/** Without a change a message goes out this often: the host releases a silent peer's buttons. */
const HEARTBEAT_MS = 200;

/**
 * @template State
 * @typedef {(seat: number, seq: number, states: readonly State[]) => Uint8Array<ArrayBuffer>} Encode
 */

/** @template State what is sent: a pad, the keys held, the mouse */
export class Outbox {
  #encode;
  #limit;
  /** @type {number | null} */
  #seat = null;
  #seq = 0;
  /** Newest first. @type {State[]} */
  #history = [];
  #changedAt = 0;
  #sentAt = 0;
  /** How many of REPEATS_MS have gone out since the last change. */
  #repeats = 0;

  /**
   * @param {Encode<State>} encode
   * @param {number} [limit] states in one message
   */
  constructor(encode, limit = HISTORY) {
    this.#encode = encode;
    this.#limit = limit;
  }

  /**
   * Starts sending for a seat. Older states belonged to another seat or another connection, so they
   * are forgotten; their numbers are not used again.
   * @param {number} seat
   * @param {State} state
   * @param {number} now milliseconds
   */
  open(seat, state, now) {
    this.#seat = seat;
    this.#history = [];
    return this.#push(seat, state, now);
  }

  /** Stops sending. */
  close() {
    this.#seat = null;
    this.#history = [];
  }

  /**
   * A new state: the message to send at once.
   * @param {State} state
   * @param {number} now
   * @returns {Uint8Array<ArrayBuffer> | null} null without a seat
   */
  change(state, now) {
    return this.#seat === null ? null : this.#push(this.#seat, state, now);
  }

  /**
   * The repeat or heartbeat that is due, if one is.
   * @param {number} now
   * @returns {Uint8Array<ArrayBuffer> | null}
   */
  due(now) {
    const at = this.nextDue();
    if (this.#seat === null || at === null || now < at) return null;
    // A late timer may have passed several repeats; one message stands for them all.
    while (this.#repeats < REPEATS_MS.length && now >= this.#changedAt + (REPEATS_MS[this.#repeats] ?? 0)) {
      this.#repeats += 1;
    }
    return this.#message(this.#seat, now);
  }

  /** When `due` will have something, or null without a seat. */
  nextDue() {
    if (this.#seat === null) return null;
    const repeat = REPEATS_MS[this.#repeats];
    return repeat === undefined ? this.#sentAt + HEARTBEAT_MS : this.#changedAt + repeat;
  }

  /**
   * @param {number} seat
   * @param {State} state
   * @param {number} now
   */
  #push(seat, state, now) {
    this.#seq = (this.#seq + 1) >>> 0;
    this.#history.unshift(state);
    this.#history.length = Math.min(this.#history.length, this.#limit);
    this.#changedAt = now;
    this.#repeats = 0;
    return this.#message(seat, now);
  }

  /**
   * @param {number} seat
   * @param {number} now
   */
  #message(seat, now) {
    this.#sentAt = now;
    return this.#encode(seat, this.#seq, this.#history);
  }
}
