// The connected gamepads. The API has no event for a press, so they are polled, but only while there are any.

import { defaultBinding, heldOfGamepad } from "./gamepad-mapping.js";
import { NOTHING_HELD } from "./retropad.js";

/** @typedef {import("./gamepad-mapping.js").Binding} Binding */
/** @typedef {import("./retropad.js").HeldControls} HeldControls */

/**
 * A connected gamepad. Two of the same make have the same id; `key` tells them apart. It and the `place`, a
 * number from 0, stay the same while others come and go, and are free again when the gamepad is gone.
 * @typedef {Readonly<{index: number, id: string, key: string, place: number, standard: boolean}>} GamepadInfo
 */

/** Between two frames the timer finds a press earlier than the next frame would. */
const POLL_MS = 4;

export class Gamepads {
  #events;
  /** @type {GamepadInfo[]} */
  #list = [];
  /** @type {Map<number, Binding>} */
  #bindings = new Map();
  #deadZone = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #frame = 0;
  /** Looks at the gamepads itself; they hold nothing else then. @type {((raw: Gamepad) => void) | null} */
  #watcher = null;

  /**
   * @param {object} events
   * @param {(list: readonly GamepadInfo[]) => void} events.onList which gamepads there are, when it has changed
   * @param {(pad: GamepadInfo, held: HeldControls) => void} events.onHeld what a gamepad holds, at every look
   * @param {(id: string) => Binding | undefined} events.stored what the player mapped
   */
  constructor(events) {
    this.#events = events;
    if (!gamepadsAllowed()) return;
    window.addEventListener("gamepadconnected", () => this.refresh());
    window.addEventListener("gamepaddisconnected", () => this.refresh());
  }

  get list() {
    return this.#list;
  }

  /** @param {number} deadZone */
  setDeadZone(deadZone) {
    this.#deadZone = deadZone;
  }

  /** @param {((raw: Gamepad) => void) | null} watcher */
  watch(watcher) {
    this.#watcher = watcher;
  }

  /**
   * What a gamepad's parts are.
   * @param {number} index
   * @returns {Binding}
   */
  bindingOf(index) {
    return this.#bindings.get(index) ?? [];
  }

  /** Looks which gamepads there are, and how they are mapped. */
  refresh() {
    if (!gamepadsAllowed()) return;
    const pads = connected();
    const list = this.#listOf(pads);
    this.#bindings = new Map(pads.map((pad) => [pad.index, this.#events.stored(pad.id) ?? defaultBinding(pad)]));
    this.#list = list;
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#events.onList(list);
    if (list.length === 0) return;
    this.#timer = setInterval(() => this.#poll(), POLL_MS);
    this.#frame = requestAnimationFrame(() => this.#everyFrame());
  }

  /** @param {readonly Gamepad[]} pads @returns {GamepadInfo[]} */
  #listOf(pads) {
    const known = pads.map(({ index, id }) => this.#list.find((it) => it.index === index && it.id === id));
    const keys = new Set(known.map((it) => it?.key));
    const places = new Set(known.map((it) => it?.place));
    return pads.map(({ index, id, mapping }, at) => {
      const key = known[at]?.key ?? firstFree(keys, (nth) => `${id}#${nth + 1}`);
      const place = known[at]?.place ?? firstFree(places, (nth) => nth);
      return { index, id, key, place, standard: mapping === "standard" };
    }).sort((a, b) => a.place - b.place);
  }

  #everyFrame() {
    this.#poll();
    this.#frame = requestAnimationFrame(() => this.#everyFrame());
  }

  #poll() {
    const present = document.hasFocus() && document.visibilityState === "visible";
    const pads = connected();
    for (const info of this.#list) {
      const raw = pads.find((pad) => pad.index === info.index);
      if (raw && present) this.#watcher?.(raw);
      const free = present && this.#watcher === null;
      this.#events.onHeld(info, raw && free ? heldOfGamepad(raw, this.bindingOf(info.index), this.#deadZone) : NOTHING_HELD);
    }
  }
}

/**
 * Takes the first of a row that is not taken.
 * @template T
 * @param {Set<T | undefined>} taken
 * @param {(nth: number) => T} nameOf
 */
function firstFree(taken, nameOf) {
  let nth = 0;
  while (taken.has(nameOf(nth))) nth += 1;
  taken.add(nameOf(nth));
  return nameOf(nth);
}

/** @returns {Gamepad[]} */
function connected() {
  return navigator.getGamepads().flatMap((pad) => (pad?.connected ? [pad] : []));
}

/** Browsers keep the Gamepad API to secure contexts (and localhost). */
export function gamepadsAllowed() {
  return typeof navigator.getGamepads === "function";
}
