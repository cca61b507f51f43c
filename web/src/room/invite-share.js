// Passes an invite link on: by the clipboard, or the device's own way to share.

import { text } from "../lang/text.js";
import { byId } from "../ui/dom.js";

export class InviteShare {
  #box = byId("invite-box", HTMLElement);
  #link = byId("invite-link", HTMLInputElement);
  #note = byId("invite-note", HTMLElement);

  constructor() {
    byId("invite-copy", HTMLButtonElement).addEventListener("click", () => void this.#copy());
    const share = byId("invite-share", HTMLButtonElement);
    share.hidden = typeof navigator.share !== "function";
    // Closed without sharing is no error.
    share.addEventListener("click", () => void navigator.share({ title: "Hotseat", url: this.#link.value }).catch(() => {}));
    this.#link.addEventListener("focus", () => this.#link.select());
  }

  /** Shows a link and copies it, if that is allowed. @param {string} link */
  show(link) {
    this.#box.hidden = false;
    this.#link.value = link;
    void this.#copy();
  }

  hide() {
    this.#box.hidden = true;
    this.#link.value = "";
    this.#note.textContent = "";
  }

  async #copy() {
    const copied = await this.#byClipboard() || this.#bySelection();
    this.#note.textContent = text(copied ? "invite.copied" : "invite.by_hand");
  }

  async #byClipboard() {
    try {
      await navigator.clipboard.writeText(this.#link.value);
      return true;
    } catch {
      // Not a secure context, or the click that asked is too long ago.
      return false;
    }
  }

  /** The old way, which needs no secure context. The link stays selected, to be copied by hand. */
  #bySelection() {
    const focused = document.activeElement;
    this.#link.focus();
    this.#link.select();
    const copied = document.execCommand("copy");
    if (copied && focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}
