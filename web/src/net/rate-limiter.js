// How much the page may say: the host ends a connection that says more than 20 things in a second. Pure.

/** So many at once, and so many more in each second: never more than 16 in any second. */
const BURST = 8;
const PER_SECOND = 8;

export class RateLimiter {
  #left = BURST;
  #at;

  /** @param {number} now milliseconds */
  constructor(now) {
    this.#at = now;
  }

  /**
   * Whether one more may be said now; if so it counts.
   * @param {number} now
   */
  take(now) {
    this.#left = Math.min(BURST, this.#left + (Math.max(0, now - this.#at) * PER_SECOND) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
