// How long to wait before the next attempt.

const DELAYS_MS = [250, 500, 1000];
/** So long after a loss the seat is kept, and the network may be back at any moment: attempts stay close together. */
const EAGER_MS = 60_000;
const LATER_MS = 5000;
/** A connection that held this long starts the delays anew; one that breaks at once does not. */
const STABLE_MS = 5000;

export class Backoff {
  #failures = 0;
  /** The first failure in a row. @type {number | null} */
  #failingSince = null;
  /** @type {number | null} */
  #connectedAt = null;

  /** @param {number} now milliseconds */
  connected(now) {
    this.#connectedAt = now;
  }

  /**
   * An attempt or a connection failed.
   * @param {number} now
   * @returns {number} milliseconds to wait
   */
  failed(now) {
    if (this.#connectedAt !== null && now - this.#connectedAt >= STABLE_MS) this.reset();
    this.#connectedAt = null;
    const eager = this.eager(now);
    this.#failingSince ??= now;
    const delay = eager ? DELAYS_MS[Math.min(this.#failures, DELAYS_MS.length - 1)] ?? 0 : LATER_MS;
    this.#failures += 1;
    return delay;
  }

  /** Whether the loss is so recent that the seat is still kept. @param {number} now */
  eager(now) {
    return this.#failingSince === null || now - this.#failingSince < EAGER_MS;
  }

  /** The next delay is the first again: a person asked, or the network came back. */
  reset() {
    this.#failures = 0;
    this.#failingSince = null;
  }
}
