// The panel with the keys, the gamepads, the name and the language.

import { byId, make, returnFocusAfterClick } from "./dom.js";
import { gamepadsAllowed } from "./gamepad.js";
import { KEYS } from "./keymap.js";
import { cleanName } from "./link.js";
import { BUTTON } from "./pad.js";
import { hasText, text } from "./text.js";

/** @typedef {import("./pad.js").Pad} Pad */

export class HelpPanel {
  #panel = byId("help", HTMLElement);
  #name = byId("help-name", HTMLInputElement);
  #close = byId("help-close", HTMLButtonElement);
  /** @type {string[]} */
  #gamepads = [];
  /** What is printed on the keys of this keyboard, where the browser tells. @type {Map<string, string>} */
  #printed = new Map();
  /** Called with whether it is open now and had the focus before. @type {(open: boolean, focused: boolean) => void} */
  onToggle = () => {};

  /** @param {(name: string) => void} onRename */
  constructor(onRename) {
    returnFocusAfterClick(this.#panel);
    this.#close.addEventListener("click", () => this.show(false));
    window.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open) this.show(false);
    });
    byId("help-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const name = cleanName(this.#name.value);
      if (name !== "") onRename(name);
      this.#name.blur();
    });
    void this.#readLayout();
  }

  get open() {
    return !this.#panel.hidden;
  }

  /** @param {boolean} open */
  show(open) {
    const focused = this.#panel.contains(document.activeElement);
    this.#panel.hidden = !open;
    this.onToggle(open, focused);
  }

  /** Opens it and moves the focus there. */
  showFocused() {
    this.show(true);
    this.#close.focus();
  }

  /** @param {string} name */
  setName(name) {
    if (document.activeElement !== this.#name) this.#name.value = name;
  }

  /** @param {string[]} names */
  setGamepads(names) {
    this.#gamepads = names;
    this.#fillGamepads();
  }

  /** Lights the keys of the buttons that are down. @param {Pad} pad */
  light(pad) {
    if (!this.open) return;
    for (const cap of this.#panel.querySelectorAll("[data-cap]")) {
      const name = cap.getAttribute("data-cap") ?? "";
      cap.classList.toggle("lit", (pad.buttons & (Object.hasOwn(BUTTON, name) ? BUTTON[/** @type {keyof typeof BUTTON} */ (name)] : 0)) !== 0);
    }
  }

  /** Writes the texts that index.html cannot name. */
  fill() {
    for (const [code, button] of Object.entries(KEYS)) {
      const cap = this.#panel.querySelector(`[data-cap="${button}"]`);
      const key = this.#keyName(code);
      const name = buttonName(button);
      // An arrow on a key says the direction already.
      const arrow = code.startsWith("Arrow");
      cap?.replaceChildren(make("kbd", "", key), ...(arrow ? [] : [make("span", "", name)]));
      cap?.setAttribute("aria-label", text("button.key", { button: name, key }));
    }
    this.#fillGamepads();
  }

  #fillGamepads() {
    const note = !gamepadsAllowed() ? "help.pads.insecure"
      : this.#gamepads.length > 0 ? "help.pads.many" : "help.pads.none";
    byId("help-pads-note", HTMLElement).textContent = text(note);
    byId("help-pads", HTMLElement).replaceChildren(
      ...this.#gamepads.map((name) => make("li", "", name.replace(/\s*\((STANDARD GAMEPAD )?Vendor:.*$/, ""))));
  }

  /** @param {string} code */
  #keyName(code) {
    if (hasText(`key.${code}`)) return text(`key.${code}`);
    return (this.#printed.get(code) ?? code.replace(/^Key/, "")).toUpperCase();
  }

  async #readLayout() {
    const keyboard = /** @type {{keyboard?: {getLayoutMap(): Promise<Map<string, string>>}}} */ (navigator).keyboard;
    try {
      this.#printed = await keyboard?.getLayoutMap() ?? this.#printed;
    } catch {
      return;
    }
    this.fill();
  }
}

/** @param {string} button */
function buttonName(button) {
  return hasText(`button.${button}`) ? text(`button.${button}`) : button;
}
