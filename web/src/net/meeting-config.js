// What a page that does not come from the host itself knows: where to meet it.

import { readIceServers } from "./ice-servers.js";
import { list, Malformed, record, text } from "./validation.js";

/** Of the settings. */
const VERSION = 1;
const BROKERS = 4;
/** The longest address. */
const URL_CHARS = 300;
const LIMIT_BYTES = 20_000;
const FETCH_MS = 10_000;

/** @typedef {{brokers: string[], iceServers: RTCIceServer[]}} MeetingConfig */

/** Whether this page meets the host by brokers. */
export function isMeetingPage() {
  return document.querySelector('meta[name="hotseat-carrier"]')?.getAttribute("content") === "broker";
}

/**
 * @param {unknown} value of `config.json`
 * @returns {MeetingConfig | null} null: there is nowhere to meet
 */
export function readMeetingConfig(value) {
  try {
    const it = record(value);
    if (it.v !== undefined && it.v !== VERSION) return null;
    const brokers = list(it.brokers, BROKERS).map((url) => text(url, URL_CHARS + 1)).filter(isBroker);
    return brokers.length > 0 ? { brokers, iceServers: readIceServers(it.ice) } : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** Without encryption only on this machine, as with the host. @param {string} address */
function isBroker(address) {
  if (address.length > URL_CHARS || !URL.canParse(address)) return false;
  const { protocol, hostname, hash, username, password } = new URL(address);
  if (hash !== "" || username !== "" || password !== "") return false;
  return protocol === "wss:" || (protocol === "ws:" && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}

/** Asks for `config.json` beside the page. @returns {Promise<MeetingConfig | null>} */
export async function loadMeetingConfig() {
  try {
    const answer = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(FETCH_MS) });
    return answer.ok ? readMeetingConfig(JSON.parse(await bounded(answer))) : null;
  } catch {
    return null;
  }
}

/** The body; of one that is too long no more than that is read. @param {Response} answer */
async function bounded(answer) {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let body = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = reader ? await reader.read() : { done: true, value: undefined };
    if (done || !value) return body + decoder.decode();
    bytes += value.length;
    if (bytes > LIMIT_BYTES) {
      void reader?.cancel();
      return "";
    }
    body += decoder.decode(value, { stream: true });
  }
}
