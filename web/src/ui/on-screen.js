// What the game wants people to read, over the picture: what happened, how something is, how far something is.

import { byId } from "./dom.js";

/** @typedef {import("../net/protocol.js").OnScreen} OnScreen */
/** @typedef {import("../net/protocol.js").ScreenNote} ScreenNote */
/** @typedef {import("../net/protocol.js").ScreenProgress} ScreenProgress */

const PLACES = /** @type {const} */ (["note", "progress", "status"]);

export class OnScreenView {
  #bar = byId("osd-bar", HTMLProgressElement);
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();

  /** Shows all of it, each text for its time; none is left of what was there before. @param {OnScreen | null} shown */
  show(shown) {
    for (const place of PLACES) this.#put(place, shown?.[place] ?? null);
    const percent = shown?.progress?.percent ?? null;
    // Without a value the browser shows that it cannot be said.
    if (percent === null) this.#bar.removeAttribute("value");
    else this.#bar.value = percent;
    byId("osd-note", HTMLElement).dataset.level = String(shown?.note?.level ?? 1);
  }

  /** @param {typeof PLACES[number]} place @param {ScreenNote | ScreenProgress | null} line */
  #put(place, line) {
    clearTimeout(this.#timers.get(place));
    const element = byId(`osd-${place}`, HTMLElement);
    const words = byId(`osd-${place}-text`, HTMLElement);
    element.hidden = line === null;
    // The same words are not read aloud again.
    if (words.textContent !== (line?.text ?? "")) words.textContent = line?.text ?? "";
    if (line) this.#timers.set(place, setTimeout(() => this.#put(place, null), line.ms));
  }
}
