// Full screen, where the browser has it. iPhones do not: there the picture fills the page, and the page says what else helps.

import { setLabel } from "../lang/text.js";

/** @typedef {HTMLElement & {webkitRequestFullscreen?: () => void}} OldElement */
/** @typedef {Document & {webkitFullscreenElement?: Element | null, webkitExitFullscreen?: () => void}} OldDocument */

/**
 * @param {HTMLButtonElement} button
 * @param {() => void} onMissing the player wants full screen, and the browser has none
 */
export function attachFullScreen(button, onMissing) {
  const page = /** @type {OldElement} */ (document.documentElement);
  const doc = /** @type {OldDocument} */ (document);
  const missing = !page.requestFullscreen && !page.webkitRequestFullscreen;
  let filled = false;
  const isFull = () => filled || Boolean(document.fullscreenElement ?? doc.webkitFullscreenElement);

  const show = () => {
    page.dataset.full = isFull() ? "yes" : "no";
    setLabel(button, isFull() ? "bar.full.leave" : "bar.full");
  };

  button.addEventListener("click", async () => {
    if (missing) {
      filled = !filled;
      show();
      if (filled && !matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches) onMissing();
      return;
    }
    try {
      if (isFull()) {
        await (document.exitFullscreen ? document.exitFullscreen() : doc.webkitExitFullscreen?.());
        return;
      }
      await (page.requestFullscreen ? page.requestFullscreen({ navigationUI: "hide" }) : page.webkitRequestFullscreen?.());
      // Phones turn sideways, where they can.
      const turn = /** @type {{lock?: (to: string) => Promise<void>}} */ (/** @type {unknown} */ (screen.orientation));
      await turn?.lock?.("landscape");
    } catch {
      // Refused, or the device does not turn: the page goes on as it is.
    }
  });

  document.addEventListener("fullscreenchange", show);
  document.addEventListener("webkitfullscreenchange", show);
  show();
}
