// Keeps the screen on while somebody plays with a gamepad, which a phone does not take for activity.

export class WakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #held = null;
  #asking = false;

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
    if (this.#asking || !("wakeLock" in navigator)) return;
    this.#asking = true;
    try {
      if (!this.#wanted) await this.#held?.release();
      else if (document.visibilityState === "visible" && (this.#held?.released ?? true)) this.#held = await navigator.wakeLock.request("screen");
    } catch {
      // Refused, for a low battery perhaps: the screen goes off when it would.
      this.#held = null;
    }
    this.#asking = false;
    // The wish may have changed meanwhile.
    if (!this.#wanted && this.#held && !this.#held.released) void this.#settle();
  }
}
