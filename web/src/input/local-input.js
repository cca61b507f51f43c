// Everything a player holds: keyboard, gamepads, glass, mouse. Each plays one of the seats this person has.

import { text } from "../lang/text.js";
import { Arrange } from "../touch/touch-arranger.js";
import { Touch } from "../touch/touch-controls.js";
import { isStickFirst, shapeOf } from "../touch/touch-layouts.js";
import { recallBinding, recallLayouts, recallPrefs, rememberBinding, rememberLayout, rememberPrefs } from "./control-preferences.js";
import { padName } from "./gamepad-name.js";
import { Gamepads } from "./gamepads.js";
import { Desk } from "./input-capture.js";
import { Keyboard } from "./keyboard.js";
import { samePad } from "./pad-state.js";
import { coreName, RESTING } from "./retropad.js";
import { Rumble } from "./rumble.js";
import { assign } from "./seat-assignment.js";
import { Input } from "./seat-input.js";

/** @typedef {import("./seat-assignment.js").Wish} Wish */
/** @typedef {import("./gamepads.js").PadInfo} PadInfo */
/** @typedef {import("./keyboard-mapping.js").Layout} Layout */
/** @typedef {import("./pad-state.js").Pad} Pad */
/** @typedef {import("./gamepad-mapping.js").Binding} Binding */
/** @typedef {import("./control-preferences.js").Prefs} Prefs */
/** @typedef {import("./retropad.js").Control} Control */
/** @typedef {import("./retropad.js").Held} Held */

/** What the core calls its controls, and what it wants besides pads. @typedef {{seats: readonly {seat: number, device: string, names: Readonly<Record<string, string>>}[], wants: readonly string[]}} ControlsMessage */
/** @typedef {{seat: number, strong: number, weak: number}} RumbleMessage */

/**
 * Something that plays: a layout of the keyboard, or a gamepad.
 * @typedef {Readonly<{key: string, kind: "keys", layout: number, name: string, seat: number | null}
 *   | {key: string, kind: "pad", pad: PadInfo, name: string, seat: number | null}>} Device
 */

const TOUCH = "touch";

export class Hands {
  /** By seat. Kept when the seat is left: its numbers are not used again. @type {Map<number, Input>} */
  #inputs = new Map();
  /** @type {number[]} */
  #seats = [];
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** @type {Map<string, Wish>} */
  #wishes = new Map();
  /** By device. @type {Map<string, number | null>} */
  #seatOf = new Map();
  /** By device. @type {Map<string, Held>} */
  #held = new Map();
  #layouts = recallLayouts();
  #prefs = recallPrefs();
  #system = "";
  /** @type {ControlsMessage} */
  #controls = { seats: [], wants: [] };
  #keyboard;
  #gamepads;
  #touch;
  #desk;
  #arrange;
  #rumble;
  /** Called when a seat's pad has changed, after it was sent. @type {(seat: number, pad: Pad) => void} */
  onPad = () => {};
  /** Called when what a device holds has changed; also for devices that play no seat. @type {(device: string, held: Held) => void} */
  onHeld = () => {};
  /** Called when devices, seats, names or settings have changed. */
  onChange = () => {};

