// The messages between page and host. What comes in is checked here and nowhere else.

/** @typedef {{peer: number, name: string, seat: number | null}} You */
/** @typedef {{seat: number, name: string | null, peer: number | null}} Seat */
/** @typedef {"starting" | "running" | "paused" | "crashed" | "stopped"} GameState */
/** @typedef {{name: string, core: string, state: GameState, message: string}} Game */
/** @typedef {{type: "room", you: You, seats: Seat[], peers: You[], game: Game}} Room */
/** @typedef {{type: "picture", width: number, height: number, aspect: number, coded_width: number, coded_height: number}} Picture */
/** @typedef {{type: "stats", fps: number, latency_ms: number, kbit_s: number}} HostStats */
/** @typedef {{type: "trouble", code: string}} Trouble */
/** @typedef {{type: "pong", t: number}} Pong */
/** @typedef {{type: "closing", code: string, message: string}} Closing */
/** @typedef {{type: "refused", code: string, message: string}} Refused */
/** @typedef {{type: "welcome", v: number, peer: number, resume: string, sdp: string}} Welcome */
/** @typedef {Room | Picture | HostStats | Trouble | Pong | Closing | Refused | Welcome} HostMessage */

export const VERSION = 1;

/** Longest message taken from the host. */
const LIMIT_CHARS = 65536;
const SEATS = 8;
const PEERS = 64;

const FINAL_REFUSALS = new Set(["bad_invite", "version", "no_codec", "host_codec", "room_full"]);
const FINAL_CLOSINGS = new Set(["kicked", "host_closed", "replaced", "host_codec"]);

/**
 * Whether trying again by itself is pointless.
 * @param {Refused | Closing} message
 */
export function isFinal(message) {
  return (message.type === "refused" ? FINAL_REFUSALS : FINAL_CLOSINGS).has(message.code);
}

/**
 * @param {{secret: string, name: string, resume: string | null, sdp: string}} join
 */
export function joinMessage({ secret, name, resume, sdp }) {
  return JSON.stringify({ type: "join", v: VERSION, secret, name, resume, sdp });
}

/** @param {number} t `performance.now()` */
export function pingMessage(t) {
  return JSON.stringify({ type: "ping", t });
}

/** @param {string} name */
export function renameMessage(name) {
  return JSON.stringify({ type: "rename", name });
}

export function byeMessage() {
  return JSON.stringify({ type: "bye" });
}

/**
 * A message from the host, checked, or null: of an unknown type (a newer host may have more of them)
 * or malformed.
 * @param {unknown} data
 * @returns {HostMessage | null}
 */
export function parseHostMessage(data) {
  if (typeof data !== "string" || data.length > LIMIT_CHARS) return null;
  try {
    const message = record(JSON.parse(data));
    const read = typeof message.type === "string" && Object.hasOwn(READERS, message.type) ? READERS[message.type] : undefined;
    return read ? read(message) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Malformed) return null;
    throw error;
  }
}

class Malformed extends Error {}

/** @type {Readonly<Record<string, (message: Record<string, unknown>) => HostMessage>>} */
const READERS = {
  room: (message) => ({
    type: "room",
    you: person(message.you),
    seats: list(message.seats, SEATS).map((item) => {
      const seat = record(item);
      return {
        seat: whole(seat.seat, SEATS - 1),
        name: seat.name === null ? null : text(seat.name),
        peer: seat.peer === null || seat.peer === undefined ? null : whole(seat.peer),
      };
    }),
    peers: list(message.peers, PEERS).map(person),
    game: game(message.game),
  }),
  picture: (message) => ({
    type: "picture",
    width: size(message.width),
    height: size(message.height),
    aspect: number(message.aspect, 0.05, 20),
    coded_width: size(message.coded_width),
    coded_height: size(message.coded_height),
  }),
  stats: (message) => ({
    type: "stats",
    fps: number(message.fps),
    latency_ms: number(message.latency_ms),
    kbit_s: number(message.kbit_s),
  }),
  trouble: (message) => ({ type: "trouble", code: text(message.code) }),
  pong: (message) => ({ type: "pong", t: number(message.t) }),
  closing: (message) => ({ type: "closing", code: text(message.code), message: optionalText(message.message) }),
  refused: (message) => ({ type: "refused", code: text(message.code), message: optionalText(message.message) }),
  welcome: (message) => ({
    type: "welcome",
    v: whole(message.v),
    peer: whole(message.peer),
    resume: text(message.resume),
    sdp: text(message.sdp, LIMIT_CHARS),
  }),
};

/** @param {unknown} value @returns {You} */
function person(value) {
  const it = record(value);
  return {
    peer: whole(it.peer),
    name: text(it.name),
    seat: it.seat === null || it.seat === undefined ? null : whole(it.seat, SEATS - 1),
  };
}

/** @param {unknown} value @returns {Game} */
function game(value) {
  const it = record(value);
  const state = text(it.state);
  switch (state) {
    case "starting": case "running": case "paused": case "crashed": case "stopped":
      return { name: optionalText(it.name), core: optionalText(it.core), state, message: optionalText(it.message) };
    default:
      throw new Malformed();
  }
}

/** @param {unknown} value @returns {Record<string, unknown>} */
function record(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed();
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {unknown} value @param {number} limit @returns {unknown[]} */
function list(value, limit) {
  if (!Array.isArray(value)) throw new Malformed();
  return value.slice(0, limit);
}

/** @param {unknown} value @param {number} [limit] */
function text(value, limit = 400) {
  if (typeof value !== "string") throw new Malformed();
  return value.slice(0, limit);
}

/** @param {unknown} value */
function optionalText(value) {
  return value === null || value === undefined ? "" : text(value);
}

/** @param {unknown} value @param {number} [least] @param {number} [most] */
function number(value, least = -1e15, most = 1e15) {
  if (typeof value !== "number" || !(value >= least && value <= most)) throw new Malformed();
  return value;
}

/** @param {unknown} value @param {number} [most] */
function whole(value, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isInteger(value)) throw new Malformed();
  return number(value, 0, most);
}

/** @param {unknown} value */
function size(value) {
  const it = whole(value, 16384);
  if (it === 0) throw new Malformed();
  return it;
}
