// What to tell the player, from what is known. Pure.

import { codeKey, isKnownCode } from "../lang/code-text.js";
import { NO_TROUBLE } from "../net/codes.js";

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {"name" | "connecting" | "waiting" | "playing" | "reconnecting" | "refused" | "closed"} Phase */

/**
 * What the page knows about the connection.
 * @typedef {object} Situation
 * @property {Phase} phase
 * @property {string} reason why it is connecting again: as in `Reason` of the connection, or empty
 * @property {string} code the host's code of a refusal or closing, or empty
 * @property {Room | null} room
 * @property {string} trouble the host's code of what is wrong with the stream, or empty
 * @property {boolean} picture a picture has been shown on this connection
 * @property {boolean} [linkOnly] a code leads nowhere: this page does not come from the host
 * @property {boolean} [hasRoom] there is a last room to go back to
 */

/** A text: its key and its values, of which each may be a text itself. @typedef {{key: string, values?: Record<string, string | number | {key: string}>}} TextRef */

/**
 * What a notice's button does: join again, load the page again, take the request back, ask for a code, go to the last room, or let the game go on.
 * @typedef {"retry" | "reload" | "cancel" | "code" | "back" | "resume"} ActionName
 */

/** @typedef {{key: string, name: ActionName}} Action */

/**
 * @typedef {object} Notice
 * @property {"card" | "pill"} shape a card covers the picture, a pill stands on it
 * @property {boolean} busy something is under way: show that it moves
 * @property {TextRef} title
 * @property {TextRef | null} detail
 * @property {Action | null} action
 * @property {Action} [second] the less likely one
 */

/** Whether the page is in the room or on its way there, and goes on when the browser brings it back. @param {Phase} phase */
export function isUnderWay(phase) {
  return phase === "playing" || phase === "reconnecting" || phase === "connecting" || phase === "waiting";
}

/**
 * @param {Situation} situation
 * @returns {Notice | null} null: nothing stands between the player and the game
 */
export function noticeFor(situation) {
  switch (situation.phase) {
    case "name":
      return null;
    case "connecting":
      return busy("state.connecting",
        { key: situation.reason === "" ? "state.connecting.detail" : retryKey(situation.reason) });
    case "waiting":
      return { ...busy("state.waiting", { key: "state.waiting.detail" }), action: { key: "action.cancel", name: "cancel" } };
    case "reconnecting":
      return { ...busy("state.reconnecting", { key: `reason.${situation.reason || "network"}` }),
        action: { key: "action.now", name: "retry" } };
    case "refused":
      return ending("refused", situation);
    case "closed":
      return ending("closing", situation);
    case "playing":
      return gameNotice(situation);
  }
}

/** Reasons that a person can do something about. The others pass by themselves. */
const TOLD_AT_ONCE = ["offline", "blocked", "broker", "absent", "path", "path_here", "path_there"];

/** @param {string} reason */
function retryKey(reason) {
  return TOLD_AT_ONCE.includes(reason) ? `reason.${reason}` : "state.connecting.retry";
}

/** @param {Situation} situation @returns {Notice | null} */
function gameNotice({ room, picture, trouble }) {
  const game = room?.game;
  if (!game) return busy("state.connecting", null);
  const problem = game.problem && problemText(game.problem);
  switch (game.state) {
    case "starting":
      return { ...busy("game.starting.unnamed", null),
        title: game.name === "" ? { key: "game.starting.unnamed" } : { key: "game.starting", values: { game: game.name } } };
    case "crashed":
      return busy("game.crashed", problem ?? { key: "game.crashed.detail" });
    case "stopped":
      return { shape: "card", busy: false, title: { key: stoppedKey(game) }, detail: problem ?? { key: "game.stopped.detail" }, action: null };
    case "paused":
      // A paused game can be gone back in.
      if (game.flow === "rewind") return flowNotice(game);
      return {
        shape: "pill",
        busy: false,
        title: game.pausedBy === "" ? { key: "game.paused" } : { key: "game.paused.by", values: { name: game.pausedBy } },
        detail: null,
        action: room.you.rights.includes("pause") ? { key: "do.resume", name: "resume" } : null,
      };
    case "running":
      if (trouble === "no_picture") return busy(codeKey("trouble", trouble), { key: "trouble.no_picture.detail" });
      if (!picture) return busy("state.picture", null);
      if (trouble === "" || trouble === NO_TROUBLE) return flowNotice(game);
      // What it is this page cannot know: the picture stays in sight.
      return { shape: "pill", busy: false, title: { key: codeKey("trouble", trouble) }, detail: null, action: null };
  }
}

