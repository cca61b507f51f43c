// The messages between page and host. What comes in is checked here and nowhere else. The host's own sentences are left
// out: every code has a text of the page's, in the reader's language (`lang/code-text.js`).

import { readIceServers } from "./ice-servers.js";
import { flag, list, Malformed, number, optionalText, record, text, whole, word, wordsOf } from "./validation.js";

/** @typedef {"pause" | "states" | "discs" | "time" | "seats" | "invite"} Permission */
/** What an invite permits: take any seat, only watch, or take one seat. @typedef {"any" | "watch" | number} SeatGrant */
/** @typedef {{peer: number, name: string, seats: number[], rights: Permission[], muted: boolean, grant: SeatGrant}} You */
/** `peer` null: a player at the host's machine. `away`: the connection is lost, the seat is kept. @typedef {{peer: number | null, name: string, away: boolean}} Holder */
/** @typedef {{seat: number, device: string, holders: Holder[]}} Seat */
/** @typedef {{peer: number, name: string, seats: number[], wants: null | "any" | number, muted: boolean}} Peer */
/** @typedef {"starting" | "running" | "paused" | "crashed" | "stopped"} GameState */
/** How the game goes through time. @typedef {"normal" | "fast_forward" | "slow_motion" | "rewind"} Flow */
/** Why a game stopped or crashed: a code of `PROBLEM_CODES` or of a newer host, and what the core calls itself, or empty. @typedef {{code: string, core: string}} Problem */
/**
 * `pausedBy`: the name of the guest who paused, or empty. `unsaved`: the host cannot write what the game saves.
 * `flowBy`: the name of the guest who wants `flow`, or empty for the host.
 * @typedef {{name: string, core: string, system: string, state: GameState, pausedBy: string, problem: Problem | null, unsaved: boolean, flow: Flow, flowBy: string, canRewind: boolean, ahead: number, lateLatch: boolean}} Game
 */
/** @typedef {{type: "room", you: You, host: {name: string | null}, seats: Seat[], peers: Peer[], game: Game}} Room */
/** @typedef {"keyboard" | "mouse" | "lightgun" | "pointer"} Device */
/** What the game calls each button of a seat. @typedef {{seat: number, device: string, names: Record<string, string>}} SeatControls */
/** @typedef {{type: "controls", seats: SeatControls[], wants: Device[]}} Controls */
/** @typedef {{type: "picture", width: number, height: number, aspect: number, coded_width: number, coded_height: number}} Picture */
/** @typedef {{type: "stats", fps: number, latency_ms: number, kbit_s: number}} HostStats */
/** @typedef {{type: "trouble", code: string}} Trouble */
/** The host can be reached here too. @typedef {{type: "candidate", candidate: string}} HostCandidate */
/** @typedef {{type: "pong", t: number}} Pong */
/** @typedef {{type: "closing", code: string}} Closing */
/** `peer` null: the host. @typedef {{type: "chat", peer: number | null, name: string, text: string}} ChatMessage */
/** @typedef {{type: "line", what: "joined" | "left" | "kicked", name: string}} Presence */
/** @typedef {{type: "reaction", peer: number | null, name: string, emoji: string}} Reaction */
/** `names`: empty where the game does not say. `inserted`: the one in the closed drive, from 0. @typedef {{type: "discs", names: string[], inserted: number | null}} Discs */
/** `level`: 0 debug, 1 info, 2 warning, 3 error; `ms`: how long it is shown. @typedef {{text: string, level: number, ms: number}} ScreenNote */
/** `percent` null: the game cannot say. @typedef {{text: string, percent: number | null, ms: number}} ScreenProgress */
/** What the game wants people to read over the picture: all of it. @typedef {{type: "osd", note: ScreenNote | null, status: ScreenNote | null, progress: ScreenProgress | null}} OnScreen */
/** Another disc is in: who put it in, which, from 0, and what it is called, or empty. @typedef {{type: "disc", name: string, disc: number, label: string}} DiscChange */
/** Bits of the seats with anything held. @typedef {{type: "lights", seats: number}} Activity */
/** @typedef {{type: "rumble", seat: number, strong: number, weak: number}} Rumble */
/** @typedef {{type: "leds", on: number}} Leds */
/** Bits of the seats of which the game wants to be told how they are moved. @typedef {{type: "sensors", accelerometer: number, gyroscope: number}} Sensors */
/** @typedef {{type: "invited", secret: string}} Invited */
/** A request that was refused. @typedef {{type: "no", to: string, code: string}} Denied */
/** The host was asked whether this page may come in. @typedef {{type: "waiting"}} Waiting */
/** @typedef {{type: "refused", code: string}} Refused */
/** `ice`: servers that help this page to find a way. @typedef {{type: "welcome", v: number, peer: number, resume: string, sdp: string, ice: RTCIceServer[]}} Welcome */
/** The answer to another offer. @typedef {{type: "restarted", sdp: string}} Restarted */
/**
 * @typedef {Room | Controls | Picture | HostStats | HostCandidate | Trouble | Pong | Closing | ChatMessage | Presence | Discs | DiscChange | OnScreen | Reaction | Activity | Rumble
 *   | Leds | Sensors | Invited | Denied | Waiting | Refused | Welcome | Restarted} HostMessage
 */

