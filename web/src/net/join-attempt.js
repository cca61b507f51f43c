// One attempt to join: a carrier to ask by, and the peer connection. After `close` it calls no event handler.

import { byeMessage, candidateMessage, parseHostMessage, pingMessage, restartMessage, VERSION } from "./protocol.js";
import { withStereoOpus } from "./sdp.js";
import { Watchdog } from "./watchdog.js";

/** @typedef {import("./carrier.js").Carrier} Carrier */
/** @typedef {import("./carrier.js").CarrierProblem} CarrierProblem */
/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Closing} Closing */
/** @typedef {import("./protocol.js").Refused} Refused */
/** @typedef {import("./protocol.js").Welcome} Welcome */

/** The carrier opens within this time, or the attempt has failed. */
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
/** The browser reports the path as broken for so long before another is looked for. */
const RESTART_MS = 1000;
/** Between two such looks. */
const RESTART_AGAIN_MS = 5000;
const WATCH_MS = 500;
/** Ways to the host that wait for its answer. */
const MAX_EARLY = 64;

/**
 * @typedef {object} JoinAttemptEvents
 * @property {(sdp: string) => string} offer makes the join message of an offer
 * @property {() => void} asked the host was asked and takes its time
 * @property {(welcome: Welcome) => void} welcome
 * @property {() => void} joined
 * @property {(message: HostMessage) => void} received
 * @property {(message: Refused | Closing) => void} ended
 * @property {(reason: "network" | "host" | "blocked" | "broker" | "absent" | "path") => void} lost
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input
 * @property {(ms: number) => void} ping
 */

export class JoinAttempt {
  pc;
  #carrier;
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
  /** The offer, until the host has answered it. */
  #offered = "";
  /** Ways to the host that came before its answer was taken. @type {string[] | null} */
  #early = [];
  /** Kinds of ways to this page that the browser found. @type {Set<string>} */
  #kinds = new Set();
  /** @type {number | null} */
  #brokenAt = null;
  #restartedAt = -Infinity;
  /** @type {"opening" | "sent" | "asked" | "welcomed" | "joined"} */
  #stage = "opening";
  #stageSince = performance.now();
  #pingedAt = 0;
  #watchdog = new Watchdog(performance.now());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;

