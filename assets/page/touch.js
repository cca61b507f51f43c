// Buttons on the glass, for phones and tablets.

import { BUTTON, padOfButtons } from "./pad.js";
import { CROSS, crossButtons } from "./touchmap.js";

/** @typedef {import("./input.js").Input} Input */

/**
 * Brings the controls inside `root` to life. A control names its buttons with `data-cross` (a round
 * control of four) or `data-button` (a single one).
 * @param {HTMLElement} root
 * @param {Input} input
 * @returns {{release: () => void}}
 */
export function attachTouch(root, input) {
  /** The buttons under each finger. @type {Map<number, number>} */
  const fingers = new Map();

  const update = () => {
    let buttons = 0;
    for (const held of fingers.values()) buttons |= held;
    input.set("touch", padOfButtons(buttons));
    for (const part of root.querySelectorAll("[data-lit]")) {
      part.classList.toggle("lit", (buttons & bitOf(part.getAttribute("data-lit"))) !== 0);
    }
  };

  for (const control of root.querySelectorAll("[data-cross], [data-button]")) {
    if (!(control instanceof HTMLElement)) continue;
    const under = (/** @type {PointerEvent} */ event) => {
      const cross = CROSS[control.dataset.cross ?? ""];
      if (!cross) return bitOf(control.dataset.button);
      const box = control.getBoundingClientRect();
      return crossButtons(cross,
        ((event.clientX - box.left) / box.width) * 2 - 1,
        ((event.clientY - box.top) / box.height) * 2 - 1);
    };
    const lift = (/** @type {PointerEvent} */ event) => {
      if (fingers.delete(event.pointerId)) update();
    };
    control.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      fingers.set(event.pointerId, under(event));
      update();
      // The finger keeps the control it came down on, wherever it slides.
      control.setPointerCapture(event.pointerId);
    });
    control.addEventListener("pointermove", (event) => {
      const held = fingers.get(event.pointerId);
      if (held === undefined) return;
      const now = under(event);
      if (now === held) return;
      fingers.set(event.pointerId, now);
      update();
    });
    control.addEventListener("pointerup", lift);
    control.addEventListener("pointercancel", lift);
    control.addEventListener("lostpointercapture", lift);
    control.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  return {
    release() {
      fingers.clear();
      update();
    },
  };
}

/** @param {string | null | undefined} name */
function bitOf(name) {
  return name && Object.hasOwn(BUTTON, name) ? BUTTON[/** @type {keyof typeof BUTTON} */ (name)] : 0;
}
