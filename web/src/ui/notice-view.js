// Shows what noticeFor() decided, and says it to screen readers.

import { text } from "../lang/text.js";
import { byId, returnFocusAfterClick } from "./dom.js";

/** @typedef {import("./notice.js").Action} Action */
/** @typedef {import("./notice.js").ActionName} ActionName */
/** @typedef {import("./notice.js").Notice} Notice */
/** @typedef {import("./notice.js").TextRef} TextRef */

const TOAST_MS = 4000;

export class NoticeView {
  #notice = byId("notice", HTMLElement);
  #title = byId("notice-title", HTMLElement);
  #detail = byId("notice-detail", HTMLElement);
  #toast = byId("toast", HTMLElement);
  /** @type {{button: HTMLButtonElement, action: Action | null}[]} */
  #buttons = [
    { button: byId("notice-action", HTMLButtonElement), action: null },
    { button: byId("notice-second", HTMLButtonElement), action: null },
  ];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(name: ActionName) => void} onAction */
  constructor(onAction) {
    returnFocusAfterClick(this.#notice);
    for (const slot of this.#buttons) {
      slot.button.addEventListener("click", () => {
        if (slot.action) onAction(slot.action.name);
      });
    }
  }

  /** @param {Notice | null} notice */
  show(notice) {
    const actions = [notice?.action ?? null, notice?.second ?? null];
    // The same words again would be read aloud again.
    setText(this.#title, wordsOf(notice?.title ?? null));
    setText(this.#detail, wordsOf(notice?.detail ?? null));
    this.#buttons.forEach((slot, at) => {
      const action = actions[at] ?? null;
      slot.action = action;
      setText(slot.button, action ? text(action.key) : "");
      slot.button.hidden = action === null;
    });
    this.#detail.hidden = this.#detail.textContent === "";
    this.#notice.dataset.shape = notice?.shape ?? "none";
    this.#notice.dataset.busy = notice?.busy ? "yes" : "no";
  }

  /**
   * A few words that go away by themselves.
   * @param {string} words
   * @param {number | null} [seat] whose colour they have
   */
  toast(words, seat = null) {
    clearTimeout(this.#timer);
    this.#toast.textContent = words;
    this.#toast.dataset.player = seat === null ? "none" : String(seat);
    this.#toast.dataset.shown = "yes";
    this.#timer = setTimeout(() => {
      this.#toast.dataset.shown = "no";
    }, TOAST_MS);
  }
}

/** @param {HTMLElement} element @param {string} words */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** @param {TextRef | null} ref */
function wordsOf(ref) {
  if (ref === null) return "";
  const values = Object.entries(ref.values ?? {}).map(([name, value]) => [name, typeof value === "object" ? text(value.key) : value]);
  return text(ref.key, Object.fromEntries(values));
}
