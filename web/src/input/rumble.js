// The motors of gamepads and phones. Browsers run them for a given time only, so a rumble that lasts is started again.

/** One start of a motor, and when the next follows: before the first ends. */
const RUN_MS = 400;
const AGAIN_MS = 300;
/** A host that forgets to end it, or is gone. */
const LONGEST_MS = 20_000;
const FULL = 65535;

/** @typedef {{strong: number, weak: number, since: number}} Vibration */

export class Rumble {
  #find;
  #shakesPhone;
  #enabled = true;
  /** The player has left the controls: motors are still, and what they would do is kept. */
  #resting = false;
  /** What the host said last, by seat: it tells only what changes. @type {Map<number, Vibration>} */
  #shaking = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {(seat: number) => Gamepad[]} find the gamepads that play a seat
   * @param {(seat: number) => boolean} shakesPhone whether a seat is played by touch, so that the phone itself shakes
   */
  constructor(find, shakesPhone) {
    this.#find = find;
    this.#shakesPhone = shakesPhone;
  }

  /** @param {boolean} enabled */
  enable(enabled) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    this.#refresh();
  }

  /** @param {boolean} resting the player has left the controls */
  rest(resting) {
    if (resting === this.#resting) return;
    this.#resting = resting;
    this.#refresh();
  }

  /** Other devices play the seats after this: their motors go on. @param {() => void} change */
  during(change) {
    this.#silence();
    change();
    this.#refresh();
  }

  /**
   * @param {number} seat
   * @param {number} strong 0 to 65535
   * @param {number} weak 0 to 65535
   */
  play(seat, strong, weak) {
    if (strong !== 0 || weak !== 0) {
      this.#shaking.set(seat, { strong: Math.min(1, strong / FULL), weak: Math.min(1, weak / FULL), since: performance.now() });
      if (this.#runs) this.#start(seat);
    } else if (this.#shaking.delete(seat)) {
      this.#still(seat);
    }
    this.#arm();
  }

  /** Ends all of it but that of these seats, and forgets it. @param {readonly number[]} seats */
  keep(seats) {
    for (const seat of [...this.#shaking.keys()]) if (!seats.includes(seat)) this.play(seat, 0, 0);
  }

  get #runs() {
    return this.#enabled && !this.#resting;
  }

  /** The motors do what they should. */
  #refresh() {
    if (this.#runs) this.#again();
    else this.#silence();
    this.#arm();
  }

  #arm() {
    clearInterval(this.#timer);
    if (this.#runs && this.#shaking.size > 0) this.#timer = setInterval(() => this.#again(), AGAIN_MS);
  }

  #silence() {
    for (const seat of this.#shaking.keys()) this.#still(seat);
  }

  #again() {
    for (const [seat, { since }] of this.#shaking) {
      if (performance.now() - since > LONGEST_MS) this.play(seat, 0, 0);
      else this.#start(seat);
    }
  }

  /** @param {number} seat */
  #start(seat) {
    const shake = this.#shaking.get(seat);
    if (!shake) return;
    const pads = this.#find(seat);
    for (const pad of pads) {
      // Refused by the device, or replaced by the next: nothing to do about it.
      pad.vibrationActuator?.playEffect("dual-rumble", { duration: RUN_MS, strongMagnitude: shake.strong, weakMagnitude: shake.weak }).catch(() => {});
    }
    if (pads.length === 0 && this.#shakesPhone(seat)) vibrate(RUN_MS);
  }

  /** @param {number} seat */
  #still(seat) {
    const pads = this.#find(seat);
    for (const pad of pads) pad.vibrationActuator?.reset().catch(() => {});
    if (pads.length === 0 && this.#shakesPhone(seat)) vibrate(0);
  }
}

/** Whether this device can shake by itself. */
export function canVibrate() {
  return typeof navigator.vibrate === "function";
}

/** @param {number} ms 0: stop */
export function vibrate(ms) {
  if (canVibrate()) navigator.vibrate(ms);
}
