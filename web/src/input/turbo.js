// Buttons that press themselves again and again while they are held. Pure: takes the time.

/** Presses in a second, unless the player wants others. */
export const TURBO_HZ = 12;

export class Turbo {
  /** When each held button went down. @type {Map<number, number>} */
  #since = new Map();
  #halfMs = 500 / TURBO_HZ;

  /** @param {number} hz presses in a second */
  setRate(hz) {
    this.#halfMs = 500 / hz;
  }

  /**
   * The buttons that are down at this moment. A press begins with one.
   * @param {number} held bits
   * @param {number} now milliseconds
   */
  buttons(held, now) {
    for (const bit of this.#since.keys()) if ((held & bit) === 0) this.#since.delete(bit);
    let down = 0;
    for (let bit = 1; bit <= held; bit *= 2) {
      if ((held & bit) === 0) continue;
      const since = this.#since.get(bit) ?? now;
      this.#since.set(bit, since);
      // A timer may fire a hair too early, and the clock is not exact.
      if (Math.floor((now - since) / this.#halfMs + 1e-6) % 2 === 0) down |= bit;
    }
    return down;
  }

  /** When `buttons` will say something else, or null. @param {number} now */
  nextDue(now) {
    let next = Infinity;
    for (const since of this.#since.values()) {
      next = Math.min(next, since + (Math.floor((now - since) / this.#halfMs + 1e-6) + 1) * this.#halfMs);
    }
    return next === Infinity ? null : next;
  }
}
