// Asking for one control after the other, with steps back. Pure.

import { GROUPS } from "./retropad.js";

/** @typedef {import("./retropad.js").Control} Control */
/** @typedef {import("./gamepad-mapping.js").Binding} Binding */
/** @typedef {import("./gamepad-mapping.js").Part} Part */

/** What a gamepad has; turbo is mapped only on demand. @type {readonly Control[]} */
export const ASKED = Object.freeze([...GROUPS.directions, ...GROUPS.buttons, ...GROUPS.sticks]);

export class MappingSequence {
  #controls;
  #at = 0;
  /** null: skipped. @type {Map<Control, Part | null>} */
  #answers = new Map();

  /** @param {readonly Control[]} controls */
  constructor(controls) {
    this.#controls = controls;
  }

  /** What is asked for now; null at the end. */
  get current() {
    return this.#controls[this.#at] ?? null;
  }

  /** The place of the question, from 1, and how many there are. */
  get step() {
    return { n: Math.min(this.#at + 1, this.#controls.length), of: this.#controls.length };
  }

  get canGoBack() {
    return this.#at > 0;
  }

  /** @param {Part | null} part null: skip; the gamepad has no such thing */
  answer(part) {
    const control = this.current;
    if (control === null) return;
    this.#answers.set(control, part);
    this.#at += 1;
  }

  back() {
    if (!this.canGoBack) return;
    this.#at -= 1;
    const control = this.current;
    if (control !== null) this.#answers.delete(control);
  }

  /**
   * What was answered, over what was there before.
   * @param {Binding} before
   * @returns {Binding}
   */
  over(before) {
    const kept = before.filter(({ control }) => !this.#answers.has(control));
    const given = [...this.#answers].flatMap(([control, part]) => (part ? [{ control, part }] : []));
    return [...kept, ...given];
  }
}
