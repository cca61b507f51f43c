// The way to the host: joins, keeps watch, and joins again when the connection is lost.

import { Backoff } from "./backoff.js";
import { byeMessage, isFinal, joinMessage, parseHostMessage, pingMessage, renameMessage, VERSION } from "./protocol.js";
import { withStereoOpus } from "./sdp.js";
import { Watchdog } from "./watchdog.js";

/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Closing} Closing */
/** @typedef {import("./protocol.js").Refused} Refused */
/** @typedef {import("./protocol.js").Welcome} Welcome */

/** A try that has not seen the room by now has failed. */
const CONNECT_MS = 10_000;
const PING_MS = 2000;
const WATCH_MS = 500;

/**
 * What the page does when something happens here.
 * @typedef {object} Events
 * @property {(again: boolean) => void} trying a try begins; `again` after a connection
 * @property {(reason: "network" | "offline" | "host" | "dropped") => void} waiting a try or the connection failed; the next follows
 * @property {() => void} joined the room is here
 * @property {(message: HostMessage) => void} message a message on the control channel
 * @property {(ended: Refused | Closing) => void} ended it will not try again by itself
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input the input channel has opened or is gone
 * @property {(token: string) => void} resume the token that gives the seat back
 * @property {(ms: number) => void} ping a round trip on the control channel
 */

export class Connection {
  #address;
  #secret;
  #name;
  /** @type {string | null} */
  #resume;
  #events;
  #backoff = new Backoff();
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  #wasJoined = false;

  /**
   * @param {{address: string, secret: string, name: string, resume: string | null}} join
   * @param {Events} events
   */
  constructor(join, events) {
    this.#address = join.address;
    this.#secret = join.secret;
    this.#name = join.name;
    this.#resume = join.resume;
    this.#events = events;
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
  }

  /** Joins, at once. Also after the end: a person asked for another try. */
  start() {
    this.#backoff.reset();
    this.#try();
  }

  /** Says goodbye: the page is going away. */
  leave() {
    clearTimeout(this.#retryTimer);
    this.#attempt?.send(byeMessage());
    this.#drop();
  }

  /** @param {string} name */
  rename(name) {
    this.#name = name;
    this.#attempt?.send(renameMessage(name));
  }

  /** @returns {Promise<RTCStatsReport> | null} */
  stats() {
    return this.#attempt?.pc.getStats() ?? null;
  }

  /** A wait is cut short: the network is back, or somebody looks at the page again. */
  #hurry() {
    if (this.#retryTimer === undefined) return;
    this.start();
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.close();
    this.#events.input(null);
  }

  #try() {
    this.#events.trying(this.#wasJoined);
    this.#drop();
    const events = this.#events;
    const attempt = new Attempt(this.#address, {
      offer: (sdp) => joinMessage({ secret: this.#secret, name: this.#name, resume: this.#resume, sdp }),
      welcome: (welcome) => {
        this.#resume = welcome.resume;
        events.resume(welcome.resume);
      },
      joined: () => {
        this.#wasJoined = true;
        this.#backoff.connected(performance.now());
        events.joined();
      },
      message: events.message,
      ended: (message) => {
        if (isFinal(message)) {
          this.#drop();
          this.#wasJoined = false;
          events.ended(message);
        } else {
          this.#fail("dropped");
        }
      },
      lost: (reason) => this.#fail(reason),
      video: events.video,
      audio: events.audio,
      input: events.input,
      ping: events.ping,
    });
    this.#attempt = attempt;
    attempt.open();
  }

  /** @param {"network" | "host" | "dropped"} reason */
  #fail(reason) {
    // Told first: the picture is gone once the peer connection is closed.
    this.#events.waiting(navigator.onLine === false && reason !== "dropped" ? "offline" : reason);
    this.#drop();
    const delay = this.#backoff.failed(performance.now());
    this.#retryTimer = setTimeout(() => this.#try(), delay);
  }
}

/**
 * @typedef {object} AttemptEvents
 * @property {(sdp: string) => string} offer makes the join message of an offer
 * @property {(welcome: Welcome) => void} welcome
 * @property {() => void} joined
 * @property {(message: HostMessage) => void} message
 * @property {(message: Refused | Closing) => void} ended
 * @property {(reason: "network" | "host") => void} lost
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input
 * @property {(ms: number) => void} ping
 */

/** One try: a WebSocket to join by, and the peer connection. After `close` it calls nobody. */
class Attempt {
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  #socket;
  #control;
  #events;
  #open = true;
  #welcomed = false;
  #joined = false;
  #startedAt = performance.now();
  #pingedAt = 0;
  #watchdog = new Watchdog(performance.now());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;

  /**
   * @param {string} address of the host's WebSocket
   * @param {AttemptEvents} events
   */
  constructor(address, events) {
    this.#events = events;
    this.#socket = new WebSocket(address);
    this.#control = this.pc.createDataChannel("control");
  }

