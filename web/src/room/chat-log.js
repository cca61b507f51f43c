// The messages of the chat, who joined or left, and who changed the disc. Pure.

/** @typedef {import("../net/protocol.js").ChatMessage} ChatMessage */
/** @typedef {import("../net/protocol.js").DiscChange} DiscChange */
/** @typedef {import("../net/protocol.js").Presence} Presence */
/** @typedef {import("../net/protocol.js").Room} Room */

/**
 * A chat message. `seat` is the seat of its author at that time, for its colour.
 * @typedef {{id: number, kind: "message", name: string, text: string, mine: boolean, host: boolean, seat: number | null}} MessageEntry
 */
/** A guest joined or left. @typedef {{id: number, kind: "presence", what: Presence["what"], name: string}} PresenceEntry */
/** Another disc is in. @typedef {{id: number, kind: "disc", name: string, disc: number, label: string}} DiscEntry */
/** @typedef {MessageEntry | PresenceEntry | DiscEntry} ChatEntry */

/** Older entries are dropped: an evening's chat must not fill a phone. */
const KEPT = 200;

export class ChatLog {
  /** Oldest first. @type {ChatEntry[]} */
  #entries = [];
  #next = 1;
  #unread = 0;
  /** The panel is open: nothing is unread. */
  #watched = false;

  /** @returns {readonly ChatEntry[]} */
  get entries() {
    return this.#entries;
  }

  /** Messages of others that came while the panel was closed. */
  get unread() {
    return this.#unread;
  }

  /** @param {boolean} watched */
  watch(watched) {
    this.#watched = watched;
    if (watched) this.#unread = 0;
  }

  /**
   * @param {ChatMessage} message
   * @param {Room | null} room as it is now
   * @returns {MessageEntry}
   */
  addMessage({ peer, name, text }, room) {
    const mine = peer !== null && peer === room?.you.peer;
    const entry = this.#keep({ id: this.#next, kind: "message", name, text, mine, host: peer === null, seat: seatOf(peer, room) });
    if (!mine && !this.#watched) this.#unread += 1;
    return entry;
  }

  /** @param {Presence} message @returns {PresenceEntry} */
  addPresence({ what, name }) {
    return this.#keep({ id: this.#next, kind: "presence", what, name });
  }

  /** @param {DiscChange} message @returns {DiscEntry} */
  addDisc({ name, disc, label }) {
    return this.#keep({ id: this.#next, kind: "disc", name, disc, label });
  }

  /**
   * @template {ChatEntry} Entry
   * @param {Entry} entry
   */
  #keep(entry) {
    this.#next += 1;
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
    return entry;
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
 * The first seat of a peer or of the host.
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
