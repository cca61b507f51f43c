// The card in front of the room: asks for a name, and for a code where there is no link.

import { hasText, text } from "../lang/text.js";
import { cleanCode, cleanName, CODE_DIGITS, secretIn } from "../net/invite-link.js";
import { byId } from "../ui/dom.js";

/** @typedef {{name: string, code: string | null}} Credentials */

export class JoinForm {
  #name = byId("name-field", HTMLInputElement);
  #nameProblem = byId("name-problem", HTMLElement);
  #code = byId("code-field", HTMLInputElement);
  #codeProblem = byId("code-problem", HTMLElement);
  #back = byId("join-back", HTMLButtonElement);
  #byCode = false;
  /** Of the text that says what is wrong with the code; empty: nothing. */
  #problem = "";
  /** Whether there is a room to go back to. */
  #hasRoom = false;

  /**
   * @param {(credentials: Credentials) => void} onEnter
   * @param {() => void} onBack back to the last room
   * @param {(secret: string, name: string) => void} onLink an invite link was pasted; the name may be empty
   */
  constructor(onEnter, onBack, onLink) {
    byId("name-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const credentials = this.#read();
      if (credentials) onEnter(credentials);
    });
    this.#code.addEventListener("input", () => {
      const { value } = this.#code;
      // An app on the home screen of an iPhone has no address to open a link at: here it can be pasted.
      const secret = secretIn(value);
      if (secret !== null) {
        onLink(secret, cleanName(this.#name.value));
        return;
      }
      const link = value.includes("://");
      if (link) this.#showProblem("code.incomplete");
      const code = link ? "" : cleanCode(value);
      if (value !== code) this.#code.value = code;
      if (code.length === CODE_DIGITS) this.#showProblem("");
    });
    this.#back.addEventListener("click", onBack);
  }

  /**
   * @param {{byCode: boolean, name: string, problem?: string, hasRoom?: boolean}} how `problem`: a key
   */
  show({ byCode, name, problem = "", hasRoom = false }) {
    this.#byCode = byCode;
    this.#hasRoom = hasRoom;
    if (this.#name.value === "") this.#name.value = name;
    if (problem !== "") this.#code.value = "";
    this.#problem = problem;
    this.fill();
  }

  /** Puts the cursor where something is to be typed. Only while the card is seen. */
  focus() {
    const field = this.#byCode && cleanCode(this.#code.value).length < CODE_DIGITS ? this.#code : this.#name;
    field.focus();
  }

  /** Writes the texts that depend on how one comes in. */
  fill() {
    byId("code-part", HTMLElement).hidden = !this.#byCode;
    this.#back.hidden = !this.#byCode || !this.#hasRoom;
    byId("name-title", HTMLElement).textContent = text(this.#byCode ? "code.title" : "name.title");
    byId("name-lead", HTMLElement).textContent = text(this.#byCode ? "code.lead" : "name.lead");
    this.#showProblem(this.#problem);
  }

  /** @returns {Credentials | null} null: something is missing, and said */
  #read() {
    const name = cleanName(this.#name.value);
    const code = this.#byCode ? cleanCode(this.#code.value) : null;
    this.#showProblem(code !== null && code.length < CODE_DIGITS ? "code.needed" : "");
    this.#nameProblem.textContent = name === "" ? text("name.needed") : "";
    this.#name.setAttribute("aria-invalid", String(name === ""));
    if (this.#problem !== "") this.#code.focus();
    else if (name === "") this.#name.focus();
    else {
      this.#code.blur();
      this.#name.blur();
      return { name, code };
    }
    return null;
  }

  /** @param {string} key */
  #showProblem(key) {
    this.#problem = key;
    this.#codeProblem.textContent = key !== "" && hasText(key) ? text(key) : "";
    this.#code.setAttribute("aria-invalid", String(key !== ""));
  }
}
