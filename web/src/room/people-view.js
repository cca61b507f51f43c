// What the people panel shows, from what the host says. Pure.

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").You} You */

/**
 * What the reader may do about a seat: take it, request it, take the request back, or give it up.
 * @typedef {"take" | "ask" | "unask" | "stand"} SeatAction
 */
/** @typedef {{name: string, you: boolean, host: boolean, away: boolean}} Person */
/** @typedef {{seat: number, device: string, holders: Person[], action: SeatAction}} SeatRow */
/**
 * A peer. `sits` says for every seat of the game whether they are on it.
 * @typedef {{peer: number, name: string, you: boolean, muted: boolean, wants: null | "any" | number, sits: {seat: number, on: boolean}[]}} PeerRow
 */

/**
 * @typedef {object} PeopleView
 * @property {SeatRow[]} seats
 * @property {string | null} hostWatches the host's name, if the host is there without a seat
 * @property {PeerRow[]} people the others: those who watch, or all of them where the reader may move people
 * @property {boolean} movable whether the reader may move people
 * @property {"ask" | "unask" | null} any what the reader may do about a seat, whichever
 * @property {number} requests how many others wait for a seat
 */

/** @param {Room} room @returns {PeopleView} */
export function peopleView(room) {
  const { you } = room;
  const wants = room.peers.find(({ peer }) => peer === you.peer)?.wants ?? null;
  const movable = you.rights.includes("seats");
  // What all seats have in common says nothing.
  const devices = new Set(room.seats.map(({ device }) => device)).size;
  const hostSits = room.seats.some(({ holders }) => holders.some(({ peer }) => peer === null));
  return {
    seats: room.seats.map(({ seat, device, holders }) => ({
      seat,
      device: devices > 1 ? device : "",
      holders: holders.map(({ peer, name, away }) => ({ name, you: peer === you.peer, host: peer === null, away })),
      action: actionFor(you, seat, holders.length === 0, wants),
    })),
    hostWatches: hostSits ? null : room.host.name,
    people: room.peers.filter(({ seats }) => movable || seats.length === 0).map((peer) => ({
      peer: peer.peer,
      name: peer.name,
      you: peer.peer === you.peer,
      muted: peer.muted,
      wants: peer.wants,
      sits: room.seats.map(({ seat }) => ({ seat, on: peer.seats.includes(seat) })),
    })),
    movable,
    any: wants === "any" ? "unask" : you.seats.length === 0 && room.seats.length > 0 ? "ask" : null,
    requests: room.peers.filter((peer) => peer.wants !== null && peer.peer !== you.peer).length,
  };
}

/**
 * @param {You} you
 * @param {number} seat
 * @param {boolean} free
 * @param {null | "any" | number} wants
 * @returns {SeatAction}
 */
function actionFor(you, seat, free, wants) {
  if (you.seats.includes(seat)) return "stand";
  if (wants === seat) return "unask";
  return free && (you.grant === "any" || you.grant === seat) ? "take" : "ask";
}
