// The statistics overlay.

import { text } from "../lang/text.js";
import { tallyStats } from "../net/stream-stats.js";
import { byId, make } from "./dom.js";

/** @typedef {import("../net/protocol.js").HostStats} HostStats */
/** @typedef {import("../net/stream-stats.js").Tally} Tally */

const READ_MS = 1000;

/**
 * What the panel asks for.
 * @typedef {object} StatsSource
 * @property {() => Promise<RTCStatsReport> | null} stats
 * @property {() => {width: number, height: number} | null} picture the picture's own size
 */

export class StatsPanel {
  #panel = byId("stats", HTMLElement);
  #list = byId("stats-list", HTMLElement);
  #source;
  /** @type {import("../net/stream-stats.js").Totals | null} */
  #totals = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** The host's latest numbers. @type {HostStats | null} */
  host = null;
  /** The latest round trip on the control channel. @type {number | null} */
  pingMs = null;

  /** @param {StatsSource} source */
  constructor(source) {
    this.#source = source;
  }

  get open() {
    return !this.#panel.hidden;
  }

  /** @param {boolean} open */
  show(open) {
    this.#panel.hidden = !open;
    clearInterval(this.#timer);
    this.#totals = null;
    if (!open) return;
    this.#timer = setInterval(() => void this.#read(), READ_MS);
    void this.#read();
  }

  /** A new connection begins. */
  forget() {
    this.#totals = null;
    this.host = null;
    this.pingMs = null;
  }

  async #read() {
    const reports = await this.#source.stats();
    if (!reports || !this.open) return;
    const { tally, totals } = tallyStats(reports.values(), this.#totals, performance.now());
    this.#totals = totals;
    this.#list.replaceChildren(...this.#rows(tally).flatMap(([key, value]) =>
      [make("dt", "", text(`stats.${key}`)), make("dd", "", value)]));
  }

  /** @param {Tally} tally @returns {[string, string][]} */
  #rows(tally) {
    const picture = this.#source.picture();
    const coded = tally.width && tally.height ? `${tally.width} × ${tally.height}` : "–";
    return [
      ["picture", picture ? `${picture.width} × ${picture.height}` : "–"],
      ["video", tally.codec ? `${coded} ${tally.codec}` : coded],
      ["fps", unit("fps", tally.fps, 1)],
      ["dropped", tally.dropped === null ? "–" : String(tally.dropped)],
      ["bitrate", unit("mbit", tally.kbitS === null ? null : tally.kbitS / 1000, 2)],
      ["loss", unit("percent", tally.lossPercent, 1)],
      ["rtt", unit("ms", tally.roundTripMs, 1)],
      ["ping", unit("ms", this.pingMs, 1)],
      ["buffer", unit("ms", tally.bufferMs, 1)],
      ["decode", unit("ms", tally.decodeMs, 1)],
      ["audio_buffer", unit("ms", tally.audioBufferMs, 0)],
      ["host_fps", unit("fps", this.host?.fps ?? null, 1)],
      ["host_latency", unit("ms", this.host?.latency_ms ?? null, 1)],
    ];
  }
}

/**
 * @param {"fps" | "ms" | "mbit" | "percent"} name
 * @param {number | null} value
 * @param {number} digits after the point
 */
function unit(name, value, digits) {
  return value === null ? "–" : text(`stats.unit.${name}`, { n: value.toFixed(digits) });
}
