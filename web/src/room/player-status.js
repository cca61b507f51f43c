// What a player is told about their own place in the room, when it has changed. Pure.

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {{key: string, values?: Record<string, string | number>, seat: number | null}} StatusNotice `seat`: whose colour it has */

export class PlayerStatus {
  /** The seats they were last told they have; undefined: not told yet. @type {string | undefined} */
  #seats;
  #muted = false;
  #unsaved = false;

  /** @param {Room} room @returns {StatusNotice | null} null: nothing has changed */
  changes(room) {
    const { seats, muted } = room.you;
    const moved = seats.join() !== this.#seats;
    const silenced = muted !== this.#muted;
    this.#seats = seats.join();
    this.#muted = muted;
    const { unsaved } = room.game;
    // Who watches has nothing to lose.
    const atStake = unsaved !== this.#unsaved && seats.length > 0;
    if (seats.length > 0) this.#unsaved = unsaved;
    // Why no button does anything is the more urgent of the two.
    if (silenced) return { key: muted ? "no.muted" : "muted.over", seat: null };
    if (atStake) return { key: unsaved ? "game.unsaved" : "game.saved.again", seat: null };
    return moved ? seatNotice(room) : null;
  }
}

/** @param {Room} room @returns {StatusNotice} */
function seatNotice({ you, seats }) {
  const [first] = you.seats;
  if (first === undefined) return { key: seats.some(({ holders }) => holders.length === 0) ? "seat.watching.free" : "seat.watching", seat: null };
  if (you.seats.length === 1) return { key: "seat.you", values: { n: first + 1 }, seat: first };
  return { key: "seat.you.many", values: { list: you.seats.map((seat) => seat + 1).join(", ") }, seat: first };
}
