// Servers that help two sides to find a way (STUN, TURN), as they are named in what comes in.

import { list, Malformed, record, text } from "./validation.js";

const SERVERS = 8;
const URLS = 4;
/** Others would make the browser refuse the whole list. */
const SCHEME = /^(?:stun|turn|turns):[^\s]+$/;

/**
 * Checked; what is no server is left out.
 * @param {unknown} value `RTCConfiguration.iceServers`
 * @returns {RTCIceServer[]}
 */
export function readIceServers(value) {
  return list(value ?? [], SERVERS).flatMap((item) => {
    try {
      const it = record(item);
      const urls = list(it.urls, URLS).map((url) => text(url, 300)).filter((url) => SCHEME.test(url));
      if (urls.length === 0) return [];
      const server = /** @type {RTCIceServer} */ ({ urls });
      if (it.username !== undefined) server.username = text(it.username, 512);
      if (it.credential !== undefined) server.credential = text(it.credential, 512);
      return [server];
    } catch (error) {
      if (error instanceof Malformed) return [];
      throw error;
    }
  });
}
