// From `getStats()` to the few numbers a person wants to see.

import { readPath } from "./media-path.js";

/**
 * Running totals of one reading; the rates come from the difference of two.
 * @typedef {{at: number, bytes: number, received: number, lost: number, frames: number, dropped: number,
 *   decode: number, buffered: number, emitted: number, audioBuffered: number, audioEmitted: number}} Totals
 */

/**
 * A number is null where the browser does not tell.
 * @typedef {{width: number | null, height: number | null, codec: string | null, fps: number | null,
 *   dropped: number | null, kbitS: number | null, roundTripMs: number | null, bufferMs: number | null,
 *   audioBufferMs: number | null, decodeMs: number | null, lossPercent: number | null, path: import("./media-path.js").MediaPath | null}} StreamStats
 */

/**
 * @param {Iterable<Record<string, any>>} reports the values of an `RTCStatsReport`
 * @param {Totals | null} before the totals of the reading before
 * @param {number} now milliseconds
 * @returns {{stats: StreamStats, totals: Totals}}
 */
export function readStreamStats(reports, before, now) {
  const all = new Map(Array.from(reports, (report) => [report.id, report]));
  const inbound = [...all.values()].filter((report) => report.type === "inbound-rtp");
  const video = inbound.find((report) => report.kind === "video");
  const audio = inbound.find((report) => report.kind === "audio");
  const sum = (/** @type {string} */ key) => count(video?.[key]) + count(audio?.[key]);

  const totals = {
    at: now,
    bytes: sum("bytesReceived"),
    received: sum("packetsReceived"),
    lost: sum("packetsLost"),
    frames: count(video?.framesDecoded),
    dropped: count(video?.framesDropped),
    decode: count(video?.totalDecodeTime),
    buffered: count(video?.jitterBufferDelay),
    emitted: count(video?.jitterBufferEmittedCount),
    audioBuffered: count(audio?.jitterBufferDelay),
    audioEmitted: count(audio?.jitterBufferEmittedCount),
  };
  const since = (/** @type {keyof Totals} */ key) => (before ? totals[key] - before[key] : 0);
  const each = (/** @type {keyof Totals} */ total, /** @type {keyof Totals} */ of) =>
    since(of) > 0 ? (since(total) / since(of)) * 1000 : null;
  const seconds = since("at") / 1000;
  const packets = since("received") + since("lost");
  const pair = selectedPair(all);
  const roundTrip = pair?.currentRoundTripTime;
  const mime = all.get(video?.codecId)?.mimeType;

  return {
    totals,
    stats: {
      width: known(video?.frameWidth),
      height: known(video?.frameHeight),
      codec: typeof mime === "string" ? mime.replace(/^video\//, "") : null,
      fps: video && seconds > 0 ? since("frames") / seconds : known(video?.framesPerSecond),
      dropped: known(video?.framesDropped),
      kbitS: seconds > 0 ? (since("bytes") * 8) / 1000 / seconds : null,
      roundTripMs: typeof roundTrip === "number" ? roundTrip * 1000 : null,
      bufferMs: each("buffered", "emitted"),
      audioBufferMs: each("audioBuffered", "audioEmitted"),
      decodeMs: each("decode", "frames"),
      lossPercent: packets > 0 ? (Math.max(0, since("lost")) / packets) * 100 : null,
      path: readPath(all, pair),
    },
  };
}

/** @param {Map<string, Record<string, any>>} all */
function selectedPair(all) {
  const reports = [...all.values()];
  const transport = reports.find((report) => report.type === "transport" && report.selectedCandidatePairId);
  if (transport) return all.get(transport.selectedCandidatePairId);
  // Firefox has no transport report; it marks the pair itself.
  const pairs = reports.filter((report) => report.type === "candidate-pair" && report.state === "succeeded");
  return pairs.find((report) => report.selected) ?? pairs.find((report) => report.nominated);
}

/** @param {unknown} value */
function count(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** @param {unknown} value */
function known(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
