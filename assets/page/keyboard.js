// The keyboard as a controller.

import { buttonsOfKeys, isForGame } from "./keymap.js";
import { padOfButtons } from "./pad.js";

/** @typedef {import("./input.js").Input} Input */

/**
 * @param {Input} input
 * @returns {{release: () => void}}
 */
export function attachKeyboard(input) {
  /** @type {Set<string>} */
  const down = new Set();
  const update = () => input.set("keyboard", padOfButtons(buttonsOfKeys(down)));

  window.addEventListener("keydown", (event) => {
    const focus = focusOf(event.target);
    if (!isForGame(event, focus)) {
      if (event.key === "Escape") letGoOfFocus();
      return;
    }
    if (!event.repeat && !down.has(event.code)) {
      down.add(event.code);
      update();
    }
    // Without a seat the keys are the browser's own.
    if (!input.active) return;
    event.preventDefault();
    // Whoever plays has left the bar: the next Enter is Start, not the button.
    if (focus === "button") letGoOfFocus();
  }, { capture: true });

  window.addEventListener("keyup", (event) => {
    // macOS reports no keyup for keys let go while Command is held.
    if (event.key === "Meta") down.clear();
    else if (!down.delete(event.code)) return;
    update();
  }, { capture: true });

  return {
    release() {
      down.clear();
    },
  };
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