  /**
   * @param {Carrier} carrier to the host, on the way
   * @param {boolean} soon a seat is kept: a step that takes long has failed
   * @param {JoinAttemptEvents} events
   */
  constructor(carrier, soon, events) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: carrier.iceServers });
    this.#carrier = carrier;
    this.#soon = soon;
    this.#events = events;
    this.#control = this.pc.createDataChannel("control");
  }

  open() {
    this.#openMedia();
    this.#openChannels();
    this.#openCarrier();
    this.pc.addEventListener("connectionstatechange", () => {
      const now = performance.now();
      this.#watchdog.path(this.pc.connectionState, now);
      if (this.pc.connectionState === "connected") this.#brokenAt = null;
      else if (this.pc.connectionState === "disconnected") this.#brokenAt ??= now;
      this.#check();
    });
    this.pc.addEventListener("icecandidate", ({ candidate }) => {
      if (!this.#open || !candidate?.candidate) return;
      this.#kinds.add(candidate.type ?? "");
      this.#carrier.send(candidateMessage(candidate.candidate));
    });
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
  }

  close() {
    this.#open = false;
    clearInterval(this.#watch);
    this.#carrier.close();
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
    if (!this.send(byeMessage())) this.#carrier.send(byeMessage());
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
      // Gone together with the carrier, or ended by the host: there is no answer to wait for.
      if (this.#open && !this.#onRevived) this.#events.lost(this.#carrier.isOpen || !this.#carrier.endsWithHost ? "network" : "host");
    });
    this.#control.addEventListener("message", ({ data }) => {
      if (!this.#open) return;
      this.#onRevived?.();
      const message = parseHostMessage(data);
      this.#watchdog.heard(performance.now());
      if (message) this.#heard(message);
    });
  }

  #openCarrier() {
    const carrier = this.#carrier;
    /** @type {Promise<void>} */
    const opened = new Promise((resolve) => {
      carrier.listen({
        opened: resolve,
        heard: (text) => {
          if (this.#open) this.#heardOnCarrier(parseHostMessage(text));
        },
        closed: (problem) => this.#carrierClosed(problem),
      });
    });
    // The offer is made while the carrier still opens.
    Promise.all([this.#offer(), opened]).then(([sdp]) => {
      if (!this.#open) return;
      this.#enter("sent");
      carrier.send(this.#events.offer(sdp));
    }, () => {
      if (this.#open) this.#events.ended({ type: "refused", code: "no_codec" });
    });
  }

  /** @param {HostMessage | null} message */
  #heardOnCarrier(message) {
    switch (message?.type) {
      case "welcome":
        if (this.#stage === "sent" || this.#stage === "asked") void this.#welcome(message);
        break;
      case "refused":
      case "closing":
        this.#events.ended(message);
        break;
      case "waiting":
        if (this.#stage !== "sent") break;
        this.#enter("asked");
        this.#events.asked();
        break;
      case "candidate":
        this.#tryCandidate(message.candidate);
        break;
      case "restarted":
        void this.pc.setRemoteDescription({ type: "answer", sdp: message.sdp }).catch(() => {});
        break;
      default:
        break;
    }
  }

  /** @param {CarrierProblem} problem */
  #carrierClosed(problem) {
    if (!this.#open) return;
    // Once joined, the carrier is not needed; but the end of one that the host holds itself is the first sign of the host's.
    if (this.#stage !== "welcomed" && this.#stage !== "joined") {
      this.#events.lost(problem);
      return;
    }
    if (this.#onRevived || !this.#carrier.endsWithHost) return;
    this.#watchdog.socketClosed(performance.now());
    this.#ping();
  }

  /** The offer. The browser looks for ways only once the host has answered, and has named the servers that help. @returns {Promise<string>} */
  async #offer() {
    const { sdp = "" } = await this.pc.createOffer();
    this.#offered = sdp;
    return withStereoOpus(sdp);
  }

  /** @param {string} sdp */
  async #setOffer(sdp) {
    try {
      await this.pc.setLocalDescription({ type: "offer", sdp: withStereoOpus(sdp) });
    } catch {
      // A browser that does not let its offer be changed still plays, perhaps in mono.
      await this.pc.setLocalDescription({ type: "offer", sdp });
    }
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
      if (welcome.ice.length > 0) this.#useServers(welcome.ice);
      await this.#setOffer(this.#offered);
      await this.pc.setRemoteDescription({ type: "answer", sdp: welcome.sdp });
      const early = this.#early ?? [];
      this.#early = null;
      for (const candidate of early) this.#tryCandidate(candidate);
    } catch {
      if (this.#open) this.#events.lost("host");
    }
  }

  /** @param {RTCIceServer[]} servers of the host, beside those that the page knows */
  #useServers(servers) {
    try {
      this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: [...this.#carrier.iceServers, ...servers] });
    } catch {
      // One that this browser does not take costs the others nothing but itself: without any, there may still be a way.
    }
  }

  /** @param {string} candidate a way to the host */
  #tryCandidate(candidate) {
    if (this.#early) {
      if (this.#early.length < MAX_EARLY) this.#early.push(candidate);
      return;
    }
    // One that this browser does not take is no way for it.
    void this.pc.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => {});
  }

  /** Looks for another way, with the host's help: the channels stay. */
  async #restart() {
    this.#restartedAt = performance.now();
    try {
      const { sdp = "" } = await this.pc.createOffer({ iceRestart: true });
      if (!this.#open || this.pc.signalingState !== "stable") return;
      await this.#setOffer(sdp);
      if (this.#open) this.#carrier.send(restartMessage(withStereoOpus(sdp)));
    } catch {
      // The next attempt to join is on its way anyway.
    }
  }

  /** @param {HostMessage} message */
  #heard(message) {
    if (message.type === "closing" || message.type === "refused") {
      this.#events.ended(message);
      return;
    }
    if (message.type === "candidate") this.#tryCandidate(message.candidate);
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
    const broken = this.#brokenAt !== null && now - this.#brokenAt >= RESTART_MS;
    if (broken && this.#carrier.isOpen && now - this.#restartedAt >= RESTART_AGAIN_MS) void this.#restart();
    const state = this.#watchdog.poll(now);
    if (state !== "alive") this.#events.lost(state);
    else if (now - this.#pingedAt >= PING_MS) this.#ping();
  }

  /** What is missing, of an attempt that came to nothing. @param {boolean} failed no way was found @returns {"network" | "host" | "blocked" | "path" | "absent"} */
  #missing(failed) {
    // It has answered on the carrier and is still there: it is the network between that lets the game not through.
    const answers = this.#stage === "welcomed" && this.#carrier.isOpen;
    if (answers && this.#control.readyState !== "open") {
      // Who learned no address of their own from outside is behind something that lets no UDP out.
      const learned = this.#kinds.has("srflx") || this.#kinds.has("relay");
      return this.#carrier.endsWithHost || !learned ? "blocked" : "path";
    }
    if (!this.#carrier.endsWithHost && this.#stage === "sent") return "absent";
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
