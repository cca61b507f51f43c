// Whether the host is still there. Pure: told what happened and when.

/** The host speaks at least every two seconds (it answers pings); this much silence means it is gone. */
const SILENCE_MS = 5000;
/** The same once the WebSocket has closed: usually the host's process has ended. */
const SILENCE_SOCKET_CLOSED_MS = 1500;
/** The same once the browser itself reports the path as broken. */
const SILENCE_DISCONNECTED_MS = 2500;
/** Polled later than this, the page itself slept, and the silence may be its own. */
const OVERSLEPT_MS = 2000;

export class Watchdog {
  #heardAt;
  #polledAt;
  /** @type {number | null} */
  #socketClosedAt = null;
  /** @type {number | null} */
  #disconnectedAt = null;
  #failed = false;

  /** @param {number} now milliseconds */
  constructor(now) {
    this.#heardAt = now;
    this.#polledAt = now;
  }

  /** Anything came from the host. @param {number} now */
  heard(now) {
    this.#heardAt = now;
  }

  /** @param {number} now */
  socketClosed(now) {
    this.#socketClosedAt ??= now;
  }

  /** @param {string} state `RTCPeerConnection.connectionState` @param {number} now */
  path(state, now) {
    this.#failed = state === "failed" || state === "closed";
    if (state !== "disconnected") this.#disconnectedAt = null;
    else this.#disconnectedAt ??= now;
  }

  /**
   * @param {number} now
   * @returns {"alive" | "host" | "network"} what is missing, if the connection is lost
   */
  poll(now) {
    if (now - this.#polledAt > OVERSLEPT_MS) this.#heardAt = Math.max(this.#heardAt, now - SILENCE_MS + 1500);
    this.#polledAt = now;
    const since = (/** @type {number} */ at) => now - Math.max(at, this.#heardAt);
    if (this.#socketClosedAt !== null && since(this.#socketClosedAt) > SILENCE_SOCKET_CLOSED_MS) return "host";
    if (this.#failed) return this.#socketClosedAt === null ? "network" : "host";
    if (this.#disconnectedAt !== null && since(this.#disconnectedAt) > SILENCE_DISCONNECTED_MS) return "network";
    return since(this.#heardAt) > SILENCE_MS ? "network" : "alive";
  }
}
