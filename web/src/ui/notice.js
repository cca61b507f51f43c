// What to tell the player, from what is known. Pure.

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {"name" | "connecting" | "waiting" | "playing" | "reconnecting" | "refused" | "closed"} Phase */

/**
 * What the page knows about the connection.
 * @typedef {object} Situation
 * @property {Phase} phase
 * @property {string} reason why it is connecting again: "network", "offline", "host", "dropped", or empty
 * @property {string} code the host's code of a refusal or closing, or empty
 * @property {string} message the host's own sentence beside the code
 * @property {Room | null} room
 * @property {string} trouble what the host says is wrong with the stream, or empty
 * @property {boolean} picture a picture has been shown on this connection
 */

/**
 * A text: a key and its values, or the host's own words.
 * @typedef {{key: string, values?: Record<string, string | number>} | {words: string}} Words
 */

/**
 * What a notice's button does: join again, load the page again, take the request back, ask for a code, or let the game go on.
 * @typedef {"retry" | "reload" | "cancel" | "code" | "resume"} Does
 */

/** @typedef {{key: string, does: Does}} Action */

/**
 * @typedef {object} Notice
 * @property {"card" | "pill"} shape a card covers the picture, a pill stands on it
 * @property {boolean} busy something is under way: show that it moves
 * @property {Words} title
 * @property {Words | null} detail
 * @property {Action | null} action
 * @property {Action} [second] the less likely one
 */

/** Whether the page is in the room or on its way there, and goes on when the browser brings it back. @param {Phase} phase */
export function isUnderWay(phase) {
  return phase === "playing" || phase === "reconnecting" || phase === "connecting" || phase === "waiting";
}

/**
 * @param {Situation} situation
 * @param {(key: string) => boolean} hasText
 * @returns {Notice | null} null: nothing stands between the player and the game
 */
export function noticeFor(situation, hasText) {
  switch (situation.phase) {
    case "name":
      return null;
    case "connecting":
      return busy("state.connecting",
        { key: situation.reason === "" ? "state.connecting.detail" : retryKey(situation.reason) });
    case "waiting":
      return { ...busy("state.waiting", { key: "state.waiting.detail" }), action: { key: "action.cancel", does: "cancel" } };
    case "reconnecting":
      return { ...busy("state.reconnecting", { key: `reason.${situation.reason || "network"}` }),
        action: { key: "action.now", does: "retry" } };
    case "refused":
      return ending("refused", situation, hasText);
    case "closed":
      return ending("closing", situation, hasText);
    case "playing":
      return gameNotice(situation);
  }
}

/** @param {string} reason */
function retryKey(reason) {
  return reason === "offline" ? "reason.offline" : "state.connecting.retry";
}

/** @param {Situation} situation @returns {Notice | null} */
function gameNotice({ room, picture, trouble }) {
  const game = room?.game;
  if (!game) return busy("state.connecting", null);
  const said = game.message === "" ? null : { words: game.message };
  switch (game.state) {
    case "starting":
      return { ...busy("game.starting.unnamed", said),
        title: game.name === "" ? { key: "game.starting.unnamed" } : { key: "game.starting", values: { game: game.name } } };
    case "crashed":
      return busy("game.crashed", said ?? { key: "game.crashed.detail" });
    case "stopped":
      return { shape: "card", busy: false, title: { key: stoppedKey(game) }, detail: said ?? { key: "game.stopped.detail" }, action: null };
    case "paused":
      return {
        shape: "pill",
        busy: false,
        title: game.message === "" ? { key: "game.paused" } : { key: "game.paused.by", values: { name: game.message } },
        detail: null,
        action: room.you.rights.includes("pause") ? { key: "do.resume", does: "resume" } : null,
      };
    case "running":
      if (trouble === "no_picture") return busy("state.no_picture", { key: "state.no_picture.detail" });
      return picture ? null : busy("state.picture", null);
  }
}

/** @param {import("../net/protocol.js").Game} game that is stopped; with a message it did not end by itself */
function stoppedKey({ message, core }) {
  if (message === "") return "game.stopped";
  // A core that has told its name has run.
  return core === "" ? "game.unstarted" : "game.failed";
}

/**
 * @param {string} title
 * @param {Words | null} detail
 * @returns {Notice}
 */
function busy(title, detail) {
  return { shape: "card", busy: true, title: { key: title }, detail, action: null };
}

/**
 * @param {"refused" | "closing"} kind
 * @param {Situation} situation
 * @param {(key: string) => boolean} hasText
 * @returns {Notice}
 */
function ending(kind, { code, message }, hasText) {
  const key = `${kind}.${code}`;
  // A code this page does not know comes with the host's sentence for it.
  const unknown = message === "" ? { key: `${kind}.other` } : { words: message };
  return {
    shape: "card",
    busy: false,
    title: { key: kind === "refused" ? "state.refused" : "state.closed" },
    detail: hasText(key) ? { key } : unknown,
    // A page that is newer may know the refusal.
    ...(kind === "refused" && !hasText(key) ? { action: RELOAD } : actionsFor(code)),
  };
}

/** @type {Action} */
const RELOAD = { key: "action.reload", does: "reload" };

/** @param {string} code @returns {{action: Action | null, second?: Action}} */
function actionsFor(code) {
  /** @type {Action} */
  const retry = { key: "action.again", does: "retry" };
  /** @type {Action} */
  const byCode = { key: "action.code", does: "code" };
  switch (code) {
    // Asking again is of no use.
    case "no_webrtc": case "banned": return { action: null };
    case "version": case "bad_message": case "flood": return { action: RELOAD };
    case "replaced": return { action: { key: "action.here", does: "retry" } };
    case "declined": return { action: { key: "action.ask", does: "retry" } };
    case "revoked": return { action: byCode };
    case "bad_invite": return { action: retry, second: byCode };
    default: return { action: retry };
  }
}
