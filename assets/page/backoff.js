// How long to wait before the next try.

const DELAYS_MS = [500, 1000, 2000, 4000, 5000];
/** A connection that held this long starts the delays anew; one that breaks at once does not. */
const STABLE_MS = 5000;

export class Backoff {
  #failures = 0;
  /** @type {number | null} */
  #connectedAt = null;

  /** @param {number} now milliseconds */
  connected(now) {
    this.#connectedAt = now;
  }

  /**
   * A try or a connection failed.
   * @param {number} now
   * @returns {number} milliseconds to wait
   */
  failed(now) {
    if (this.#connectedAt !== null && now - this.#connectedAt >= STABLE_MS) this.#failures = 0;
    this.#connectedAt = null;
    const delay = DELAYS_MS[Math.min(this.#failures, DELAYS_MS.length - 1)] ?? 0;
    this.#failures += 1;
    return delay;
  }

  /** The next delay is the first again: a person asked, or the network came back. */
  reset() {
    this.#failures = 0;
  }
}
