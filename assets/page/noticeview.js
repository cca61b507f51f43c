// Shows what noticeFor() decided, and says it to screen readers.

import { byId } from "./dom.js";
import { text } from "./text.js";

/** @typedef {import("./notice.js").Notice} Notice */
/** @typedef {import("./notice.js").Words} Words */

const TOAST_MS = 4000;

export class NoticeView {
  #notice = byId("notice", HTMLElement);
  #title = byId("notice-title", HTMLElement);
  #detail = byId("notice-detail", HTMLElement);
  #action = byId("notice-action", HTMLButtonElement);
  #toast = byId("toast", HTMLElement);
  /** @type {Notice["action"]} */
  #does = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(does: "retry" | "reload") => void} onAction */
  constructor(onAction) {
    this.#action.addEventListener("click", () => {
      if (this.#does) onAction(this.#does.does);
    });
  }

  /** @param {Notice | null} notice */
  show(notice) {
    const action = notice?.action ?? null;
    // The same words again would be read aloud again.
    setText(this.#title, wordsOf(notice?.title ?? null));
    setText(this.#detail, wordsOf(notice?.detail ?? null));
    this.#does = action;
    setText(this.#action, action ? text(action.key) : "");
    this.#action.hidden = action === null;
    this.#detail.hidden = this.#detail.textContent === "";
    this.#notice.dataset.shape = notice?.shape ?? "none";
    this.#notice.dataset.busy = notice?.busy ? "yes" : "no";
  }

  /**
   * A few words that go away by themselves.
   * @param {string} words
   * @param {number | null} seat whose colour they have
   */
  toast(words, seat) {
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

/** @param {Words | null} words */
function wordsOf(words) {
  if (words === null) return "";
  return "words" in words ? words.words : text(words.key, words.values);
}
