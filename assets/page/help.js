// The panel with the controls, the name and the language.

import { ControlsPanel } from "./controlspanel.js";
import { byId, returnFocusAfterClick } from "./dom.js";
import { cleanName } from "./link.js";

/** @typedef {import("./hands.js").Hands} Hands */

export class HelpPanel {
  #panel = byId("help", HTMLElement);
  #name = byId("help-name", HTMLInputElement);
  #close = byId("help-close", HTMLButtonElement);
  #controls;
  /** Called with whether it is open now and had the focus before. @type {(open: boolean, focused: boolean) => void} */
  onToggle = () => {};

  /**
   * @param {(name: string) => void} onRename
   * @param {Hands} hands
   */
  constructor(onRename, hands) {
    this.#controls = new ControlsPanel(byId("controls", HTMLElement), hands);
    this.#controls.onMakeWay = () => this.show(false);
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
  }

  get open() {
    return !this.#panel.hidden;
  }

  /** @param {boolean} open */
  show(open) {
    const focused = this.#panel.contains(document.activeElement);
    this.#panel.hidden = !open;
    this.#controls.setOpen(open);
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

  /** Writes the texts that index.html cannot name. */
  fill() {
    if (this.open) this.#controls.fill();
  }
}
