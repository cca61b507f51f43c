// The statistics overlay.

import { text } from "../lang/text.js";
import { readStreamStats } from "../net/stream-stats.js";
import { byId, make } from "./dom.js";

/** @typedef {import("../net/protocol.js").HostStats} HostStats */
/** @typedef {import("../net/stream-stats.js").StreamStats} StreamStats */

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

  /** The game as the room knows it. @type {import("../net/protocol.js").Game | null} */
  game = null;

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
    const { stats, totals } = readStreamStats(reports.values(), this.#totals, performance.now());
    this.#totals = totals;
    this.#list.replaceChildren(...this.#rows(stats).flatMap(([key, value]) =>
      [make("dt", "", text(`stats.${key}`)), make("dd", "", value)]));
  }

  /** @param {StreamStats} stats @returns {[string, string][]} */
  #rows(stats) {
    const picture = this.#source.picture();
    const coded = stats.width && stats.height ? `${stats.width} × ${stats.height}` : "–";
    return [
      ["picture", picture ? `${picture.width} × ${picture.height}` : "–"],
      ["video", stats.codec ? `${coded} ${stats.codec}` : coded],
      ["fps", unit("fps", stats.fps, 1)],
      ["dropped", stats.dropped === null ? "–" : String(stats.dropped)],
      ["bitrate", unit("mbit", stats.kbitS === null ? null : stats.kbitS / 1000, 2)],
      ["loss", unit("percent", stats.lossPercent, 1)],
      ["path", stats.path ? pathText(stats.path) : "–"],
      ["rtt", unit("ms", stats.roundTripMs, 1)],
      ["ping", unit("ms", this.pingMs, 1)],
      ["buffer", unit("ms", stats.bufferMs, 1)],
      ["decode", unit("ms", stats.decodeMs, 1)],
      ["audio_buffer", unit("ms", stats.audioBufferMs, 0)],
      ["host_fps", unit("fps", this.host?.fps ?? null, 1)],
      ["host_latency", unit("ms", this.host?.latency_ms ?? null, 1)],
      ["ahead", aheadText(this.game)],
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

/** How far the game is run ahead of itself. @param {import("../net/protocol.js").Game | null} game */
function aheadText(game) {
  if (game === null || (game.ahead === 0 && !game.lateLatch)) return text("stats.ahead.off");
  const frames = text("stats.ahead.frames", { n: game.ahead });
  return game.lateLatch ? text("stats.ahead.late", { frames }) : frames;
}

/** @param {import("../net/media-path.js").MediaPath} path */
function pathText({ kind, server }) {
  return kind === "relay" && server !== null ? text("stats.way.relay_by", { server }) : text(`stats.way.${kind}`);
}