/**
 * What the page may request in the room. The host decides.
 * @typedef {{type: "chat", text: string} | {type: "react", emoji: string} | {type: "ask", seat: number | null} | {type: "unask"}
 *   | {type: "stand", seat: number} | {type: "sit", peer: number, seat: number, on: boolean} | GameCommand | {type: "invite", grant: SeatGrant}} RoomRequest
 */
/**
 * @typedef {{type: "do", what: "pause" | "resume" | "reset" | "normal" | "fast" | "slow" | "rewind" | "step"} | {type: "do", what: "save" | "load", slot: number} | {type: "do", what: "disc", disc: number}} GameCommand
 */

export const VERSION = 3;

/** The reactions there are, as they travel. */
export const REACTIONS = Object.freeze(["👍", "👏", "😂", "😮", "😱", "❤️", "🎉", "😭"]);
/** The longest chat message, in Unicode characters. */
export const CHAT_LIMIT = 300;
/** Save states, numbered from 0. */
export const SLOTS = 10;

/** Longest message taken from the host. */
const LIMIT_CHARS = 65536;
/** Longest line that describes where the host can be reached. */
const CANDIDATE_LIMIT = 512;
const SEATS = 8;
const PEERS = 64;
const SCREEN_TEXT_LIMIT = 600;
/** Frames that a game is run ahead of itself. */
const MOST_AHEAD = 4;
const SCREEN_MS_LIMIT = 60_000;
const DISCS = 64;
const DISC_NAME_LIMIT = 200;
/** @type {readonly Flow[]} */
const FLOWS = ["normal", "fast_forward", "slow_motion", "rewind"];
const GRANTS = /** @type {const} */ (["any", "watch"]);
const BITS_32 = 2 ** 32 - 1;
const BUTTON_NAMES = ["b", "y", "select", "start", "up", "down", "left", "right", "a", "x", "l", "r", "l2", "r2", "l3", "r3",
  "left_x", "left_y", "right_x", "right_y"];

/** Another attempt may help against these. What a page does not know would only be repeated for ever. */
const PASSING_REFUSALS = new Set(["host_error"]);
const PASSING_CLOSINGS = new Set(["bad_message", "flood"]);

/**
 * Whether trying again by itself is pointless.
 * @param {Refused | Closing} message
 */
export function isFinal(message) {
  return !(message.type === "refused" ? PASSING_REFUSALS : PASSING_CLOSINGS).has(message.code);
}

/** Whether a text is an invite's secret. @param {string} secret */
export function isSecret(secret) {
  return /^[A-Za-z0-9_-]{22}$/.test(secret);
}

/**
 * @param {{secret: string | null, code: string | null, name: string, resume: string | null, sdp: string}} join
 */
export function joinMessage({ secret, code, name, resume, sdp }) {
  return JSON.stringify({ type: "join", v: VERSION, secret, code, name, resume, sdp });
}

/** @param {number} t `performance.now()` */
export function pingMessage(t) {
  return JSON.stringify({ type: "ping", t });
}

