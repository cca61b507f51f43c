// The codes of the protocol, each of which the page has a text for.

/** Why the host does not let a page in. */
export const REFUSED_CODES = Object.freeze(["bad_invite", "bad_message", "room_full", "no_codec", "host_codec", "version", "declined", "banned", "busy", "host_error"]);

/** Why the host ends a connection. */
export const CLOSING_CODES = Object.freeze(["kicked", "banned", "revoked", "host_closed", "bad_message", "replaced", "flood", "host_codec"]);

/** That a trouble is over. */
export const NO_TROUBLE = "none";
/** What is wrong with the stream. */
export const TROUBLE_CODES = Object.freeze(["no_picture"]);

/** Why the host denies a request. */
export const DENIED_CODES = Object.freeze(["right", "gone", "slow", "muted"]);

/** Why a game stopped or crashed. */
export const PROBLEM_CODES = Object.freeze(["crash.memory", "crash.abort", "crash.instruction", "crash.arithmetic", "crash.killed", "crash.signal", "crash.code",
  "crash.unknown", "crash.hung", "crash.forbidden", "crash.too_much_memory", "crash.nonsense", "crash.unreadable", "failed"]);
