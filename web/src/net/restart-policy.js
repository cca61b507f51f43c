// When to look for another way to the host while it can still be told so. Pure: told what happened and when.

/** A browser that calls the path broken may be wrong for a moment. */
const DISCONNECTED_MS = 1000;
/** So soon after a sign of another network the host is heard again, or the old way is gone. */
const HINT_MS = 1000;
/** A restart that has not helped by then does not: the page joins again. */
const PATIENCE_MS = 4000;

export class RestartPolicy {
  /** @type {number | null} */
  #disconnectedAt = null;
  #failed = false;
  /** @type {number | null} */
  #hintAt = null;
  /** The restart that nothing was heard after yet: one for each loss. @type {number | null} */
  #startedAt = null;

  /** @param {string} state `RTCPeerConnection.connectionState` @param {number} now */
  path(state, now) {
    this.#failed = state === "failed";
    if (state !== "disconnected") this.#disconnectedAt = null;
    else this.#disconnectedAt ??= now;
  }

  /** This device may be in another network. @param {number} now */
  hint(now) {
    this.#hintAt ??= now;
  }

  /** Anything came from the host over the path. */
  heard() {
    this.#hintAt = null;
    this.#startedAt = null;
  }

  /** @param {number} now */
  started(now) {
    this.#startedAt = now;
  }

  /** Whether to restart. @param {number} now */
  due(now) {
    if (this.#startedAt !== null) return false;
    const since = (/** @type {number | null} */ at) => (at === null ? 0 : now - at);
    return this.#failed || since(this.#disconnectedAt) > DISCONNECTED_MS || since(this.#hintAt) > HINT_MS;
  }

  /** Whether one is under way that may still help. @param {number} now */
  pending(now) {
    return this.#startedAt !== null && now - this.#startedAt <= PATIENCE_MS;
  }
}
