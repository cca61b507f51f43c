// What the buttons of the page turn on and off: panels, statistics, touch controls, the language.

import { currentLanguage, otherLanguage, setLanguage, text } from "../lang/text.js";
import { byId } from "./dom.js";
import { LOOKS } from "./look-shader.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("../input/local-input.js").LocalInput} LocalInput */
/** @typedef {import("./stats-panel.js").StatsPanel} StatsPanel */
/** A panel that covers the picture. @typedef {{readonly open: boolean, show(open: boolean): void, onToggle: (open: boolean) => void}} Cover */

/**
 * Of those that cover the picture one is open at a time.
 * @param {readonly (readonly [Cover, (open: boolean) => void])[]} covers each with what follows when it has opened or closed
 */
export function openOneAtATime(covers) {
  for (const [cover, then] of covers) {
    cover.onToggle = (open) => {
      if (open) for (const [other] of covers) if (other !== cover && other.open) other.show(false);
      then(open);
    };
  }
}

/** Statistics are shown or not, as the last time. @param {StatsPanel} stats */
export function attachStats(stats) {
  const buttons = buttonsThat("stats");
  const show = (/** @type {boolean} */ open) => {
    stats.show(open);
    for (const button of buttons) button.setAttribute("aria-pressed", String(open));
    remember("stats", open ? "yes" : "no");
  };
  for (const button of buttons) button.addEventListener("click", () => show(!stats.open));
  show(recall("stats") === "yes");
}

/** Touch controls are shown where a finger is the pointer, or as the last time there. @param {LocalInput} localInput */
export function attachTouch(localInput) {
  const page = document.documentElement;
  const button = byId("touch-toggle", HTMLButtonElement);
  const show = (/** @type {boolean} */ shown) => {
    page.dataset.touch = shown ? "yes" : "no";
    button.setAttribute("aria-pressed", String(shown));
    if (matchMedia("(pointer: coarse)").matches) remember("touch", shown ? "yes" : "no");
    localInput.release();
  };
  button.addEventListener("click", () => show(page.dataset.touch !== "yes"));
  show((recall("touch") ?? (matchMedia("(pointer: coarse)").matches ? "yes" : "no")) === "yes");
}

/** @type {Readonly<Record<string, string>>} */
const LOOK_NAMES = {
  sharp: "look.sharp",
  smooth: "look.smooth",
  scanlines: "look.scanlines",
  tube: "look.tube",
  grid: "look.grid",
  rounded: "look.rounded",
};

/**
 * What the picture looks like.
 * @param {import("./look.js").LookView} view
 * @param {(words: string) => void} tell
 * @returns {() => void} names it in the present language
 */
export function attachLook(view, tell) {
  const choice = byId("look-choice", HTMLSelectElement);
  choice.append(...LOOKS.map((look) => new Option("", look)));
  choice.value = view.look;
  byId("look-part", HTMLElement).hidden = !view.able;
  view.onSlow = () => {
    choice.value = view.look;
    tell(text("look.slow"));
  };
  choice.addEventListener("change", () => view.prefer(LOOKS.find((look) => look === choice.value) ?? "sharp"));
  return () => {
    for (const option of choice.options) option.textContent = text(LOOK_NAMES[option.value] ?? "");
  };
}

/**
 * The motion of this device: offered over the picture when a game wants it, and turned off and on among the settings.
 * @param {import("../input/motion.js").Motion} motion
 * @param {(words: string) => void} tell
 */
export function attachMotion(motion, tell) {
  const offer = byId("use-motion", HTMLButtonElement);
  const toggle = byId("motion-toggle", HTMLButtonElement);
  let hinted = false;
  motion.onUse = (use) => {
    offer.hidden = use !== "asked";
    toggle.hidden = use === "off" || use === "insecure";
    toggle.setAttribute("aria-pressed", String(use === "on"));
    if (use === "insecure" && !hinted) {
      hinted = true;
      tell(text("motion.insecure"));
    }
    if (use === "refused") tell(text("motion.refused"));
    if (use === "silent") tell(text("motion.silent"));
  };
  offer.addEventListener("click", () => void motion.allow());
  toggle.addEventListener("click", () => {
    if (motion.use === "on" || motion.use === "silent") motion.stop();
    else void motion.allow();
  });
}

/** @param {() => void} onChange another language was chosen */
export function attachLanguage(onChange) {
  for (const button of buttonsThat("language")) {
    button.addEventListener("click", () => {
      setLanguage(otherLanguage());
      remember("language", currentLanguage());
      onChange();
    });
  }
}

/** @param {"stats" | "language"} does */
function buttonsThat(does) {
  return document.querySelectorAll(`[data-does='${does}']`);
}
