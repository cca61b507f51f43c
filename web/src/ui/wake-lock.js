// Keeps the screen on while a player uses a gamepad, which a phone does not take for activity.

/** @typedef {import("./notice.js").Situation} Situation */

/** A player who is away longer than this has lost the seat, and the phone may sleep. */
const LOST_MS = 60_000;

/**
 * Whether the screen is watched without being touched. Pure.
 * @param {Situation} situation
 * @param {number} lostMs how long the connection has been lost
 */
export function keepsScreenOn({ phase, room }, lostMs) {
  switch (phase) {
    case "playing": return room !== null && room.game.state !== "stopped";
    // A phone that sleeps misses the host's yes.
    case "waiting": return true;
    case "reconnecting": return lostMs < LOST_MS;
    default: return false;
  }
}

export class WakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #held = null;
  #busy = false;
  /** Something has changed while the browser was asked. */
  #again = false;

  constructor() {
    // The browser takes it away from a page that is not seen.
    document.addEventListener("visibilitychange", () => void this.#settle());
  }

  /** @param {boolean} wanted */
  want(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#settle();
  }

  async #settle() {
    if (!("wakeLock" in navigator)) return;
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#again) {
      this.#again = false;
      await this.#step();
    }
    this.#busy = false;
  }

  async #step() {
    const held = this.#held !== null && !this.#held.released;
    const wanted = this.#wanted && document.visibilityState === "visible";
    if (held === wanted) return;
    try {
      if (wanted) this.#held = await navigator.wakeLock.request("screen");
      else await this.#held?.release();
    } catch {
      // Refused, for a low battery perhaps: the screen goes off when it would.
      this.#held = null;
    }
  }
}