/** @param {string} candidate a way to this page */
export function candidateMessage(candidate) {
  return JSON.stringify({ type: "candidate", candidate });
}

/** @param {string} sdp the offer with other credentials */
export function restartMessage(sdp) {
  return JSON.stringify({ type: "restart", sdp });
}

/** @param {string} name */
export function renameMessage(name) {
  return JSON.stringify({ type: "rename", name });
}

export function byeMessage() {
  return JSON.stringify({ type: "bye" });
}

/** @param {RoomRequest} request */
export function requestMessage(request) {
  return JSON.stringify(request);
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

/** @type {Readonly<Record<string, (message: Record<string, unknown>) => HostMessage>>} */
const READERS = {
  room: (message) => ({
    type: "room",
    you: you(message.you),
    host: { name: nullOr(record(message.host).name, text) },
    seats: list(message.seats, SEATS).map(seat),
    peers: list(message.peers, PEERS).map(peer),
    game: game(message.game),
  }),
  controls: (message) => ({
    type: "controls",
    seats: list(message.seats, SEATS).map(seatControls),
    wants: wordsOf(message.wants, ["keyboard", "mouse", "lightgun", "pointer"]),
  }),
  picture: (message) => ({
    type: "picture",
    width: size(message.width),
    height: size(message.height),
    aspect: number(message.aspect, 1 / 4096, 4096),
    coded_width: size(message.coded_width),
    coded_height: size(message.coded_height),
  }),
  stats: (message) => ({
    type: "stats",
    fps: number(message.fps),
    latency_ms: number(message.latency_ms),
    kbit_s: number(message.kbit_s),
  }),
  candidate: (message) => ({ type: "candidate", candidate: text(message.candidate, CANDIDATE_LIMIT) }),
  trouble: (message) => ({ type: "trouble", code: text(message.code) }),
  pong: (message) => ({ type: "pong", t: number(message.t) }),
  closing: (message) => ({ type: "closing", code: text(message.code) }),
  // A character may be two of a string's units.
  chat: (message) => ({ type: "chat", peer: nullOr(message.peer, whole), name: text(message.name), text: text(message.text, 2 * CHAT_LIMIT) }),
  line: (message) => ({ type: "line", what: word(message.what, ["joined", "left", "kicked"]), name: text(message.name) }),
  discs: (message) => {
    const names = list(message.names, DISCS).map((name) => text(name, DISC_NAME_LIMIT));
    const inserted = nullOr(message.inserted, whole);
    return { type: "discs", names, inserted: inserted !== null && inserted < names.length ? inserted : null };
  },
  osd: (message) => ({
    type: "osd",
    note: nullOr(message.note, screenNote),
    status: nullOr(message.status, screenNote),
    progress: nullOr(message.progress, screenProgress),
  }),
  disc: (message) => ({ type: "disc", name: text(message.name), disc: whole(message.disc, DISCS - 1), label: text(message.label, DISC_NAME_LIMIT) }),
  reaction: (message) => ({ type: "reaction", peer: nullOr(message.peer, whole), name: text(message.name), emoji: word(message.emoji, REACTIONS) }),
  lights: (message) => ({ type: "lights", seats: whole(message.seats, BITS_32) }),
  rumble: (message) => ({ type: "rumble", seat: seatNumber(message.seat), strong: whole(message.strong, 65535), weak: whole(message.weak, 65535) }),
  leds: (message) => ({ type: "leds", on: whole(message.on, BITS_32) }),
  sensors: (message) => ({ type: "sensors", accelerometer: whole(message.accelerometer, BITS_32), gyroscope: whole(message.gyroscope, BITS_32) }),
  invited: (message) => ({ type: "invited", secret: secret(message.secret) }),
  no: (message) => ({ type: "no", to: text(message.to), code: text(message.code) }),
  waiting: () => ({ type: "waiting" }),
  refused: (message) => ({ type: "refused", code: text(message.code) }),
  welcome: (message) => ({
    type: "welcome",
    v: whole(message.v),
    peer: whole(message.peer),
    resume: text(message.resume),
    sdp: text(message.sdp, LIMIT_CHARS),
    ice: readIceServers(message.ice),
  }),
  restarted: (message) => ({ type: "restarted", sdp: text(message.sdp, LIMIT_CHARS) }),
};

/** @param {unknown} value @returns {You} */
function you(value) {
  const it = record(value);
  return {
    peer: whole(it.peer),
    name: text(it.name),
    seats: seatNumbers(it.seats),
    rights: wordsOf(it.rights, ["pause", "states", "discs", "time", "seats", "invite"]),
    muted: flag(it.muted),
    grant: typeof it.grant === "string" ? word(it.grant, GRANTS) : seatNumber(it.grant),
  };
}

/** @param {unknown} value @returns {Seat} */
function seat(value) {
  const it = record(value);
  return {
    seat: seatNumber(it.seat),
    device: optionalText(it.device),
    holders: list(it.holders, PEERS).map((item) => {
      const holder = record(item);
      return { peer: nullOr(holder.peer, whole), name: text(holder.name), away: flag(holder.away) };
    }),
  };
}

/** @param {unknown} value @returns {Peer} */
function peer(value) {
  const it = record(value);
  return {
    peer: whole(it.peer),
    name: text(it.name),
    seats: seatNumbers(it.seats),
    wants: it.wants === "any" ? "any" : nullOr(it.wants, seatNumber),
    muted: flag(it.muted),
  };
}

/** @param {unknown} value @returns {Game} */
function game(value) {
  const it = record(value);
  const state = word(it.state, ["starting", "running", "paused", "crashed", "stopped"]);
  return {
    name: optionalText(it.name),
    core: optionalText(it.core),
    system: optionalText(it.system),
    state,
    // `message` is the name of the guest who paused, and nothing else.
    pausedBy: state === "paused" ? optionalText(it.message) : "",
    problem: nullOr(it.problem, problem),
    unsaved: it.unsaved === true,
    // One that this page does not know is none that it could name.
    flow: FLOWS.find((flow) => flow === it.flow) ?? "normal",
    flowBy: optionalText(it.flow_by),
    canRewind: it.can_rewind === true,
    ahead: it.ahead === undefined ? 0 : whole(it.ahead, MOST_AHEAD),
    lateLatch: it.late_latch === true,
  };
}

/** @param {unknown} value @returns {Problem} */
function problem(value) {
  const it = record(value);
  return { code: text(it.code), core: optionalText(it.core) };
}

/** @param {unknown} value @returns {ScreenNote} */
function screenNote(value) {
  const it = record(value);
  return { text: text(it.text, SCREEN_TEXT_LIMIT), level: whole(it.level, 3), ms: whole(it.ms, SCREEN_MS_LIMIT) };
}

/** @param {unknown} value @returns {ScreenProgress} */
function screenProgress(value) {
  const it = record(value);
  return { text: text(it.text, SCREEN_TEXT_LIMIT), percent: nullOr(it.percent, (part) => whole(part, 100)), ms: whole(it.ms, SCREEN_MS_LIMIT) };
}

/** @param {unknown} value @returns {SeatControls} */
function seatControls(value) {
  const it = record(value);
  const said = record(it.names);
  /** @type {Record<string, string>} */
  const names = {};
  for (const name of BUTTON_NAMES) {
    if (Object.hasOwn(said, name)) names[name] = text(said[name], 100);
  }
  return { seat: seatNumber(it.seat), device: optionalText(it.device), names };
}

/** @param {unknown} value @returns {number[]} each once */
function seatNumbers(value) {
  return [...new Set(list(value, SEATS).map(seatNumber))];
}

/** @param {unknown} value */
function seatNumber(value) {
  return whole(value, SEATS - 1);
}

/** @param {unknown} value */
function secret(value) {
  const it = text(value);
  if (!isSecret(it)) throw new Malformed();
  return it;
}

/** @param {unknown} value */
function size(value) {
  const it = whole(value, 16384);
  if (it === 0) throw new Malformed();
  return it;
}

/**
 * @template T
 * @param {unknown} value
 * @param {(value: unknown) => T} read
 * @returns {T | null}
 */
function nullOr(value, read) {
  return value === null || value === undefined ? null : read(value);
}
