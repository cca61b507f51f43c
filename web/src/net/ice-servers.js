// Servers that help two sides to find a way (STUN, RFC 8489) or carry what has none (TURN, RFC 8656), as they come in.

import { list, Malformed, record, text } from "./validation.js";

const SERVERS = 8;
const URLS = 4;
const URL_CHARS = 300;
const CREDENTIAL_CHARS = 512;
/** RFC 7064 and 7065. Of any other a browser refuses the whole list. */
const STUN = /^stun:[^\s?@/#]+$/;
const TURN = /^turns?:[^\s?@/#]+(?:\?transport=(?:udp|tcp))?$/;

/**
 * Checked; what is no server is left out: there may be a way without it.
 * @param {unknown} value `RTCConfiguration.iceServers`
 * @returns {RTCIceServer[]}
 */
export function readIceServers(value) {
  return list(value ?? [], SERVERS).flatMap((item) => {
    try {
      const server = readServer(record(item));
      return server ? [server] : [];
    } catch (error) {
      if (error instanceof Malformed) return [];
      throw error;
    }
  });
}

/** @param {Record<string, unknown>} it @returns {RTCIceServer | null} */
function readServer(it) {
  const all = list(it.urls, URLS).map((url) => text(url, URL_CHARS + 1)).filter((url) => url.length <= URL_CHARS);
  // A relay without an account is refused by browsers too.
  const hasAccount = isCredential(it.username) && isCredential(it.credential);
  const urls = all.filter((url) => STUN.test(url) || (hasAccount && TURN.test(url)));
  if (urls.length === 0) return null;
  return hasAccount ? { urls, username: text(it.username, CREDENTIAL_CHARS), credential: text(it.credential, CREDENTIAL_CHARS) } : { urls };
}

/** @param {unknown} value */
function isCredential(value) {
  return typeof value === "string" && value !== "" && value.length <= CREDENTIAL_CHARS;
}
