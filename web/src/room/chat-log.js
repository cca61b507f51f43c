// What was said in the room. Pure.

/** @typedef {import("../net/protocol.js").ChatSaid} ChatSaid */
/** @typedef {import("../net/protocol.js").ChatLine} ChatLine */
/** @typedef {import("../net/protocol.js").Room} Room */

/**
 * Something somebody said. `seat` is where they sat then, for its colour.
 * @typedef {{id: number, kind: "said", name: string, text: string, mine: boolean, host: boolean, seat: number | null}} Said
 */
/** Somebody came or went. @typedef {{id: number, kind: "line", what: ChatLine["what"], name: string}} Happened */
/** @typedef {Said | Happened} Line */

/** Older lines are forgotten: an evening's chat must not fill a phone. */
const KEPT = 200;

export class Chat {
  /** Oldest first. @type {Line[]} */
  #lines = [];
  #next = 1;
  #unread = 0;
  /** Somebody looks at it: nothing is unread. */
  #watched = false;

  /** @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  /** What others said while nobody looked. */
  get unread() {
    return this.#unread;
  }

  /** @param {boolean} watched */
  watch(watched) {
    this.#watched = watched;
    if (watched) this.#unread = 0;
  }

  /**
   * @param {ChatSaid} message
   * @param {Room | null} room as it is now
   * @returns {Said}
   */
  said({ peer, name, text }, room) {
    const mine = peer !== null && peer === room?.you.peer;
    const line = this.#keep({ id: this.#next, kind: "said", name, text, mine, host: peer === null, seat: seatOf(peer, room) });
    if (!mine && !this.#watched) this.#unread += 1;
    return line;
  }

  /** @param {ChatLine} message @returns {Happened} */
  happened({ what, name }) {
    return this.#keep({ id: this.#next, kind: "line", what, name });
  }

  /**
   * @template {Line} Kind
   * @param {Kind} line
   */
  #keep(line) {
    this.#next += 1;
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines.shift();
    return line;
  }
}

/**
 * A chat message as the host takes it: one line, trimmed, at most `limit` characters. May be empty.
 * @param {string} text
 * @param {number} limit
 */
export function cleanChat(text, limit) {
  const plain = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").replace(/\p{Cs}/gu, "").trim();
  return Array.from(plain).slice(0, limit).join("").trim();
}

/**
 * The first seat of somebody.
 * @param {number | null} peer null: the host
 * @param {Room | null} room
 */
export function seatOf(peer, room) {
  return room?.seats.find(({ holders }) => holders.some((holder) => holder.peer === peer))?.seat ?? null;
}

/**
 * Whether a key opens the chat: T, or the key in its place where the keyboard has other letters.
 * @param {{key: string, code: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean}} event
 */
export function isChatKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase() === "t";
  return event.code === "KeyT";
}
