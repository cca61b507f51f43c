// All connected gamepads as one controller. The API has no event for a press, so they are polled.

import { IDLE, mergePads } from "./pad.js";
import { padOfGamepad } from "./padmap.js";

/** @typedef {import("./input.js").Input} Input */

/** Between two frames the timer finds a press earlier than the next frame would. */
const POLL_MS = 4;

/**
 * @param {Input} input
 * @param {(names: string[]) => void} onNames called with the connected gamepads when they change
 */
export function attachGamepads(input, onNames) {
  if (!gamepadsAllowed()) return;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  let frame = 0;
  let known = "";

  const connected = () => navigator.getGamepads().filter((pad) => pad !== null && pad.connected);

  const poll = () => {
    const pads = connected();
    const present = document.hasFocus() && document.visibilityState === "visible";
    input.set("gamepad", present ? mergePads(pads.map((pad) => padOfGamepad(/** @type {Gamepad} */ (pad)))) : IDLE);
  };
  const everyFrame = () => {
    poll();
    frame = requestAnimationFrame(everyFrame);
  };

  const refresh = () => {
    const names = connected().map((pad) => pad?.id ?? "");
    if (names.join("\n") !== known) {
      known = names.join("\n");
      onNames(names);
    }
    clearInterval(timer);
    cancelAnimationFrame(frame);
    if (names.length > 0) {
      timer = setInterval(poll, POLL_MS);
      frame = requestAnimationFrame(everyFrame);
    } else {
      input.set("gamepad", IDLE);
    }
  };

  window.addEventListener("gamepadconnected", refresh);
  window.addEventListener("gamepaddisconnected", refresh);
  refresh();
}

/** Browsers keep the Gamepad API to secure contexts (and localhost). */
export function gamepadsAllowed() {
  return typeof navigator.getGamepads === "function";
}