/** For the host, and for a guest with a name. @type {Readonly<Record<string, [string, string]>>} */
const FLOWS = Object.freeze({
  fast_forward: ["flow.fast_forward", "flow.fast_forward.by"],
  slow_motion: ["flow.slow_motion", "flow.slow_motion.by"],
  rewind: ["flow.rewind", "flow.rewind.by"],
});

/** Who does what with time. @param {import("../net/protocol.js").Game} game @returns {Notice | null} */
function flowNotice({ flow, flowBy }) {
  const keys = FLOWS[flow];
  if (keys === undefined) return null;
  const title = flowBy === "" ? { key: keys[0] } : { key: keys[1], values: { name: flowBy } };
  return { shape: "pill", busy: false, title, detail: null, action: null };
}

/** @param {import("../net/protocol.js").Game} game that is stopped; with a problem it did not end by itself */
function stoppedKey({ problem, core }) {
  if (problem === null) return "game.stopped";
  // A core that has told its name has run.
  return core !== "" && problem.code.startsWith("crash.") ? "game.failed" : "game.unstarted";
}

/** @param {import("../net/protocol.js").Problem} problem @returns {TextRef} */
function problemText({ code, core }) {
  return { key: codeKey("problem", code), values: { core: core === "" ? { key: "problem.core" } : core } };
}

/**
 * @param {string} title
 * @param {TextRef | null} detail
 * @returns {Notice}
 */
function busy(title, detail) {
  return { shape: "card", busy: true, title: { key: title }, detail, action: null };
}

/** @param {"refused" | "closing"} kind @param {Situation} situation @returns {Notice} */
function ending(kind, { code, linkOnly = false, hasRoom = false }) {
  return {
    shape: "card",
    busy: false,
    title: { key: kind === "refused" ? "state.refused" : "state.closed" },
    detail: { key: codeKey(kind, code) },
    // A page that is newer may know the refusal.
    ...(kind === "refused" && !isKnownCode(kind, code) ? { action: RELOAD } : actionsFor(code, linkOnly, hasRoom)),
  };
}

/** @type {Action} */
const RELOAD = { key: "action.reload", name: "reload" };

/** @param {string} code @param {boolean} linkOnly @param {boolean} hasRoom @returns {{action: Action | null, second?: Action}} */
function actionsFor(code, linkOnly, hasRoom) {
  /** @type {Action} */
  const retry = { key: "action.again", name: "retry" };
  /** @type {Action} */
  const byCode = { key: "action.code", name: "code" };
  switch (code) {
    // Asking again is of no use.
    case "no_webrtc": case "no_seal": case "banned": return { action: null };
    case "no_link": return { action: hasRoom ? { key: "code.back", name: "back" } : null };
    case "version": case "bad_message": case "flood": case "no_meeting": return { action: RELOAD };
    case "replaced": return { action: { key: "action.here", name: "retry" } };
    case "declined": return { action: { key: "action.ask", name: "retry" } };
    case "revoked": return { action: linkOnly ? null : byCode };
    case "bad_invite": return linkOnly ? { action: retry } : { action: retry, second: byCode };
    default: return { action: retry };
  }
}
