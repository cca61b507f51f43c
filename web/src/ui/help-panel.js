// The panel with the controls, the name and the language.

import { cleanName } from "../net/invite-link.js";
import { ControlsPanel } from "./controls-panel.js";
import { byId } from "./dom.js";
import { Panel } from "./panel.js";

/** @typedef {import("../input/local-input.js").LocalInput} LocalInput */

export class HelpPanel {
  #panel = new Panel("help");
  #name = byId("help-name", HTMLInputElement);
  #controls;
  /** Called when it has opened or closed. @type {(open: boolean) => void} */
  onToggle = () => {};

  /**
   * @param {(name: string) => void} onRename
   * @param {LocalInput} localInput
   */
  constructor(onRename, localInput) {
    this.#controls = new ControlsPanel(byId("controls", HTMLElement), localInput);
    this.#controls.onMakeWay = () => this.show(false);
    this.#panel.onToggle = (open) => {
      this.#controls.setOpen(open);
      this.onToggle(open);
    };
    // Also while the game has the focus: it is read beside the game.
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
    return this.#panel.open;
  }

  /** @param {boolean} open */
  show(open) {
    this.#panel.show(open);
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
