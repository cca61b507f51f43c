// The keyboard as one controller or several, each with a layout of its own.

import { heldOfKeys, isForGame, LAYOUTS } from "./keyboard-mapping.js";
import { NOTHING_HELD } from "./retropad.js";

/** @typedef {import("./retropad.js").HeldControls} HeldControls */
/** @typedef {import("./keyboard-mapping.js").KeyboardLayout} KeyboardLayout */

export class Keyboard {
  #onHeld;
  /** @type {KeyboardLayout[]} */
  #layouts = [...LAYOUTS];
  /** Which layouts play a seat. */
  #used = LAYOUTS.map(() => false);
  #mirror = false;
  /** @type {Set<string>} */
  #down = new Set();
  /**
   * While set, it is given every key first, up and down, and says whether it took it.
   * @type {((event: KeyboardEvent) => boolean) | null}
   */
  #grab = null;

  /** @param {(layout: number, held: HeldControls) => void} onHeld called when what a layout holds may have changed */
  constructor(onHeld) {
    this.#onHeld = onHeld;
    window.addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    window.addEventListener("keyup", (event) => this.#lifted(event), { capture: true });
  }

  /** @param {readonly KeyboardLayout[]} layouts */
  setLayouts(layouts) {
    this.release();
    this.#layouts = [...layouts];
  }

  /** @param {readonly boolean[]} used for each layout, whether it plays a seat */
  setUsed(used) {
    if (used.every((it, at) => it === this.#used[at])) return;
    this.release();
    this.#used = [...used];
  }

  /** @param {boolean} mirror the directions move the left stick too */
  setMirror(mirror) {
    if (mirror === this.#mirror) return;
    this.release();
    this.#mirror = mirror;
  }

  /** @param {((event: KeyboardEvent) => boolean) | null} grab */
  setGrab(grab) {
    this.release();
    this.#grab = grab;
  }

  release() {
    if (this.#down.size === 0) return;
    this.#down.clear();
    this.#update();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#grab?.(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const focus = focusOf(event.target);
    const playing = this.#used.includes(true);
    // Without a seat the first layout is still shown in the panel; its keys stay the browser's own.
    const layouts = playing ? this.#layouts.filter((_, at) => this.#used[at]) : this.#layouts.slice(0, 1);
    if (!isForGame(event, focus, layouts)) {
      if (event.key === "Escape") letGoOfFocus();
      return;
    }
    if (!event.repeat && !this.#down.has(event.code)) {
      this.#down.add(event.code);
      this.#update();
    }
    if (!playing) return;
    event.preventDefault();
    // A player who plays on has left the bar: the next Enter is Start, not the button.
    if (focus === "button") letGoOfFocus();
  }

  /** @param {KeyboardEvent} event */
  #lifted(event) {
    // What went down here is let go here, whichever handler has the keys by now. macOS reports no keyup for
    // keys let go while Command is held.
    if (event.key === "Meta") this.release();
    else if (this.#down.delete(event.code)) this.#update();
    if (this.#grab?.(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  #update() {
    this.#layouts.forEach((layout, at) => {
      const shown = this.#used[at] || (at === 0 && !this.#used.includes(true));
      this.#onHeld(at, shown && this.#down.size > 0 ? heldOfKeys(layout, this.#down, this.#mirror) : NOTHING_HELD);
    });
  }
}

function letGoOfFocus() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/**
 * @param {EventTarget | null} target
 * @returns {"field" | "button" | "page"}
 */
function focusOf(target) {
  if (!(target instanceof Element)) return "page";
  if (target.closest("input, select, textarea, [contenteditable]")) return "field";
  return target.closest("button, a, summary") ? "button" : "page";
}
