// The input of this page: keyboard, gamepads, touch screen, mouse. Each plays one of the seats of this player.

import { text } from "../lang/text.js";
import { TouchArranger } from "../touch/touch-arranger.js";
import { TouchControls } from "../touch/touch-controls.js";
import { isStickFirst, shapeOf } from "../touch/touch-layouts.js";
import { recallBinding, recallLayouts, recallPreferences, rememberBinding, rememberLayout, rememberPreferences } from "./control-preferences.js";
import { gamepadName } from "./gamepad-name.js";
import { Gamepads } from "./gamepads.js";
import { InputCapture } from "./input-capture.js";
import { Keyboard } from "./keyboard.js";
import { samePad } from "./pad-state.js";
import { coreName, NOTHING_HELD } from "./retropad.js";
import { Rumble } from "./rumble.js";
import { assignSeats } from "./seat-assignment.js";
import { SeatInput } from "./seat-input.js";

/** @typedef {import("./seat-assignment.js").SeatChoice} SeatChoice */
/** @typedef {import("./gamepads.js").GamepadInfo} GamepadInfo */
/** @typedef {import("./keyboard-mapping.js").KeyboardLayout} KeyboardLayout */
/** @typedef {import("./pad-state.js").PadState} PadState */
/** @typedef {import("./gamepad-mapping.js").Binding} Binding */
/** @typedef {import("./control-preferences.js").ControlPreferences} ControlPreferences */
/** @typedef {import("./retropad.js").Control} Control */
/** @typedef {import("./retropad.js").HeldControls} HeldControls */

/** What the core calls its controls, and what it wants besides pads. @typedef {{seats: readonly {seat: number, device: string, names: Readonly<Record<string, string>>}[], wants: readonly string[]}} ControlsMessage */
/** @typedef {{seat: number, strong: number, weak: number}} RumbleMessage */

/**
 * Something that plays: a layout of the keyboard, or a gamepad.
 * @typedef {Readonly<{key: string, kind: "keys", layout: number, name: string, seat: number | null}
 *   | {key: string, kind: "pad", pad: GamepadInfo, name: string, seat: number | null}>} Device
 */

const TOUCH = "touch";

export class LocalInput {
  /** By seat. Kept when the seat is left: its numbers are not used again. @type {Map<number, SeatInput>} */
  #inputs = new Map();
  /** @type {number[]} */
  #seats = [];
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** @type {Map<string, SeatChoice>} */
  #choices = new Map();
  /** By device. @type {Map<string, number | null>} */
  #seatOf = new Map();
  /** By device. @type {Map<string, HeldControls>} */
  #held = new Map();
  #layouts = recallLayouts();
  #preferences = recallPreferences();
  #system = "";
  /** @type {ControlsMessage} */
  #controls = { seats: [], wants: [] };
  #keyboard;
  #gamepads;
  #touch;
  #inputCapture;
  #arranger;
  #rumble;
  /** Called when a seat's pad has changed, after it was sent. @type {(seat: number, pad: PadState) => void} */
  onPad = () => {};
  /** Called when what a device holds has changed; also for devices that play no seat. @type {(device: string, held: HeldControls) => void} */
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
    this.#touch = new TouchControls(touch, (held) => this.#hold(TOUCH, held));
    this.#arranger = new TouchArranger(touch, this.#touch);
    this.#inputCapture = new InputCapture(stage, frame, this.#keyboard);
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