  /** @param {{stage: HTMLElement, frame: HTMLElement, touch: HTMLElement}} places around the picture, its box, and the area for fingers */
  constructor({ stage, frame, touch }) {
    this.#keyboard = new Keyboard((layout, held) => this.#hold(keyOf(layout), held));
    this.#gamepads = new Gamepads({
      onList: () => this.#assign(),
      onHeld: (pad, held) => this.#hold(pad.key, held),
      stored: recallBinding,
    });
    this.#touch = new Touch(touch, (held) => this.#hold(TOUCH, held));
    this.#arrange = new Arrange(touch, this.#touch);
    this.#desk = new Desk(stage, frame, this.#keyboard);
    this.#rumble = new Rumble((seat) => this.#gamepadsOf(seat), (seat) => this.#touch.shown && this.#seatOf.get(TOUCH) === seat);
    this.#keyboard.setLayouts(this.#layouts);
    this.#apply();
    this.#gamepads.refresh();
    this.#assign();
    for (const sign of ["blur", "pagehide"]) window.addEventListener(sign, () => this.#leave());
    for (const sign of ["focus", "pageshow"]) window.addEventListener(sign, () => this.#rumble.rest(false));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#leave();
      else this.#rumble.rest(false);
    });
  }

  /** The seats this person holds, the first one first. @param {readonly number[]} seats */
  setSeats(seats) {
    if (seats.length === this.#seats.length && seats.every((seat, at) => seat === this.#seats[at])) return;
    this.#seats = [...seats];
    this.#rumble.keep(seats);
    this.#assign();
    this.#connect();
    this.#name();
  }

  /** @param {string} system a libretro database name, or empty */
  setSystem(system) {
    if (system === this.#system) return;
    this.#system = system;
    this.#name();
  }

  /** @param {ControlsMessage} message */
  setControls(message) {
    this.#controls = message;
    this.#desk.setWants(message.wants);
    this.#name();
  }

  /** @param {{width: number, height: number}} picture the core's own size, in its pixels */
  setPicture(picture) {
    this.#desk.setPicture(picture);
  }

  /** @param {RTCDataChannel | null} channel where input goes; null: there is no connection */
  connect(channel) {
    if (channel === this.#channel) return;
    if (channel === null) {
      this.release();
      // The next connection tells anew.
      this.#rumble.keep([]);
    }
    this.#channel = channel;
    this.#connect();
  }

  /** @param {RumbleMessage} message */
  rumble({ seat, strong, weak }) {
    if (this.#seats.includes(seat)) this.#rumble.play(seat, strong, weak);
  }

  /** Lets go of everything: the game must not run on with a held button. */
  release() {
    this.#keyboard.release();
    this.#touch.release();
    this.#desk.leave();
    for (const input of this.#inputs.values()) input.release();
    // What is still held is held anew, should somebody look again.
    this.#held.clear();
  }

  /** Writes the texts again, in another language. */
  fill() {
    this.#touch.fill();
    this.#desk.fill();
  }

  get seats() {
    return this.#seats;
  }

  get prefs() {
    return this.#prefs;
  }

  /** Whether the system of the game is played with a stick, which keys can move too. */
  get stickFirst() {
    return isStickFirst(this.#shape);
  }

  /** Whether there are touch controls on the page that can be arranged. */
  get touched() {
    return this.#touch.shown;
  }

  /** @param {Partial<Prefs>} news */
  setPrefs(news) {
    this.#prefs = { ...this.#prefs, ...news };
    rememberPrefs(this.#prefs);
    this.#apply();
    this.onChange();
  }

  /** @returns {Device[]} */
  get devices() {
    const seatOf = (/** @type {string} */ key) => this.#seatOf.get(key) ?? null;
    const pads = this.#gamepads.list;
    return [
      ...this.#layouts.map((_, layout) => {
        const key = keyOf(layout);
        return /** @type {const} */ ({ key, kind: "keys", layout, name: text(layout === 0 ? "device.keys" : "device.keys.second"), seat: seatOf(key) });
      }),
      ...pads.map((pad) => /** @type {const} */ ({ key: pad.key, kind: "pad", pad, name: nameAmong(pad, pads), seat: seatOf(pad.key) })),
    ];
  }

  /** @param {string} device its key @param {Wish} wish */
  setSeat(device, wish) {
    this.#wishes.set(device, wish);
    this.#assign();
  }

  /** The layouts of the keyboard. */
  get layouts() {
    return this.#layouts;
  }

  /** @param {number} at @param {Layout | null} layout null: as it was in the beginning */
  setLayout(at, layout) {
    rememberLayout(at, layout);
    this.#layouts = recallLayouts();
    this.#keyboard.setLayouts(this.#layouts);
    this.onChange();
  }

  /** @param {number} index of a gamepad */
  bindingOf(index) {
    return this.#gamepads.bindingOf(index);
  }

  /** Whether somebody mapped this gamepad. @param {PadInfo} pad */
  isMapped(pad) {
    return recallBinding(pad.id) !== undefined;
  }

  /** @param {PadInfo} pad @param {Binding | null} binding null: as it was in the beginning */
  setBinding(pad, binding) {
    rememberBinding(pad.id, binding);
    this.#gamepads.refresh();
  }

  /** Gives every key to somebody else first. @param {((event: KeyboardEvent) => boolean) | null} grab */
  grabKeys(grab) {
    this.#desk.leave();
    this.#keyboard.setGrab(grab);
  }

  /** Gives the gamepads to somebody else. @param {((raw: Gamepad) => void) | null} watcher */
  watchGamepads(watcher) {
    this.#gamepads.watch(watcher);
  }

  /** Lets the player move the touch controls. @param {() => void} onEnd */
  arrangeTouch(onEnd) {
    this.grabKeys((event) => event.type === "keydown" && this.#arrange.key(event));
    this.#arrange.onEnd = () => {
      this.grabKeys(null);
      onEnd();
    };
    this.#arrange.start();
  }

  /**
   * What the core calls a control, or empty.
   * @param {Control} control
   * @param {number | null} seat
   */
  nameOf(control, seat) {
    const own = this.#controls.seats.find((it) => it.seat === (seat ?? this.#seats[0])) ?? this.#controls.seats[0];
    return own ? coreName(control, own.names) : "";
  }

  get #shape() {
    const own = this.#controls.seats.find((it) => it.seat === this.#seats[0]) ?? this.#controls.seats[0];
    return shapeOf(this.#system, own?.names ?? {});
  }

  /** Nobody is at the controls. */
  #leave() {
    this.release();
    this.#rumble.rest(true);
  }

  /** @param {string} device @param {Held} held */
  #hold(device, held) {
    const before = this.#held.get(device) ?? RESTING;
    if (before.turbo === held.turbo && samePad(before.pad, held.pad)) return;
    this.#held.set(device, held);
    const seat = this.#seatOf.get(device) ?? null;
    if (seat !== null) this.#inputs.get(seat)?.set(device, held);
    this.onHeld(device, held);
  }

  /** Decides who plays what. Whatever was held is let go: it may belong to another seat now. */
  #assign() {
    const keys = this.#layouts.map((_, layout) => keyOf(layout));
    /** Where a gamepad has gone there is a hole: nobody else moves up. @type {string[]} */
    const pads = [];
    for (const { key, place } of this.#gamepads.list) pads[place] = key;
    const next = new Map([
      ...assign(keys, this.#seats, this.#wishes, false),
      ...assign(pads, this.#seats, this.#wishes, true),
      ...assign([TOUCH], this.#seats, this.#wishes, true),
    ]);
    for (const [device, seat] of this.#seatOf) {
      if (seat === null || next.get(device) === seat) continue;
      this.#held.delete(device);
      this.#inputs.get(seat)?.set(device, RESTING);
      this.onHeld(device, RESTING);
    }
    if (next.get(TOUCH) !== this.#seatOf.get(TOUCH)) this.#touch.release();
    this.#rumble.during(() => {
      this.#seatOf = next;
    });
    for (const seat of this.#seats) this.#inputOf(seat);
    this.#keyboard.setUsed(keys.map((key) => (next.get(key) ?? null) !== null));
    this.onChange();
  }

  #connect() {
    for (const [seat, input] of this.#inputs) input.connect(this.#seats.includes(seat) ? this.#channel : null);
    this.#desk.connect(this.#seats[0] ?? null, this.#channel);
  }

  /** @param {number} seat */
  #inputOf(seat) {
    let input = this.#inputs.get(seat);
    if (!input) {
      input = new Input(seat);
      input.setTurbo(this.#prefs.turboHz);
      input.onChange = (pad) => this.onPad(seat, pad);
      this.#inputs.set(seat, input);
    }
    return input;
  }

  /** System or names have changed: what follows them. */
  #name() {
    // Its parts are about to be others.
    this.#arrange.end();
    this.#touch.setShape(this.#shape, (control) => this.nameOf(control, this.#seats[0] ?? null));
    this.#apply();
    this.onChange();
  }

  #apply() {
    const { deadZone, turboHz, rumble, haptics, touchTurbo, mirror } = this.#prefs;
    this.#gamepads.setDeadZone(deadZone);
    for (const input of this.#inputs.values()) input.setTurbo(turboHz);
    this.#rumble.enable(rumble);
    this.#touch.set({ turbo: touchTurbo, haptics });
    this.#keyboard.setMirror(mirror && this.stickFirst);
  }

  /** @param {number} seat @returns {Gamepad[]} */
  #gamepadsOf(seat) {
    const mine = this.#gamepads.list.filter(({ key }) => this.#seatOf.get(key) === seat).map(({ index }) => index);
    // Only a fresh look has motors that work.
    return mine.length === 0 ? [] : navigator.getGamepads().flatMap((pad) => (pad && mine.includes(pad.index) ? [pad] : []));
  }
}

/** @param {number} layout */
function keyOf(layout) {
  return `keys${layout}`;
}

/** @param {PadInfo} pad @param {readonly PadInfo[]} all */
function nameAmong(pad, all) {
  const name = padName(pad.id);
  const same = all.filter(({ id }) => padName(id) === name);
  return same.length > 1 ? text("device.nth", { name, n: same.indexOf(pad) + 1 }) : name;
}
