// A panel that a button of the bar opens, and closes again.

import { byId, returnFocusAfterClick } from "./dom.js";

export class Panel {
  #panel;
  #button;
  #first;
  /** What had the focus before the keyboard opened the panel. @type {HTMLElement | null} */
  #opener = null;
  /** Called when it has opened or closed. @type {(open: boolean) => void} */
  onToggle = () => {};

  /**
   * @param {string} name the panel's id; its button is `NAME-toggle`, the one that closes it `NAME-close`
   * @param {HTMLElement} [first] what gets the focus when it is opened with the keyboard; the closing button otherwise
   */
  constructor(name, first) {
    this.#panel = byId(name, HTMLElement);
    this.#button = byId(`${name}-toggle`, HTMLButtonElement);
    const close = byId(`${name}-close`, HTMLButtonElement);
    this.#first = first ?? close;
    returnFocusAfterClick(this.#panel);
    this.#button.addEventListener("click", (event) => {
      if (this.open) this.show(false);
      // Opened with the keyboard, it is read with the keyboard.
      else if (event.detail === 0) this.showFocused();
      else this.show(true);
    });
    close.addEventListener("click", () => this.#leave());
    this.#panel.addEventListener("keydown", (event) => {
      // While a word is being composed, Escape is the input method's.
      if (event.key === "Escape" && !event.isComposing) this.#leave();
    });
  }

  get open() {
    return !this.#panel.hidden;
  }

  /** @param {boolean} open */
  show(open) {
    if (open === this.open) return;
    if (!open) this.#opener = null;
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    this.onToggle(open);
  }

  /** Opens it and moves the focus there. */
  showFocused() {
    const focused = document.activeElement;
    this.#opener = focused instanceof HTMLElement && focused !== document.body ? focused : null;
    this.show(true);
    this.#first.focus();
  }

  /** Closes it from within: the focus goes back to where it came from. */
  #leave() {
    const opener = this.#opener;
    this.#opener = null;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.show(false);
    opener?.focus();
  }
}