  /** The seats this player holds, the first one first. @param {readonly number[]} seats */
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
    this.#inputCapture.setWants(message.wants);
    this.#name();
  }

  /** @param {{width: number, height: number}} picture the core's own size, in its pixels */
  setPicture(picture) {
    this.#inputCapture.setPicture(picture);
  }

  /**
   * What is shown of the picture, in its pixels: what is pointed at is counted in the whole.
   * @param {import("../ui/picture-layout.js").Box} part
   * @param {import("../ui/picture-layout.js").Size} whole
   */
  setShown(part, whole) {
    this.#inputCapture.setShown(part, whole);
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
    this.#inputCapture.leave();
    for (const input of this.#inputs.values()) input.release();
    // What is still held is held anew when the player comes back.
    this.#held.clear();
  }

  /** Writes the texts again, in another language. */
  fill() {
    this.#touch.fill();
    this.#inputCapture.fill();
  }

  get seats() {
    return this.#seats;
  }

  get preferences() {
    return this.#preferences;
  }

  /** Whether the system of the game is played with a stick, which keys can move too. */
  get stickFirst() {
    return isStickFirst(this.#shape);
  }

  /** Whether there are touch controls on the page that can be arranged. */
  get touched() {
    return this.#touch.shown;
  }

  /** @param {Partial<ControlPreferences>} news */
  setPreferences(news) {
    this.#preferences = { ...this.#preferences, ...news };
    rememberPreferences(this.#preferences);
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

  /** @param {string} device its key @param {SeatChoice} choice */
  setSeat(device, choice) {
    this.#choices.set(device, choice);
    this.#assign();
  }

  /** The layouts of the keyboard. */
  get layouts() {
    return this.#layouts;
  }

  /** @param {number} at @param {KeyboardLayout | null} layout null: as it was in the beginning */
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

  /** Whether the player mapped this gamepad. @param {GamepadInfo} pad */
  isMapped(pad) {
    return recallBinding(pad.id) !== undefined;
  }

  /** @param {GamepadInfo} pad @param {Binding | null} binding null: as it was in the beginning */
  setBinding(pad, binding) {
    rememberBinding(pad.id, binding);
    this.#gamepads.refresh();
  }

  /** Gives every key to a handler first. @param {((event: KeyboardEvent) => boolean) | null} grab */
  grabKeys(grab) {
    this.#inputCapture.leave();
    this.#keyboard.setGrab(grab);
  }

  /** Gives the gamepads to a watcher instead of the game. @param {((raw: Gamepad) => void) | null} watcher */
  watchGamepads(watcher) {
    this.#gamepads.watch(watcher);
  }

  /** Lets the player move the touch controls. @param {() => void} onEnd */
  arrangeTouch(onEnd) {
    this.grabKeys((event) => event.type === "keydown" && this.#arranger.key(event));
    this.#arranger.onEnd = () => {
      this.grabKeys(null);
      onEnd();
    };
    this.#arranger.start();
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

  /** The player has left the controls. */
  #leave() {
    this.release();
    this.#rumble.rest(true);
  }

  /** @param {string} device @param {HeldControls} held */
  #hold(device, held) {
    const before = this.#held.get(device) ?? NOTHING_HELD;
    if (before.turbo === held.turbo && samePad(before.pad, held.pad)) return;
    this.#held.set(device, held);
    const seat = this.#seatOf.get(device) ?? null;
    if (seat !== null) this.#inputs.get(seat)?.set(device, held);
    this.onHeld(device, held);
  }

  /** Decides which device plays which seat. What was held is let go: it may belong to another seat now. */
  #assign() {
    const keys = this.#layouts.map((_, layout) => keyOf(layout));
    /** Where a gamepad has gone there is a hole: the others do not move up. @type {string[]} */
    const pads = [];
    for (const { key, place } of this.#gamepads.list) pads[place] = key;
    const next = new Map([
      ...assignSeats(keys, this.#seats, this.#choices, false),
      ...assignSeats(pads, this.#seats, this.#choices, true),
      ...assignSeats([TOUCH], this.#seats, this.#choices, true),
    ]);
    for (const [device, seat] of this.#seatOf) {
      if (seat === null || next.get(device) === seat) continue;
      this.#held.delete(device);
      this.#inputs.get(seat)?.set(device, NOTHING_HELD);
      this.onHeld(device, NOTHING_HELD);
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
    this.#inputCapture.connect(this.#seats[0] ?? null, this.#channel);
  }

  /** @param {number} seat */
  #inputOf(seat) {
    let input = this.#inputs.get(seat);
    if (!input) {
      input = new SeatInput(seat);
      input.setTurbo(this.#preferences.turboHz);
      input.onChange = (pad) => this.onPad(seat, pad);
      this.#inputs.set(seat, input);
    }
    return input;
  }

  /** System or names have changed: what follows them. */
  #name() {
    // Its parts are about to be others.
    this.#arranger.end();
    this.#touch.setShape(this.#shape, (control) => this.nameOf(control, this.#seats[0] ?? null));
    this.#apply();
    this.onChange();
  }

  #apply() {
    const { deadZone, turboHz, rumble, haptics, touchTurbo, mirror } = this.#preferences;
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

/** @param {GamepadInfo} pad @param {readonly GamepadInfo[]} all */
function nameAmong(pad, all) {
  const name = gamepadName(pad.id);
  const same = all.filter(({ id }) => gamepadName(id) === name);
  return same.length > 1 ? text("device.nth", { name, n: same.indexOf(pad) + 1 }) : name;
}
