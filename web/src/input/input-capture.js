// Real keys and the mouse, for games that want them: a mode that takes both until Esc, and a pointer
// that is simply followed over the picture.

import { text } from "../lang/text.js";
import { make } from "../ui/dom.js";
import { around } from "../ui/picture-layout.js";
import { encodeKeys, encodeMouse, KEY_STATES, STILL } from "./keyboard-mouse-messages.js";
import { MouseState } from "./mouse-state.js";
import { retrokOf } from "./retrok-codes.js";
import { StateSender } from "./state-sender.js";

/** @typedef {import("./keyboard.js").Keyboard} Keyboard */
/** @typedef {import("./keyboard-mouse-messages.js").Mouse} Mouse */
/** @typedef {{keys: StateSender<readonly number[]>, mouse: StateSender<Mouse>}} StateSenders */

/** Movements are sent no more often. A mouse may report eight thousand in a second. */
const MOVE_MS = 4;
/** How long the button for Esc holds it. */
const TAP_MS = 80;
const NO_KEYS = /** @type {readonly number[]} */ ([]);

export class InputCapture {
  #stage;
  #frame;
  #keyboard;
  #tools = make("div", "input-capture");
  #hint = make("p", "input-capture-hint");
  #enter = button(() => this.enter());
  #escape = button(() => this.#tapEscape());
  #leave = button(() => this.leave());
  #wants = { keyboard: false, mouse: false, pointer: false };
  /** @type {number | null} */
  #seat = null;
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** By seat: numbers are not used again when one comes back to it. @type {Map<number, StateSenders>} */
  #senders = new Map();
  /** The mode is on. */
  #on = false;
  /** The browser gives no pointer away: it is followed instead. */
  #lockRefused = false;
  /** By their place, in the order in which they went down. @type {Map<string, number>} */
  #down = new Map();
  #mouse = new MouseState();
  #picture = { width: 0, height: 0 };
  /** What the frame shows of the picture in it, in its pixels. */
  #shown = { part: { left: 0, top: 0, width: 1, height: 1 }, whole: { width: 1, height: 1 } };
  /** Where a pointer that is not locked was last seen. @type {{x: number, y: number} | null} */
  #last = null;
  /** The pointer that presses; until it is lifted the others count for nothing. @type {number | null} */
  #pressing = null;
  #movedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} stage around the picture
   * @param {HTMLElement} frame the picture's box
   * @param {Keyboard} keyboard
   */
  constructor(stage, frame, keyboard) {
    this.#stage = stage;
    this.#frame = frame;
    this.#keyboard = keyboard;
    this.#hint.setAttribute("role", "status");
    this.#tools.append(this.#hint, this.#enter, this.#escape, this.#leave);
    stage.append(this.#tools);
    document.addEventListener("pointerlockchange", () => this.#lockChanged());
    document.addEventListener("pointerlockerror", () => this.#refused());
    window.addEventListener("mousemove", (event) => this.#lockedMove(event));
    for (const sign of ["mousedown", "mouseup"]) window.addEventListener(sign, (event) => this.#lockedPress(/** @type {MouseEvent} */ (event)));
    window.addEventListener("wheel", (event) => this.#turned(event), { passive: false });
    stage.addEventListener("pointermove", (event) => this.#point(event));
    stage.addEventListener("pointerdown", (event) => this.#point(event));
    stage.addEventListener("pointerup", (event) => this.#point(event));
    stage.addEventListener("pointercancel", (event) => this.#away(event));
    stage.addEventListener("pointerleave", (event) => this.#away(event));
    stage.addEventListener("contextmenu", (event) => {
      if (this.#followed || this.#locked) event.preventDefault();
    });
    this.fill();
  }

  /** Whether keys go to the game as they are. */
  get on() {
    return this.#on;
  }

  /** @param {readonly string[]} wants what the core asks for: "keyboard", "mouse", "pointer", "lightgun" */
  setWants(wants) {
    const next = { keyboard: wants.includes("keyboard"), mouse: wants.includes("mouse"), pointer: wants.includes("pointer") || wants.includes("lightgun") };
    // While the old senders still have the channel: the mode was entered for other devices than there are now.
    if (next.keyboard !== this.#wants.keyboard || next.mouse !== this.#wants.mouse) this.leave();
    else if (next.pointer !== this.#wants.pointer) this.release();
    this.#wants = next;
    this.#reconnect();
  }

  /**
   * @param {number | null} seat whom the keys belong to
   * @param {RTCDataChannel | null} channel
   */
  connect(seat, channel) {
    if (seat === this.#seat && channel === this.#channel) return;
    this.leave();
    this.#seat = seat;
    this.#channel = channel;
    this.#reconnect();
  }

  /** @param {{width: number, height: number}} picture the core's own size */
  setPicture({ width, height }) {
    this.#picture = { width, height };
  }

  /**
   * What of the picture is shown in the frame.
   * @param {import("../ui/picture-layout.js").Box} part
   * @param {import("../ui/picture-layout.js").Size} whole
   */
  setShown(part, whole) {
    this.#shown = { part, whole };
  }

  /** Takes the keyboard, the mouse, or both. */
  enter() {
    if (this.#on || !this.#ready || (!this.#wants.keyboard && !this.#wants.mouse)) return;
    this.#on = true;
    // The next Enter or space is the game's.
    this.#enter.blur();
    if (this.#wants.keyboard) this.#keyboard.setGrab((event) => this.#key(event));
    if (this.#wants.mouse) this.#lock();
    this.fill();
  }

  /** Lets go of everything, and gives keyboard and mouse back to the page. */
  leave() {
    this.release();
    if (this.#on) {
      this.#on = false;
      this.#keyboard.setGrab(null);
    }
    if (this.#locked) document.exitPointerLock();
    this.fill();
  }

  release() {
    this.#last = null;
    this.#pressing = null;
    this.#releaseKeys();
    if (this.#mouse.state.buttons !== 0) {
      this.#mouse.release();
      this.#sendMouse(true);
    }
  }

  /** Writes the texts, and shows what is to be shown. */
  fill() {
    const { keyboard, mouse } = this.#wants;
    const both = keyboard && mouse;
    this.#tools.hidden = !this.#ready || (!keyboard && !mouse);
    this.#tools.dataset.on = this.#on ? "yes" : "no";
    this.#stage.dataset.aim = this.#followed ? "yes" : "no";
    this.#enter.textContent = text(both ? "capture.enter.both" : keyboard ? "capture.enter.keyboard" : "capture.enter.mouse");
    this.#enter.hidden = this.#on;
    const words = this.#on ? text(both ? "capture.on.both" : keyboard ? "capture.on.keyboard" : "capture.on.mouse") : "";
    if (this.#hint.textContent !== words) this.#hint.textContent = words;
    this.#escape.textContent = text("capture.escape");
    this.#escape.hidden = !this.#on || !keyboard;
    this.#leave.textContent = text("capture.leave");
    this.#leave.hidden = !this.#on;
  }

  get #ready() {
    return this.#seat !== null && this.#channel?.readyState === "open";
  }

  get #locked() {
    return document.pointerLockElement === this.#frame;
  }

  /** Whether the pointer is followed over the picture, without being taken. */
  get #followed() {
    return this.#ready && !this.#locked && (this.#wants.pointer || (this.#wants.mouse && this.#on && this.#lockRefused));
  }

  /** What is shown of the picture on the page, and where all of it would be. */
  get #places() {
    const shown = this.#frame.getBoundingClientRect();
    return { shown, whole: around(shown, this.#shown.part, this.#shown.whole) };
  }

  #reconnect() {
    const wantsMouse = this.#wants.mouse || this.#wants.pointer;
    for (const [seat, { keys, mouse }] of this.#senders) {
      if (seat === this.#seat && this.#ready) continue;
      keys.connect(null, NO_KEYS);
      mouse.connect(null, STILL);
    }
    if (this.#seat !== null && this.#ready && (this.#wants.keyboard || wantsMouse)) {
      const senders = this.#senders.get(this.#seat)
        ?? { keys: new StateSender(this.#seat, encodeKeys, KEY_STATES), mouse: new StateSender(this.#seat, encodeMouse, 1) };
      this.#senders.set(this.#seat, senders);
      senders.keys.connect(this.#wants.keyboard ? this.#channel : null, [...this.#down.values()]);
      senders.mouse.connect(wantsMouse ? this.#channel : null, this.#mouse.state);
    }
    this.fill();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was the game's */
  #key(event) {
    const { code, type } = event;
    if (code === "Escape") {
      if (type === "keydown") this.leave();
      return true;
    }
    // A key is let go wherever the focus is by now, and whichever other keys are held.
    if (type === "keyup") {
      // macOS reports no keyup for keys let go while Command is held.
      if (event.key === "Meta") this.#releaseKeys();
      if (!this.#down.delete(code)) return false;
      this.#sendKeys();
      return true;
    }
    // Where a browser does not report the key's end, it would stay down.
    if (event.metaKey || event.isComposing) return false;
    const focus = event.target instanceof Element ? event.target : null;
    // The player writes on the page, or presses a button there.
    if (focus?.closest("input, select, textarea")) return false;
    const onButton = Boolean(focus?.closest("button"));
    if (onButton && (code === "Enter" || code === "Space")) return false;
    // What terminals have always sent for Esc, which leaves this mode and cannot be had otherwise.
    const escape = code === "BracketLeft" && event.ctrlKey;
    const number = escape ? retrokOf("Escape") : retrokOf(code);
    if (number === 0) return false;
    if (escape) {
      this.#down.delete("ControlLeft");
      this.#down.delete("ControlRight");
    }
    if (event.repeat) return true;
    this.#down.set(code, number);
    this.#sendKeys();
    // A player who plays on has left the button: the next Enter is the game's.
    if (onButton) letGoOfFocus();
    return true;
  }

  #tapEscape() {
    const code = "Escape";
    this.#escape.blur();
    this.#down.set(code, retrokOf(code));
    this.#sendKeys();
    setTimeout(() => {
      if (this.#down.delete(code)) this.#sendKeys();
    }, TAP_MS);
  }

  #releaseKeys() {
    if (this.#down.size === 0) return;
    this.#down.clear();
    this.#sendKeys();
  }

  #sendKeys() {
    if (this.#seat !== null) this.#senders.get(this.#seat)?.keys.change([...this.#down.values()]);
  }

  #lock() {
    this.#lockRefused = false;
    if (typeof this.#frame.requestPointerLock !== "function") {
      this.#refused();
      return;
    }
    // Older browsers promise nothing and send an event instead.
    const promise = /** @type {Promise<void> | undefined} */ (this.#frame.requestPointerLock());
    promise?.catch(() => this.#refused());
  }

  #refused() {
    if (!this.#on) return;
    this.#lockRefused = true;
    // There is no lock that the browser would end with Esc.
    if (!this.#wants.keyboard) {
      this.#keyboard.setGrab((event) => {
        if (event.code !== "Escape" || event.type !== "keydown") return false;
        this.leave();
        return true;
      });
    }
    this.fill();
  }

  #lockChanged() {
    // Esc, another window, another tab: the browser's own way out is the way out of the mode.
    if (!this.#locked && this.#on && !this.#lockRefused) this.leave();
    else if (this.#locked && !this.#on) document.exitPointerLock();
    this.fill();
  }

  /** @param {MouseEvent} event */
  #lockedMove({ movementX, movementY }) {
    if (!this.#locked) return;
    const { whole: box } = this.#places;
    this.#mouse.moveBy(movementX, movementY, box, this.#picture);
    this.#mouse.drift(movementX, movementY, box);
    this.#sendMouse(false);
  }

  /** @param {MouseEvent} event */
  #lockedPress(event) {
    if (!this.#locked) return;
    event.preventDefault();
    this.#mouse.press(event.buttons);
    this.#sendMouse(true);
  }

  /** @param {WheelEvent} event */
  #turned(event) {
    if (!this.#locked && !(this.#followed && event.target instanceof Element && this.#frame.contains(event.target))) return;
    event.preventDefault();
    this.#mouse.turn(event.deltaX, event.deltaY, event.deltaMode);
    this.#sendMouse(true);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (this.#isOther(event)) return;
    if (event.type === "pointerup") this.#pressing = null;
    if (!this.#followed || !(event.target instanceof Element) || event.target.closest("button, a, input, aside")) return;
    const { whole: box, shown } = this.#places;
    const last = this.#last;
    this.#last = { x: event.clientX, y: event.clientY };
    if (last && event.type === "pointermove") this.#mouse.moveBy(event.clientX - last.x, event.clientY - last.y, box, this.#picture);
    this.#mouse.pointAt(event.clientX, event.clientY, box, shown);
    const before = this.#mouse.state.buttons;
    this.#mouse.press(event.buttons);
    if (event.type === "pointerdown") {
      // No text is marked and nothing dragged; and a shot beyond the edge is seen to its end.
      event.preventDefault();
      event.target.setPointerCapture(event.pointerId);
      this.#pressing = event.pointerId;
      letGoOfFocus();
    }
    // A finger that is lifted points nowhere.
    if (event.type === "pointerup" && event.pointerType !== "mouse") this.#last = null;
    this.#sendMouse(before !== this.#mouse.state.buttons);
  }

  /** Whether this pointer is not the one that counts. @param {PointerEvent} event */
  #isOther({ type, pointerId, pointerType, buttons }) {
    if (this.#pressing !== null) return pointerId !== this.#pressing;
    // A finger that came down while another pressed does not take its place.
    return pointerType !== "mouse" && buttons !== 0 && type === "pointermove";
  }

  /** @param {PointerEvent} event */
  #away(event) {
    if (this.#locked || this.#isOther(event)) return;
    this.#last = null;
    this.#pressing = null;
    this.#mouse.release();
    this.#sendMouse(true);
  }

  /** @param {boolean} atOnce */
  #sendMouse(atOnce) {
    const now = performance.now();
    clearTimeout(this.#timer);
    if (!atOnce && now - this.#movedAt < MOVE_MS) {
      this.#timer = setTimeout(() => this.#sendMouse(true), MOVE_MS);
      return;
    }
    this.#movedAt = now;
    if (this.#seat !== null) this.#senders.get(this.#seat)?.mouse.change(this.#mouse.state);
  }
}

/** @param {() => void} does */
function button(does) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "secondary";
  element.addEventListener("click", does);
  return element;
}

function letGoOfFocus() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
