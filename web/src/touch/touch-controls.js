// Controls on the touch screen of phones and tablets: draws them, and follows the fingers.

import { recallPlaces, rememberPlaces } from "../input/control-preferences.js";
import { PressCollector, isHeld, NOTHING_HELD } from "../input/retropad.js";
import { canVibrate, vibrate } from "../input/rumble.js";
import { hasText, text } from "../lang/text.js";
import { make } from "../ui/dom.js";
import { areaHeight, DIRECTIONS, partAt, place, pressUnder } from "./touch-geometry.js";
import { TOUCH_LAYOUTS, turboPart } from "./touch-layouts.js";

/** @typedef {import("../input/control-preferences.js").Place} Place */
/** @typedef {import("../input/retropad.js").Control} Control */
/** @typedef {import("../input/retropad.js").HeldControls} HeldControls */
/** @typedef {import("./touch-layouts.js").Part} Part */
/** @typedef {import("./touch-layouts.js").Shape} Shape */
/** @typedef {import("./touch-geometry.js").Placed} Placed */

/** When the controls have an area of their own below the picture; style.css asks the same. */
const UPRIGHT = "(max-aspect-ratio: 1/1) and (max-width: 700px)";
/** Feels like a click. */
const CLICK_MS = 10;
/** A dead zone for thumbs, which never lie still. */
const THUMB = 0.12;
/** The longest name a core may give a round button. */
const SHORT = 3;

/** @typedef {{placed: Placed, start: {x: number, y: number}, x: number, y: number}} Finger */

export class TouchControls {
  #root;
  #onHeld;
  /** @type {Shape} */
  #shape = "pad";
  /** What the core calls a control. @type {(control: Control) => string} */
  #nameOf = () => "";
  #turbo = false;
  #haptics = true;
  /** @type {Placed[]} */
  #placed = [];
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();
  /** By `pointerId`. @type {Map<number, Finger>} */
  #fingers = new Map();
  /** @type {HeldControls} */
  #held = NOTHING_HELD;
  /** The player arranges the controls: fingers move them. */
  #arranging = false;
  /** Called when the parts have been put in their places. */
  onPlaced = () => {};

  /**
   * @param {HTMLElement} root the area
   * @param {(held: HeldControls) => void} onHeld
   */
  constructor(root, onHeld) {
    this.#root = root;
    this.#onHeld = onHeld;
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    for (const sign of ["pointerup", "pointercancel", "lostpointercapture"]) {
      root.addEventListener(sign, (event) => this.#lift(/** @type {PointerEvent} */ (event)));
    }
    root.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.layOut()).observe(root);
    window.addEventListener("resize", () => this.layOut());
    this.#build();
  }

  get orientation() {
    return /** @type {import("./touch-layouts.js").Orientation} */ (matchMedia(UPRIGHT).matches ? "portrait" : "landscape");
  }

  get placed() {
    return this.#placed;
  }

