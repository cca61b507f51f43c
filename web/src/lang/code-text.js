// Which text says a code of the protocol. A code of a newer host has none; a general text stands for it.

import { CLOSING_CODES, DENIED_CODES, PROBLEM_CODES, REFUSED_CODES, TROUBLE_CODES } from "../net/codes.js";

/** @typedef {"refused" | "closing" | "trouble" | "no" | "problem"} CodeKind */

/** The codes of each kind, those of the page itself among them, and the end of the key of the general text. */
export const CODES = Object.freeze({
  refused: { codes: [...REFUSED_CODES, "no_webrtc", "no_link", "no_seal", "no_meeting"], general: "other" },
  closing: { codes: CLOSING_CODES, general: "other" },
  trouble: { codes: TROUBLE_CODES, general: "other" },
  no: { codes: [...DENIED_CODES, "unsent"], general: "other" },
  problem: { codes: PROBLEM_CODES, general: "failed" },
});

/** @param {CodeKind} kind @param {string} code */
export function isKnownCode(kind, code) {
  return CODES[kind].codes.includes(code);
}

/**
 * The key of the text.
 * @param {CodeKind} kind
 * @param {string} code
 */
export function codeKey(kind, code) {
  return `${kind}.${isKnownCode(kind, code) ? code : CODES[kind].general}`;
}
