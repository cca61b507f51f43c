// The way to the host: joins, and joins again when the connection is lost.

import { Backoff } from "./backoff.js";
import { JoinAttempt } from "./join-attempt.js";
import { isFinal, joinMessage, renameMessage, requestMessage } from "./protocol.js";
import { RateLimiter } from "./rate-limiter.js";

/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Closing} Closing */
/** @typedef {import("./protocol.js").Refused} Refused */
/** @typedef {import("./protocol.js").RoomRequest} RoomRequest */
/** @typedef {import("./carrier.js").Carrier} Carrier */
/** @typedef {import("./join-attempt.js").Missing | "offline" | "dropped"} Reason */

/**
 * So long a lost page waits for the answer to a probe. A system repeats an unanswered first packet after 1 s, 2 s, 4 s ...:
 * with new probes one is on its way within a second of the network's return.
 */
const PROBE_MS = 1500;
/** Between a probe that was not answered in time and the next: that one has waited already. */
const PAUSE_MS = 250;
/** A page that waits for the host's answer and was not seen for longer than this asks again. */
const STALE_MS = 20_000;
/** A host that had a problem this often in a row has it the next time too. */
const MAX_REFUSALS = 3;
/** A page whose connection the host ends this often within a minute, for what the page sends, gets the same again. */
const MAX_CLOSINGS = 5;
const MINUTE_MS = 60_000;

/**
 * What the page does when something happens here.
 * @typedef {object} Events
 * @property {(again: boolean) => void} trying an attempt begins; `again` after a connection
 * @property {() => void} asked the host was asked to let this page in, and takes its time
 * @property {(reason: Reason) => void} failed an attempt or the connection failed; the next follows
 * @property {() => void} joined the room is here
 * @property {(message: HostMessage) => void} received a message on the control channel
 * @property {(ended: Refused | Closing) => void} ended it will not try again by itself
 * @property {(track: MediaStreamTrack) => void} video
 * @property {(track: MediaStreamTrack) => void} audio
 * @property {(channel: RTCDataChannel | null) => void} input the input channel has opened or is gone
 * @property {(token: string) => void} resume the token that gives the seat back
 * @property {(ms: number) => void} ping a round trip on the control channel
 */

export class Connection {
  #openCarrier;
  #secret;
  /** @type {string | null} */
  #code;
  #name;
  /** @type {string | null} */
  #resume;
  #events;
  #backoff = new Backoff();
  #rateLimiter = new RateLimiter(performance.now());
  /** @type {JoinAttempt | null} */
  #attempt = null;
  /** The last one, while the host is not heard on it and no other asks to be let in. @type {JoinAttempt | null} */
  #missed = null;
  /** A request that finds out whether there is a network. @type {AbortController | null} */
  #probe = null;
  /** Ends a probe, or the wait between two attempts. @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Reason} */
  #reason = "network";
  #wasJoined = false;
  /** Refusals in a row. */
  #refusals = 0;
  /** When the host ended a connection for what this page sent, within the last minute. @type {number[]} */
  #closings = [];
  /** Until it is left or has ended. */
  #wanted = false;
  /** When the page was last seen no more. */
  #hiddenAt = performance.now();

