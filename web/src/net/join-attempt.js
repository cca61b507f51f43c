// One attempt to join: a WebSocket to ask by, and the peer connection. After `close` it calls no event handler.

import { byeMessage, parseHostMessage, pingMessage, VERSION } from "./protocol.js";
import { withStereoOpus } from "./sdp.js";
import { Watchdog } from "./watchdog.js";

/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Closing} Closing */
/** @typedef {import("./protocol.js").Refused} Refused */
/** @typedef {import("./protocol.js").Welcome} Welcome */

/** The WebSocket opens within this time, or the attempt has failed. */
const OPEN_MS = 10_000;
/** It has just answered a probe. */
const OPEN_SOON_MS = 3000;
/** A wrong secret or code is answered up to half a minute late, so that they cannot be guessed. */
const ANSWER_MS = 40_000;
/** A guest whose seat is kept is answered at once; silence means that the network is gone again. */
const ANSWER_SOON_MS = 8000;
/** From the host's yes to the room. */
const JOIN_MS = 10_000;
const JOIN_SOON_MS = 5000;
const PING_MS = 2000;
const WATCH_MS = 500;

/**
 * @typedef {object} JoinAttemptEvents
 * @property {(sdp: string) => string} offer makes the join message of an offer
 * @property {() => void} asked the host was asked and takes its time
 * @property {(welcome: Welcome) => void} welcome
 * @property {() => void} joined
 * @property {(message: HostMessage) => void} received
 * @property {(message: Refused | Closing) => void} ended
 * @property {(reason: "network" | "host" | "blocked") => void} lost
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input
 * @property {(ms: number) => void} ping
 */

export class JoinAttempt {
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  #socket;
  #soon;
  #control;
  #events;
  #open = true;
  /** The host is missed, but may be found on another way. Called when it is. @type {(() => void) | null} */
  #onRevived = null;
  /** @type {MediaStreamTrack[]} */
  #tracks = [];
  /** @type {RTCDataChannel | null} */
  #input = null;
  /** @type {"opening" | "sent" | "asked" | "welcomed" | "joined"} */
  #stage = "opening";
  #stageSince = performance.now();
  #pingedAt = 0;
  #watchdog = new Watchdog(performance.now());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;

