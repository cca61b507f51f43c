// Full screen, where the browser has it (iPhones do not).

import { setLabel } from "./text.js";

/** @typedef {HTMLElement & {webkitRequestFullscreen?: () => void}} OldElement */
/** @typedef {Document & {webkitFullscreenElement?: Element | null, webkitExitFullscreen?: () => void}} OldDocument */

/** @param {HTMLButtonElement} button */
export function attachFullScreen(button) {
  const page = /** @type {OldElement} */ (document.documentElement);
  const doc = /** @type {OldDocument} */ (document);
  const isFull = () => Boolean(document.fullscreenElement ?? doc.webkitFullscreenElement);
  button.hidden = !page.requestFullscreen && !page.webkitRequestFullscreen;

  button.addEventListener("click", async () => {
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

  const show = () => {
    document.documentElement.dataset.full = isFull() ? "yes" : "no";
    setLabel(button, isFull() ? "bar.full.leave" : "bar.full");
  };
  document.addEventListener("fullscreenchange", show);
  document.addEventListener("webkitfullscreenchange", show);
  show();
}
