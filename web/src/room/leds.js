// The LEDs of the emulated machine: known once they were on. Pure.

/** @typedef {{led: number, on: boolean}} Led */

export class Leds {
  #ever = 0;
  #on = 0;

  /** @param {number} on bits of those that are on */
  set(on) {
    this.#on = on >>> 0;
    this.#ever = (this.#ever | on) >>> 0;
  }

  /** Another game: its machine may have others. */
  forget() {
    this.#ever = 0;
    this.#on = 0;
  }

  /** Those that were ever on. @returns {Led[]} */
  get list() {
    return bits(this.#ever).map((led) => ({ led, on: hasBit(this.#on, led) }));
  }
}

/** @param {number} mask @param {number} bit 0 to 31 */
export function hasBit(mask, bit) {
  return ((mask >>> bit) & 1) === 1;
}

/** @param {number} mask @returns {number[]} the bits that are set */
function bits(mask) {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => hasBit(mask, bit));
}