  /**
   * @param {WebSocket} socket to the host, on the way
   * @param {boolean} soon a seat is kept: a step that takes long has failed
   * @param {JoinAttemptEvents} events
   */
  constructor(socket, soon, events) {
    this.#socket = socket;
    this.#soon = soon;
    this.#events = events;
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

  /**
   * The host is not heard any more. It may have moved to another network, and look for a way to this page by itself: as long
   * as nothing better is found, it is waited for.
   * @param {() => void} onRevived it was heard again
   */
  wait(onRevived) {
    clearInterval(this.#watch);
    this.#onRevived = onRevived;
  }

  /** Goes on after that. */
  revive() {
    this.#onRevived = null;
    this.#watchdog = new Watchdog(performance.now());
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
    for (const track of this.#tracks) this.#tell(track);
    if (this.#input?.readyState === "open") this.#events.input(this.#input);
  }

  /** Says goodbye, so that the host does not wait for this page. */
  leave() {
    this.send(byeMessage());
    this.close();
  }

  get joined() {
    return this.#stage === "joined";
  }

  /** The host was asked and has not answered yet. */
  get asked() {
    return this.#stage === "asked";
  }

  /**
   * @param {string} message
   * @returns {boolean} whether it was sent
   */
  send(message) {
    if (this.#control.readyState !== "open") return false;
    this.#control.send(message);
    return true;
  }

  #openMedia() {
    const video = this.pc.addTransceiver("video", { direction: "recvonly" });
    this.pc.addTransceiver("audio", { direction: "recvonly" });
    showAtOnce(video.receiver);
    this.pc.addEventListener("track", ({ track, receiver }) => {
      if (!this.#open) return;
      if (track.kind === "video") showAtOnce(receiver);
      this.#tracks.push(track);
      this.#tell(track);
    });
  }

  /** @param {MediaStreamTrack} track */
  #tell(track) {
    if (track.kind === "audio") this.#events.audio(track);
    else this.#events.video(track);
  }

  #openChannels() {
    const input = this.pc.createDataChannel("input", { ordered: false, maxRetransmits: 0 });
    input.binaryType = "arraybuffer";
    input.addEventListener("open", () => {
      this.#input = input;
      if (this.#open) this.#events.input(input);
    });
    this.#control.addEventListener("open", () => this.#ping());
    this.#control.addEventListener("close", () => {
      // Gone together with the WebSocket, or ended by the host: there is no answer to wait for.
      if (this.#open && !this.#onRevived) this.#events.lost(this.#socket.readyState === WebSocket.OPEN ? "network" : "host");
    });
    this.#control.addEventListener("message", ({ data }) => {
      if (!this.#open) return;
      this.#onRevived?.();
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
      if (!this.#open) return;
      this.#enter("sent");
      socket.send(this.#events.offer(sdp));
    }, () => {
      if (this.#open) this.#events.ended({ type: "refused", code: "no_codec" });
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.#open) return;
      const message = parseHostMessage(data);
      if (message?.type === "welcome") void this.#welcome(message);
      else if (message?.type === "refused" || message?.type === "closing") this.#events.ended(message);
      else if (message?.type === "waiting" && this.#stage === "sent") {
        this.#enter("asked");
        this.#events.asked();
      }
    });
    socket.addEventListener("close", () => {
      if (!this.#open) return;
      // Once joined, the WebSocket is not needed; but its end is the first sign of the host's.
      if (this.#stage !== "welcomed" && this.#stage !== "joined") {
        this.#events.lost("host");
        return;
      }
      if (this.#onRevived) return;
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
      // A browser that does not let its offer be changed still plays, perhaps in mono.
      await this.pc.setLocalDescription({ type: "offer", sdp });
    }
    return stereo;
  }

  /** @param {Welcome} welcome */
  async #welcome(welcome) {
    if (welcome.v !== VERSION) {
      this.#events.ended({ type: "refused", code: "version" });
      return;
    }
    this.#enter("welcomed");
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
    // One that this browser does not take is no way for it.
    if (message.type === "candidate") void this.pc.addIceCandidate({ candidate: message.candidate, sdpMLineIndex: 0 }).catch(() => {});
    if (message.type === "pong") this.#events.ping(Math.max(0, performance.now() - message.t));
    if (!this.joined && message.type === "room") {
      this.#enter("joined");
      this.#events.joined();
    }
    this.#events.received(message);
  }

  #ping() {
    this.#pingedAt = performance.now();
    this.send(pingMessage(this.#pingedAt));
  }

  /** @param {"sent" | "asked" | "welcomed" | "joined"} stage */
  #enter(stage) {
    this.#stage = stage;
    this.#stageSince = performance.now();
  }

  #check() {
    if (!this.#open || this.#onRevived) return;
    const now = performance.now();
    if (!this.joined) {
      const failed = this.pc.connectionState === "failed";
      if (failed || now - this.#stageSince > this.#patience()) this.#events.lost(this.#missing(failed));
      return;
    }
    const state = this.#watchdog.poll(now);
    if (state !== "alive") this.#events.lost(state);
    else if (now - this.#pingedAt >= PING_MS) this.#ping();
  }

  /** What is missing, of an attempt that came to nothing. @param {boolean} failed no way was found @returns {"network" | "host" | "blocked"} */
  #missing(failed) {
    // It has answered on the WebSocket and is still there: it is the network between that lets the game not through.
    const answers = this.#stage === "welcomed" && this.#socket.readyState === WebSocket.OPEN;
    if (answers && this.#control.readyState !== "open") return "blocked";
    return failed ? "network" : "host";
  }

  /** How long the present stage may take, in milliseconds. */
  #patience() {
    switch (this.#stage) {
      case "opening": return this.#soon ? OPEN_SOON_MS : OPEN_MS;
      case "sent": return this.#soon ? ANSWER_SOON_MS : ANSWER_MS;
      case "welcomed": return this.#soon ? JOIN_SOON_MS : JOIN_MS;
      // A person decides: minutes are fine.
      default: return Infinity;
    }
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
