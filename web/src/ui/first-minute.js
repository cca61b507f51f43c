// A guest's first minute: which seat they have, how it is played, and where the rest is. Shown once in a browser.

import { keyName } from "../input/key-names.js";
import { text } from "../lang/text.js";
import { byId, make, refill, returnFocusAfterClick } from "./dom.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../input/keyboard-mapping.js").KeyboardLayout} KeyboardLayout */
/**
 * How this guest can play.
 * @typedef {{touch: boolean, pads: readonly string[], keys: KeyboardLayout}} Means `pads`: the names of the gamepads that are there
 */

/** It goes by itself after this long, unless it is being used. */
const SHOWN_MS = 45_000;

export class FirstMinute {
  #card = byId("first", HTMLElement);
  #title = byId("first-title", HTMLElement);
  #lines = byId("first-lines", HTMLElement);
  #means;
  /** @type {Room | null} */
  #room = null;
  #seen = recall("welcomed") === "yes";
  /** What is on the page: the same again would be read aloud again. */
  #shown = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => Means} means */
  constructor(means) {
    this.#means = means;
    returnFocusAfterClick(this.#card);
    byId("first-close", HTMLButtonElement).addEventListener("click", () => this.#end());
    // A gamepad tells of itself with its first button.
    for (const sign of ["gamepadconnected", "gamepaddisconnected"]) window.addEventListener(sign, () => this.fill());
  }

  /** @param {Room | null} room null: there is nothing to be played (yet) */
  setRoom(room) {
    this.#room = room;
    this.fill();
  }

  /** Writes everything anew, in the present language. */
  fill() {
    const room = this.#seen ? null : this.#room;
    this.#card.hidden = room === null;
    if (!room) return;
    const { title, lines } = firstWords(room, this.#means());
    const next = [title, ...lines].join("\n");
    if (next === this.#shown) return;
    this.#shown = next;
    this.#title.textContent = title;
    refill(this.#lines, lines.map((line) => make("li", "", line)));
    this.#timer ??= setTimeout(() => this.#late(), SHOWN_MS);
  }

  #late() {
    if (this.#card.contains(document.activeElement)) this.#timer = setTimeout(() => this.#late(), SHOWN_MS);
    else this.#end();
  }

  #end() {
    clearTimeout(this.#timer);
    this.#seen = true;
    remember("welcomed", "yes");
    this.fill();
  }
}

/**
 * What is said. Pure.
 * @param {Room} room
 * @param {Means} means
 * @returns {{title: string, lines: string[]}}
 */
export function firstWords({ you, seats }, { touch, pads, keys }) {
  const places = text(touch ? "first.places.touch" : "first.places");
  const [seat] = you.seats;
  if (seat === undefined) {
    const free = seats.some(({ holders }) => holders.length === 0);
    return { title: text("first.watching"), lines: [text(free ? "first.seat.free" : "first.seat.taken"), places] };
  }
  const title = you.seats.length === 1 ? text("seat.you", { n: seat + 1 }) : text("seat.you.many", { list: you.seats.map((at) => at + 1).join(", ") });
  const [pad] = pads;
  const play = [];
  if (pad !== undefined) play.push(text("first.pad", { pad }));
  else if (touch) play.push(text("first.touch"));
  else play.push(withKeys(keys), text("first.pad.none"));
  return { title, lines: [...play, places] };
}

/** @param {KeyboardLayout} keys */
function withKeys(keys) {
  const named = (/** @type {(keyof KeyboardLayout)[]} */ ...controls) => controls.map((it) => keys[it]).filter((code) => code !== undefined).map((code) => keyName(code));
  const arrows = keys.UP === "ArrowUp" && keys.DOWN === "ArrowDown" && keys.LEFT === "ArrowLeft" && keys.RIGHT === "ArrowRight";
  const move = arrows ? text("first.arrows") : named("UP", "LEFT", "DOWN", "RIGHT").join(" ");
  const name = (/** @type {keyof KeyboardLayout} */ control) => named(control)[0] ?? "–";
  return text("first.keys", { move, b: name("B"), a: name("A"), start: name("START") });
}