  get area() {
    return { width: this.#root.clientWidth, height: this.#root.clientHeight };
  }

  /** Whether it is on the page. */
  get shown() {
    return this.#root.clientHeight > 0;
  }

  /** @param {string} id */
  elementOf(id) {
    return this.#elements.get(id) ?? null;
  }

  /**
   * @param {Shape} shape
   * @param {(control: Control) => string} nameOf what the core calls a control, or empty
   */
  setShape(shape, nameOf) {
    this.#shape = shape;
    this.#nameOf = nameOf;
    this.#build();
  }

  /** @param {{turbo: boolean, haptics: boolean}} options */
  set({ turbo, haptics }) {
    this.#haptics = haptics;
    if (turbo === this.#turbo) return;
    this.#turbo = turbo;
    this.#build();
  }

  /** @param {boolean} arranging */
  setArranging(arranging) {
    this.release();
    this.#arranging = arranging;
    this.layOut();
  }

  /** Puts a part elsewhere, and remembers it. @param {string} id @param {Place} where */
  move(id, where) {
    rememberPlaces(this.#key, { ...recallPlaces(this.#key), [id]: where });
    this.layOut();
  }

  /** Everything back to where it was in the beginning. */
  reset() {
    rememberPlaces(this.#key, null);
    this.layOut();
  }

  /** Writes the texts again, in another language. */
  fill() {
    this.#build();
  }

  release() {
    this.#fingers.clear();
    this.#update();
  }

  /** Puts every part in its place. */
  layOut() {
    const layout = TOUCH_LAYOUTS[this.#shape];
    const own = this.orientation === "portrait";
    this.#root.style.blockSize = own ? `${areaHeight(this.#parts, layout, { width: innerWidth, height: innerHeight })}px` : "";
    if (!this.shown) return;
    this.#placed = place(this.#parts, layout, this.orientation, this.area, recallPlaces(this.#key));
    for (const { part, x, y, unit } of this.#placed) {
      const { style } = this.#elements.get(part.id) ?? this.#root;
      style.setProperty("--x", `${x}px`);
      style.setProperty("--y", `${y}px`);
      style.setProperty("--unit", `${unit}px`);
    }
    this.onPlaced();
  }

  get #key() {
    return `${this.#shape}.${this.orientation}`;
  }

  get #parts() {
    const layout = TOUCH_LAYOUTS[this.#shape];
    const turbo = this.#turbo ? turboPart(layout) : null;
    return turbo ? [...layout.parts, turbo] : layout.parts;
  }

  #build() {
    this.release();
    this.#root.dataset.shape = this.#shape;
    this.#elements = new Map(this.#parts.map((part) => [part.id, this.#element(part)]));
    this.#root.replaceChildren(...this.#elements.values());
    this.layOut();
  }

  /** @param {Part} part */
  #element(part) {
    const element = make("div", `part ${part.kind} ${part.id}`);
    element.dataset.part = part.id;
    element.setAttribute("role", "img");
    element.style.setProperty("--w", String(part.w));
    element.style.setProperty("--h", String(part.h));
    if (part.kind === "dpad") {
      for (const control of DIRECTIONS) element.append(lit(make("i", control.toLowerCase()), control));
      element.append(make("i", "hub"));
      element.setAttribute("aria-label", text("touch.dpad"));
    } else if (part.kind === "stick") {
      element.append(make("i", "knob"));
      element.setAttribute("aria-label", text(part.side === "L" ? "touch.stick.left" : "touch.stick.right"));
    } else {
      for (const item of part.items) {
        const button = lit(make("i", "key", this.#label(item)), item.control);
        button.style.setProperty("--at-x", String(item.x));
        button.style.setProperty("--at-y", String(item.y));
        button.style.setProperty("--r", String(item.r));
        element.append(button);
      }
      element.setAttribute("aria-label", part.items.map(({ control, label }) => this.#nameOf(control) || translated(label)).join(", "));
    }
    return element;
  }

  /** @param {import("./touch-layouts.js").Item} item */
  #label({ control, label }) {
    const name = this.#nameOf(control);
    return name !== "" && [...name].length <= SHORT && /^[\w○△□✕×]+$/u.test(name) ? name : translated(label);
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const box = this.#root.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#arranging) return;
    const at = this.#at(event);
    const placed = partAt(this.#placed, at.x, at.y);
    if (!placed || !(event.target instanceof Element)) return;
    event.preventDefault();
    this.#fingers.set(event.pointerId, { placed, start: at, ...at });
    this.#update();
    // The finger stays ours, wherever it slides.
    event.target.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const finger = this.#fingers.get(event.pointerId);
    if (!finger) return;
    this.#fingers.set(event.pointerId, { ...finger, ...this.#at(event) });
    this.#update();
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    if (this.#fingers.delete(event.pointerId)) this.#update();
  }

  #update() {
    const presses = new PressCollector();
    for (const { placed, start, x, y } of this.#fingers.values()) pressUnder(this.#placed, placed, start, x, y, presses);
    const before = this.#held;
    const held = this.#fingers.size > 0 ? presses.held({ deadZone: THUMB }) : NOTHING_HELD;
    this.#held = held;
    this.#onHeld(held);
    const more = (held.pad.buttons & ~before.pad.buttons) | (held.turbo & ~before.turbo);
    if (this.#haptics && more !== 0 && canVibrate()) vibrate(CLICK_MS);
    this.#show(held);
  }

  /** @param {HeldControls} held */
  #show(held) {
    for (const element of this.#root.querySelectorAll("[data-lit]")) {
      element.classList.toggle("lit", isHeld(/** @type {Control} */ (element.getAttribute("data-lit")), held));
    }
    for (const [id, x, y] of /** @type {const} */ ([["left-stick", held.pad.lx, held.pad.ly], ["right-stick", held.pad.rx, held.pad.ry]])) {
      const stick = this.#elements.get(id);
      stick?.style.setProperty("--push-x", String(x / 32767));
      stick?.style.setProperty("--push-y", String(y / 32767));
      stick?.classList.toggle("lit", x !== 0 || y !== 0);
    }
  }
}

/** Marks an element that lights up with a control. @param {HTMLElement} element @param {Control} control */
function lit(element, control) {
  element.dataset.lit = control;
  return element;
}

/** @param {string} label a text's key, or what is on the button in every language */
function translated(label) {
  return hasText(label) ? text(label) : label;
}
