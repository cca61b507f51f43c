// The settings of the controls: dead zone, turbo, rumble, and those of the touch controls.

import { DEAD_ZONES, TURBO_RATES } from "../input/control-preferences.js";
import { canVibrate } from "../input/rumble.js";
import { text } from "../lang/text.js";
import { make } from "./dom.js";

/** @typedef {import("../input/local-input.js").LocalInput} LocalInput */
/** @typedef {import("../input/control-preferences.js").ControlPreferences} ControlPreferences */
/** @typedef {"rumble" | "haptics" | "touchTurbo" | "mirror"} Flag */

export class ControlSettings {
  #localInput;
  #root;
  /** Called when the player wants to arrange the touch controls. */
  onArrange = () => {};
  /** What brings the shown values up to date. @type {(() => void)[]} */
  #shows = [];

  /** @param {HTMLElement} root @param {LocalInput} localInput */
  constructor(root, localInput) {
    this.#root = root;
    this.#localInput = localInput;
  }

  /** Writes everything, in the language of the page. */
  fill() {
    this.#shows = [];
    const arrange = make("button", "secondary", text("arrange.title"));
    arrange.setAttribute("type", "button");
    arrange.addEventListener("click", () => this.onArrange());
    this.#shows.push(() => {
      arrange.hidden = !this.#localInput.touched;
    });
    this.#root.replaceChildren(
      this.#range("settings.turbo", "turboHz", { ...TURBO_RATES, step: 1 }, (n) => text("settings.turbo.value", { n })),
      this.#range("settings.dead_zone", "deadZone", { ...DEAD_ZONES, step: 0.01 }, (n) => `${Math.round(n * 100)} %`),
      this.#check("settings.mirror", "mirror", () => this.#localInput.stickFirst),
      this.#check("settings.rumble", "rumble", () => true),
      this.#check("settings.haptics", "haptics", () => canVibrate() && this.#localInput.touched),
      this.#check("settings.touch_turbo", "touchTurbo", () => this.#localInput.touched),
      arrange,
    );
    this.show();
  }

  /** Brings the shown values up to date. */
  show() {
    for (const show of this.#shows) show();
  }

  /**
   * @param {string} key the label's text
   * @param {"turboHz" | "deadZone"} pref
   * @param {{least: number, most: number, step: number}} range
   * @param {(value: number) => string} say
   */
  #range(key, pref, { least, most, step }, say) {
    const field = document.createElement("input");
    Object.assign(field, { type: "range", min: String(least), max: String(most), step: String(step) });
    const value = make("output", "");
    field.addEventListener("input", () => this.#localInput.setPreferences({ [pref]: Number(field.value) }));
    giveBackAfterPointer(field);
    this.#shows.push(() => {
      field.value = String(this.#localInput.preferences[pref]);
      value.textContent = say(this.#localInput.preferences[pref]);
      field.setAttribute("aria-valuetext", value.textContent);
    });
    const label = make("label", "setting range");
    label.append(make("span", "", text(key)), field, value);
    return label;
  }

  /** @param {string} key @param {Flag} pref @param {() => boolean} matters */
  #check(key, pref, matters) {
    const field = document.createElement("input");
    field.type = "checkbox";
    field.addEventListener("change", () => this.#localInput.setPreferences({ [pref]: field.checked }));
    giveBackAfterPointer(field);
    const label = make("label", "setting check");
    label.append(field, make("span", "", text(key)));
    this.#shows.push(() => {
      field.checked = this.#localInput.preferences[pref];
      label.hidden = !matters();
    });
    return label;
  }
}

/**
 * Gives the keyboard back to the game when a field was used with the pointer: while it has the focus,
 * keys are its own.
 * @param {HTMLElement} field
 */
export function giveBackAfterPointer(field) {
  let pointed = false;
  field.addEventListener("pointerdown", () => {
    pointed = true;
  });
  field.addEventListener("keydown", () => {
    pointed = false;
  });
  field.addEventListener("change", () => {
    if (pointed) field.blur();
  });
}
