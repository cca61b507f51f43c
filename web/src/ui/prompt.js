// A question that is answered with a key or a gamepad: what is asked for, how far one has come, and ways out.

import { text } from "../lang/text.js";
import { make } from "./dom.js";

/** @typedef {{key: string, does: () => void, disabled?: boolean}} Choice */

export class Prompt {
  #dialog = /** @type {HTMLDialogElement} */ (make("dialog", "prompt"));
  #card = make("div", "prompt-card");
  #lead = make("p", "hint");
  #asked = make("p", "asked");
  #note = make("p", "hint");
  #choices = make("div", "choices");
  /** @type {() => void} */
  #onCancel = () => {};
  /** What had the focus before. @type {Element | null} */
  #before = null;

  constructor() {
    // Keys are an answer, so the focus is on none of the buttons until Tab goes there.
    this.#card.tabIndex = -1;
    this.#asked.id = "prompt-asked";
    this.#asked.setAttribute("aria-live", "assertive");
    this.#note.setAttribute("aria-live", "polite");
    this.#dialog.setAttribute("aria-labelledby", this.#asked.id);
    this.#card.append(this.#lead, this.#asked, this.#note);
    this.#dialog.append(this.#card, this.#choices);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#onCancel();
    });
    document.body.append(this.#dialog);
  }

  get open() {
    return this.#dialog.open;
  }

  /**
   * @param {{lead: string, asked: string, note: string, choices: readonly Choice[], onCancel: () => void}} question in the reader's language, but for the choices' keys
   */
  ask({ lead, asked, note, choices, onCancel }) {
    this.#onCancel = onCancel;
    this.#lead.textContent = lead;
    this.#asked.textContent = asked;
    this.say(note);
    const focused = this.#choices.contains(document.activeElement) ? document.activeElement?.getAttribute("data-choice") : null;
    this.#choices.replaceChildren(...choices.map(({ key, does, disabled = false }) => {
      const button = /** @type {HTMLButtonElement} */ (make("button", "secondary", text(key)));
      button.type = "button";
      button.disabled = disabled;
      button.dataset.choice = key;
      button.addEventListener("click", (event) => {
        does();
        // After a click the next key is an answer again; after a key the focus stays there.
        if (event.detail > 0 && this.open) this.#card.focus();
      });
      return button;
    }));
    if (!this.open) {
      this.#before = document.activeElement;
      this.#dialog.showModal();
      this.#card.focus();
    } else if (focused) {
      const again = this.#choices.querySelector(`[data-choice="${focused}"]:enabled`);
      (again instanceof HTMLElement ? again : this.#card).focus();
    }
  }

  /** Another note under the question. @param {string} note */
  say(note) {
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }

  /** Marks that something is pressed and has to be let go. @param {boolean} pressed */
  show(pressed) {
    this.#card.classList.toggle("lit", pressed);
  }

  close() {
    if (!this.open) return;
    this.#dialog.close();
    this.show(false);
    if (this.#before instanceof HTMLElement) this.#before.focus();
  }
}
