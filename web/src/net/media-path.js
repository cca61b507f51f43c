// The way that media takes, from `getStats()`. Pure.

import { isInner } from "./candidates.js";

/** @typedef {Record<string, any>} Report */

/**
 * `nat`: through a router that writes addresses anew; `tcp`: by the port of the page; `relay` with whose server it is, or null.
 * @typedef {{kind: "direct" | "nat" | "tcp", server: null} | {kind: "relay", server: string | null}} MediaPath
 */

/** The longest name that is shown. */
const SERVER_CHARS = 100;

/**
 * @param {Map<string, Report>} all reports by their id
 * @param {Report | undefined} pair the selected one
 * @returns {MediaPath | null} null: there is none, or the browser does not tell
 */
export function readPath(all, pair) {
  const local = all.get(pair?.localCandidateId);
  const remote = all.get(pair?.remoteCandidateId);
  if (!local || !remote) return null;
  if (local.candidateType === "relay") return { kind: "relay", server: serverOf(local.url) };
  // The host's own relay: of that the page knows the address only.
  if (remote.candidateType === "relay") return { kind: "relay", server: known(remote.address) };
  if (local.protocol === "tcp" || remote.protocol === "tcp") return { kind: "tcp", server: null };
  return { kind: isRewritten(local) || isRewritten(remote) ? "nat" : "direct", server: null };
}

/** @param {Report} candidate */
function isRewritten({ candidateType, address }) {
  if (candidateType === "srflx") return true;
  // One that was learned from a check may just not have been named before: then it is of the same network.
  return candidateType === "prflx" && !(typeof address === "string" && isInner(address));
}

/** The host of `turn:HOST:PORT?transport=...` (RFC 7065). @param {unknown} url */
function serverOf(url) {
  const match = typeof url === "string" ? /^turns?:(\[[^\]]+\]|[^:?]+)/.exec(url) : null;
  return known(match?.[1]);
}

/** @param {unknown} value */
function known(value) {
  return typeof value === "string" && value !== "" ? value.slice(0, SERVER_CHARS) : null;
}