  open() {
    this.#openMedia();
    this.#openChannels();
    this.#openSocket();
    this.pc.addEventListener("connectionstatechange", () => {
      this.#watchdog.path(this.pc.connectionState, performance.now());
      this.#check();
    });
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
  }

  close() {
    this.#open = false;
    clearInterval(this.#watch);
    this.#socket.close();
    this.pc.close();
  }

  /** @param {string} message */
  send(message) {
    if (this.#control.readyState === "open") this.#control.send(message);
  }

  #openMedia() {
    const video = this.pc.addTransceiver("video", { direction: "recvonly" });
    this.pc.addTransceiver("audio", { direction: "recvonly" });
    showAtOnce(video.receiver);
    this.pc.addEventListener("track", ({ track, receiver }) => {
      if (!this.#open) return;
      if (track.kind === "audio") {
        this.#events.audio(track);
        return;
      }
      showAtOnce(receiver);
      this.#events.video(track);
    });
  }

  #openChannels() {
    const input = this.pc.createDataChannel("input", { ordered: false, maxRetransmits: 0 });
    input.binaryType = "arraybuffer";
    input.addEventListener("open", () => {
      if (this.#open) this.#events.input(input);
    });
    this.#control.addEventListener("open", () => this.#ping());
    this.#control.addEventListener("close", () => {
      // Gone together with the WebSocket, or it was the host's wish: there is nobody to wait for.
      if (this.#open) this.#events.lost(this.#socket.readyState === WebSocket.OPEN ? "network" : "host");
    });
    this.#control.addEventListener("message", ({ data }) => {
      if (!this.#open) return;
      const message = parseHostMessage(data);
      this.#watchdog.heard(performance.now());
      if (message) this.#heard(message);
    });
  }

  #openSocket() {
    const socket = this.#socket;
    const opened = new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    // The offer is made while the WebSocket still connects.
    Promise.all([this.#offer(), opened]).then(([sdp]) => {
      if (this.#open) socket.send(this.#events.offer(sdp));
    }, () => {
      if (this.#open) this.#events.ended({ type: "refused", code: "no_codec", message: "" });
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.#open) return;
      const message = parseHostMessage(data);
      if (message?.type === "welcome") void this.#welcome(message);
      else if (message?.type === "refused" || message?.type === "closing") this.#events.ended(message);
    });
    socket.addEventListener("close", () => {
      if (!this.#open) return;
      // Once joined, the WebSocket is not needed; but its end is the first sign of the host's.
      if (!this.#welcomed) {
        this.#events.lost("host");
        return;
      }
      this.#watchdog.socketClosed(performance.now());
      this.#ping();
    });
  }

  /** @returns {Promise<string>} */
  async #offer() {
    const { sdp = "" } = await this.pc.createOffer();
    const stereo = withStereoOpus(sdp);
    try {
      await this.pc.setLocalDescription({ type: "offer", sdp: stereo });
    } catch {
      // A browser that lets nobody touch its offer still plays, perhaps in mono.
      await this.pc.setLocalDescription({ type: "offer", sdp });
    }
    return stereo;
  }

  /** @param {Welcome} welcome */
  async #welcome(welcome) {
    if (welcome.v !== VERSION) {
      this.#events.ended({ type: "refused", code: "version", message: "" });
      return;
    }
    this.#welcomed = true;
    this.#events.welcome(welcome);
    try {
      await this.pc.setRemoteDescription({ type: "answer", sdp: welcome.sdp });
    } catch {
      if (this.#open) this.#events.lost("host");
    }
  }

  /** @param {HostMessage} message */
  #heard(message) {
    if (message.type === "closing" || message.type === "refused") {
      this.#events.ended(message);
      return;
    }
    if (message.type === "pong") this.#events.ping(Math.max(0, performance.now() - message.t));
    if (!this.#joined && message.type === "room") {
      this.#joined = true;
      this.#events.joined();
    }
    this.#events.message(message);
  }

  #ping() {
    this.#pingedAt = performance.now();
    this.send(pingMessage(this.#pingedAt));
  }

  #check() {
    if (!this.#open) return;
    const now = performance.now();
    if (!this.#joined) {
      const failed = this.pc.connectionState === "failed";
      if (failed || now - this.#startedAt > CONNECT_MS) this.#events.lost(failed ? "network" : "host");
      return;
    }
    const state = this.#watchdog.poll(now);
    if (state !== "alive") this.#events.lost(state);
    else if (now - this.#pingedAt >= PING_MS) this.#ping();
  }
}

/**
 * Asks for the picture without any buffer. The sound keeps its own.
 * @param {RTCRtpReceiver} receiver
 */
function showAtOnce(receiver) {
  const video = /** @type {RTCRtpReceiver & {playoutDelayHint?: number, jitterBufferTarget?: number | null}} */ (receiver);
  if ("jitterBufferTarget" in video) video.jitterBufferTarget = 0;
  if ("playoutDelayHint" in video) video.playoutDelayHint = 0;
}
