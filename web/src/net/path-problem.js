// Why no way was found to a host that answers at the meeting point: whose network is in the way. Pure.

import { isInner, parseCandidate } from "./candidates.js";

/** @typedef {"path" | "path_here" | "path_there"} PathProblem both networks, or it cannot be told; this page's; the host's */

/**
 * @param {{servers: number, local: readonly string[], remote: readonly string[]}} known how many servers this page could ask
 *   for its own address, and the candidates of both sides
 * @returns {PathProblem}
 */
export function pathProblem({ servers, local, remote }) {
  // None of the servers' answers came back: nothing leaves this network by UDP.
  if (servers > 0 && !local.some(isOuter)) return "path_here";
  return remote.some(isOuter) ? "path" : "path_there";
}

/** Whether other networks may reach it. @param {string} line */
function isOuter(line) {
  const candidate = parseCandidate(line);
  return candidate !== null && (candidate.kind !== "host" || !isInner(candidate.address));
}
