// The motion of this device, for games that are tilted and turned: told only while the game wants it for a seat of this player, and
// only after the player has said so.

import { encodeMotion, readMotion } from "./motion-reading.js";

/** @typedef {import("./motion-reading.js").MotionState} MotionState */
/** Bits of the seats of which the game wants to be told. @typedef {{accelerometer: number, gyroscope: number}} SensorWants */
/** `off`: nothing is wanted, or this device has nothing to tell; `insecure`: the browser tells nothing on this link; `asked`: the player may say yes; `stopped` by the player; `on`; `refused` by the browser; `silent`: nothing came. @typedef {"off" | "insecure" | "asked" | "stopped" | "on" | "refused" | "silent"} MotionUse */

/** Messages come at most this often, in milliseconds: 60 a second. */
const INTERVAL_MS = 1000 / 60;
/** Events do not come as evenly as frames. */
const SLACK_MS = 2;
/** What is told in the end, and means that nobody tells. @type {MotionState} */
const NOTHING = { acceleration: [0, 0, 0], rotation: [0, 0, 0] };
/** A device that has told nothing for so long has no sensor. */
const SILENCE_MS = 3000;

export class Motion {
  /** @type {SensorWants} */
  #wants = { accelerometer: 0, gyroscope: 0 };
  /** @type {readonly number[]} */
  #seats = [];
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** The player wants it, and so does the browser. */
  #allowed = false;
  /** The player wanted it no longer. */
  #stopped = false;
  /** @type {MotionUse} */
  #use = "off";
  #seq = 0;
  #sentAt = -Infinity;
  #told = false;
  /** The seat that was told of last and may be tilted still. @type {number | null} */
  #tilted = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @param {Event} event */
  #onEvent = (event) => this.#take(/** @type {DeviceMotionEvent} */ (event));
  /** Called when the use has changed. @type {(use: MotionUse) => void} */
  onUse = () => {};

  constructor() {
    // Browsers tell a hidden page nothing, and the game would stay as it was tilted last.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#rest();
    });
  }

  get use() {
    return this.#use;
  }

  /** @param {SensorWants} wants */
  setWants(wants) {
    this.#wants = wants;
    this.#follow();
  }

  /** @param {readonly number[]} seats */
  setSeats(seats) {
    this.#seats = seats;
    this.#follow();
  }

  /** @param {RTCDataChannel | null} channel */
  connect(channel) {
    this.#channel = channel;
  }

  /** The player wants it: called by a press, which some browsers want to see before they tell anything. */
  async allow() {
    const request = permissionRequest();
    const answer = request === null ? "granted" : await request().catch(() => "denied");
    if (answer === "granted") this.#allowed = true;
    else this.#set("refused");
    this.#follow();
  }

  /** The player wants it no longer. */
  stop() {
    this.#allowed = false;
    this.#stopped = true;
    this.#follow();
  }

  /** The seat that this device plays: the first of which anything is wanted. */
  get #seat() {
    const wanted = this.#wants.accelerometer | this.#wants.gyroscope;
    return this.#seats.find((seat) => ((wanted >>> seat) & 1) === 1) ?? null;
  }

  #follow() {
    if (this.#seat === null || navigator.maxTouchPoints === 0) this.#set("off");
    else if (!window.isSecureContext || !("DeviceMotionEvent" in window)) this.#set("insecure");
    else if (this.#allowed) this.#set("on");
    else if (this.#stopped) this.#set("stopped");
    else if (this.#use !== "refused") this.#set("asked");
  }

  /** @param {MotionUse} use */
  #set(use) {
    if (use === this.#use || (use === "on" && this.#use === "silent")) return;
    const listened = this.#use === "on" || this.#use === "silent";
    const listens = use === "on" || use === "silent";
    this.#use = use;
    clearTimeout(this.#timer);
    if (listens && !listened) {
      this.#told = false;
      window.addEventListener("devicemotion", this.#onEvent);
    }
    if (!listens && listened) {
      window.removeEventListener("devicemotion", this.#onEvent);
      this.#rest();
    }
    if (use === "on" && !this.#told) this.#timer = setTimeout(() => this.#set("silent"), SILENCE_MS);
    this.onUse(use);
  }

  /** @param {DeviceMotionEvent} event */
  #take(event) {
    const motion = readMotion(event, { angle: screenAngle(), inverted: isApple() });
    const seat = this.#seat;
    if (!motion || seat === null) return;
    if (!this.#told) {
      this.#told = true;
      clearTimeout(this.#timer);
      if (this.#use === "silent") {
        this.#use = "on";
        this.onUse("on");
      }
    }
    const now = performance.now();
    // The next event is as good, and newer.
    if (now - this.#sentAt < INTERVAL_MS - SLACK_MS || this.#channel?.readyState !== "open") return;
    this.#sentAt = now;
    if (this.#tilted !== seat) this.#rest();
    this.#send(seat, motion);
    this.#tilted = seat;
  }

  /** The seat that was told of is told of no longer. */
  #rest() {
    const seat = this.#tilted;
    this.#tilted = null;
    if (seat !== null && this.#channel?.readyState === "open") this.#send(seat, NOTHING);
  }

  /** @param {number} seat @param {MotionState} motion */
  #send(seat, motion) {
    this.#seq = (this.#seq + 1) >>> 0;
    this.#channel?.send(encodeMotion(seat, this.#seq, motion));
  }
}

/** How browsers that want to be asked are asked; null for others. */
function permissionRequest() {
  const kind = /** @type {{requestPermission?: () => Promise<string>} | undefined} */ (/** @type {unknown} */ (window.DeviceMotionEvent));
  return typeof kind?.requestPermission === "function" ? () => /** @type {Promise<string>} */ (kind.requestPermission?.()) : null;
}

/** WebKit on phones and tablets, which every browser there is, has gravity with the other sign. */
function isApple() {
  return navigator.vendor.startsWith("Apple");
}

function screenAngle() {
  return window.screen?.orientation?.angle ?? 0;
}
