// One attempt to join: a carrier to ask by, and the peer connection. After `close` it calls no event handler.

import { Negotiation } from "./negotiation.js";
import { pathProblem } from "./path-problem.js";
import { byeMessage, parseHostMessage, pingMessage, VERSION } from "./protocol.js";
import { RestartPolicy } from "./restart-policy.js";
import { Watchdog } from "./watchdog.js";

/** @typedef {import("./carrier.js").Carrier} Carrier */
/** @typedef {import("./carrier.js").CarrierProblem} CarrierProblem */
/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Closing} Closing */
/** @typedef {import("./protocol.js").Refused} Refused */
/** @typedef {import("./protocol.js").Welcome} Welcome */

/**
 * What is missing: the network, the host, what lets the game through (`blocked`), a meeting point (`broker`), the host at the
 * meeting point (`absent`), or a way between two networks (`path` and its kin).
 * @typedef {"network" | "host" | "blocked" | "broker" | "absent" | import("./path-problem.js").PathProblem} Missing
 */

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
const WATCH_MS = 500;

/**
 * @typedef {object} JoinAttemptEvents
 * @property {(sdp: string) => string} offer makes the join message of an offer
 * @property {() => void} asked the host was asked and takes its time
 * @property {(welcome: Welcome) => void} welcome
 * @property {() => void} joined
 * @property {(message: HostMessage) => void} received
 * @property {(message: Refused | Closing) => void} ended
 * @property {(reason: Missing) => void} lost
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input
 * @property {(ms: number) => void} ping
 */

export class JoinAttempt {
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  #carrier;
  #negotiation;
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
  #restarts = new RestartPolicy();
  #watchdog = new Watchdog(performance.now());
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;

  /**
   * @param {Carrier} carrier to the host, on the way
   * @param {boolean} soon a seat is kept: a step that takes long has failed
   * @param {JoinAttemptEvents} events
   */
  constructor(carrier, soon, events) {
    this.#carrier = carrier;
    this.#negotiation = new Negotiation(this.pc, carrier.iceServers, (message) => {
      if (this.#open) carrier.send(message);
    });
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
      this.#restarts.path(this.pc.connectionState, now);
      this.#check();
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
    this.#restarts = new RestartPolicy();
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
    for (const track of this.#tracks) this.#tell(track);
    if (this.#input?.readyState === "open") this.#events.input(this.#input);
  }

  /** Says goodbye, so that the host does not wait for this page. */
  leave() {
    if (!this.send(byeMessage())) this.#carrier.send(byeMessage());
    this.close();
  }

  /** This device may be in another network. Whether the host is still heard shows. */
  hint() {
    if (!this.joined || this.#onRevived) return;
    this.#restarts.hint(performance.now());
    this.#ping();
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
      this.#restarts.heard();
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
    Promise.all([this.#negotiation.offer(), opened]).then(([sdp]) => {
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
        this.#negotiation.candidates.heard(message.candidate);
        break;
      case "restarted":
        // An answer that the browser does not take helps as little as none.
        void this.#negotiation.restarted(message.sdp).catch(() => {});
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

  /** @param {Welcome} welcome */
  async #welcome(welcome) {
    if (welcome.v !== VERSION) {
      this.#events.ended({ type: "refused", code: "version" });
      return;
    }
    this.#enter("welcomed");
    this.#events.welcome(welcome);
    try {
      await this.#negotiation.accept(welcome);
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
    if (message.type === "candidate") this.#negotiation.candidates.heard(message.candidate);
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
    if (this.#restarts.due(now) && this.#carrier.isOpen) this.#restart(now);
    const state = this.#watchdog.poll(now);
    // While another way is looked for, silence on the old one says nothing.
    if (state === "host" || (state === "network" && !this.#restarts.pending(now))) this.#events.lost(state);
    else if (now - this.#pingedAt >= PING_MS) this.#ping();
  }

  /** Looks for another way, with the host's help: seat and channels stay. @param {number} now */
  #restart(now) {
    this.#restarts.started(now);
    this.#carrier.renew();
    // One that does not come about helps as little as one that is not answered.
    void this.#negotiation.restart().catch(() => {});
  }

  /** What is missing, of an attempt that came to nothing. @param {boolean} failed no way was found @returns {Missing} */
  #missing(failed) {
    const { endsWithHost, isOpen } = this.#carrier;
    if (!endsWithHost) {
      if (this.#stage === "opening") return "broker";
      if (this.#stage === "sent") return "absent";
    }
    if (this.#stage === "welcomed" && this.#control.readyState !== "open") {
      const { servers, candidates: { local, remote } } = this.#negotiation;
      if (!endsWithHost) return pathProblem({ servers, local, remote });
      // It has answered and is still there: it is the network between that lets the game not through.
      if (isOpen) return "blocked";
    }
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