  /**
   * @param {{openCarrier: () => Carrier, secret: string | null, code: string | null, name: string, resume: string | null}} join
   * @param {Events} events
   */
  constructor(join, events) {
    this.#openCarrier = join.openCarrier;
    this.#secret = join.secret;
    this.#code = join.code;
    this.#name = join.name;
    this.#resume = join.resume;
    this.#events = events;
    // What was sent before there was a network is lost, also a request that waits for the host.
    window.addEventListener("online", () => {
      if (this.#attempt?.joined) this.#attempt.hint();
      else if (this.#wanted) this.start();
    });
    networkInformation()?.addEventListener("change", () => this.#attempt?.hint());
    document.addEventListener("visibilitychange", () => {
      const now = performance.now();
      if (document.visibilityState !== "visible") {
        this.#hiddenAt = now;
        return;
      }
      const idle = this.#attempt === null && this.#probe === null;
      // A page that was not seen may have slept through the end of its WebSocket: while the page waits, nothing is sent on it that would tell.
      const stale = this.#attempt?.asked && now - this.#hiddenAt > STALE_MS;
      if (this.#wanted && (idle || stale)) this.start();
    });
  }

  /** Joins, at once. Also after the end: the player asked for another attempt. */
  start() {
    this.#wanted = true;
    this.#backoff.reset();
    this.#refusals = 0;
    this.#closings = [];
    this.#startAttempt();
  }

  /** Says goodbye, or takes the request to come in back. */
  leave() {
    this.#wanted = false;
    this.#forgetMissed();
    this.#attempt?.leave();
    this.#drop();
  }

  /** The name to come back with. @param {string} name */
  setName(name) {
    this.#name = name;
  }

  /**
   * Tells the host another name, or comes in with it.
   * @param {string} name
   * @returns {boolean} false: too many of them
   */
  rename(name) {
    if (!this.#rateLimiter.take(performance.now())) return false;
    this.#name = name;
    this.#attempt?.send(renameMessage(name));
    return true;
  }

  /**
   * Tells the host what this person wants.
   * @param {RoomRequest} request
   * @returns {boolean} false: not connected, or too many of them
   */
  request(request) {
    if (!this.#rateLimiter.take(performance.now())) return false;
    return this.#attempt?.send(requestMessage(request)) ?? false;
  }

  /** @returns {Promise<RTCStatsReport> | null} */
  stats() {
    return this.#attempt?.pc.getStats() ?? null;
  }

  #drop() {
    clearTimeout(this.#timer);
    const probe = this.#probe;
    const attempt = this.#attempt;
    this.#probe = null;
    this.#attempt = null;
    probe?.abort();
    attempt?.close();
    this.#events.input(null);
  }

  /** The host may be heard again on the connection on which it no longer was. */
  #waitForMissed() {
    const attempt = this.#attempt;
    if (!attempt?.joined) return;
    this.#forgetMissed();
    this.#attempt = null;
    this.#missed = attempt;
    attempt.wait(() => {
      this.#missed = null;
      this.#drop();
      this.#attempt = attempt;
      this.#backoff.connected(performance.now());
      attempt.revive();
      this.#events.joined();
    });
  }

  #forgetMissed() {
    this.#missed?.close();
    this.#missed = null;
  }

  #startAttempt() {
    this.#events.trying(this.#wasJoined);
    this.#drop();
    // The peer connection waits for the network: made without one it may never find an address.
    if (this.#wasJoined) this.#probeHost();
    else this.#enter(this.#openCarrier());
  }

  #probeHost() {
    const probe = new AbortController();
    this.#probe = probe;
    // Not by a WebSocket: Firefox holds those back that follow one in vain, each time longer. Any answer will do.
    fetch("./", { method: "HEAD", cache: "no-store", signal: probe.signal }).then(() => {
      if (this.#probe !== probe) return;
      clearTimeout(this.#timer);
      this.#probe = null;
      this.#enter(this.#openCarrier());
    }, () => {
      if (this.#probe === probe) this.#fail(this.#reason);
    });
    const eager = this.#eager;
    this.#timer = setTimeout(() => this.#fail(this.#reason, eager ? PAUSE_MS : Infinity), eager ? PROBE_MS : 4 * PROBE_MS);
  }

  /** The seat is still kept. */
  get #eager() {
    return this.#backoff.eager(performance.now());
  }

  /** @param {Carrier} carrier on the way */
  #enter(carrier) {
    const events = this.#events;
    const attempt = new JoinAttempt(carrier, this.#wasJoined && this.#eager, {
      offer: (sdp) => {
        // From now on the host may take the old connection for replaced, and say so there.
        this.#forgetMissed();
        return joinMessage({ secret: this.#secret, code: this.#code, name: this.#name, resume: this.#resume, sdp });
      },
      asked: events.asked,
      welcome: (welcome) => {
        this.#resume = welcome.resume;
        this.#refusals = 0;
        // A code serves once; from now on the token does.
        this.#code = null;
        events.resume(welcome.resume);
      },
      joined: () => {
        this.#wasJoined = true;
        this.#backoff.connected(performance.now());
        events.joined();
      },
      received: events.received,
      ended: (message) => {
        const now = performance.now();
        if (message.type === "refused") this.#refusals += 1;
        else this.#closings = [...this.#closings.filter((at) => now - at < MINUTE_MS), now];
        if (isFinal(message) || this.#refusals >= MAX_REFUSALS || this.#closings.length >= MAX_CLOSINGS) {
          this.#wanted = false;
          this.#forgetMissed();
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

  /** @param {Reason} reason @param {number} [longest] milliseconds to wait at most */
  #fail(reason, longest = Infinity) {
    this.#reason = reason;
    // Told first: the picture is gone once the peer connection is closed.
    this.#events.failed(navigator.onLine === false && reason !== "dropped" ? "offline" : reason);
    if (reason === "network") this.#waitForMissed();
    this.#drop();
    const delay = Math.min(longest, this.#backoff.failed(performance.now()));
    this.#timer = setTimeout(() => this.#startAttempt(), delay);
  }
}

/** Where a browser tells of other networks; it tells of much else there too. @returns {EventTarget | undefined} */
function networkInformation() {
  return /** @type {Navigator & {connection?: EventTarget}} */ (navigator).connection;
}
