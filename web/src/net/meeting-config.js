// What a page that does not come from the host itself knows: where to meet it.

import { readIceServers } from "./ice-servers.js";
import { list, Malformed, record, text } from "./validation.js";

const BROKERS = 4;
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
    const brokers = list(it.brokers, BROKERS).map((url) => text(url, 300)).filter((url) => /^wss?:\/\/[^\s]+$/.test(url));
    return brokers.length > 0 ? { brokers, iceServers: readIceServers(it.ice) } : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** Asks for `config.json` beside the page. @returns {Promise<MeetingConfig | null>} */
export async function loadMeetingConfig() {
  try {
    const answer = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(FETCH_MS) });
    const body = answer.ok ? await answer.text() : "";
    return body.length <= LIMIT_BYTES ? readMeetingConfig(JSON.parse(body)) : null;
  } catch {
    return null;
  }
}
