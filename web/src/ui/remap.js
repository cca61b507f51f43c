// Giving a control another key, or another part of a gamepad: asks, listens, and stores the answer.

import { GamepadCapture } from "../input/gamepad-capture.js";
import { isBindable, withKey } from "../input/keyboard-mapping.js";
import { ASKED, MappingSequence } from "../input/mapping-sequence.js";
import { text } from "../lang/text.js";
import { Prompt } from "./prompt.js";

/** @typedef {import("../input/gamepads.js").GamepadInfo} GamepadInfo */
/** @typedef {import("../input/local-input.js").LocalInput} LocalInput */
/** @typedef {import("../input/retropad.js").Control} Control */

export class Remap {
  #localInput;
  #nameOf;
  #prompt = new Prompt();
  /** The gamepad that is asked. @type {GamepadInfo | null} */
  #pad = null;

  /**
   * @param {LocalInput} localInput
   * @param {(control: Control) => string} nameOf what a control is called
   */
  constructor(localInput, nameOf) {
    this.#localInput = localInput;
    this.#nameOf = nameOf;
  }

  /** @param {number} at the layout @param {Control} control */
  key(at, control) {
    const give = (/** @type {string | null} */ code) => {
      this.#end();
      this.#localInput.setLayout(at, withKey(this.#localInput.layouts[at] ?? {}, control, code));
    };
    // Shift may be an answer, or the beginning of Shift+Tab.
    let shift = "";
    this.#localInput.grabKeys((event) => {
      const { code, type } = event;
      if (type === "keyup") {
        if (shift === "" || code !== shift) return false;
        give(code);
        return true;
      }
      shift = "";
      if (code === "Escape") this.#end();
      else if (movesAround(event)) return false;
      else if (event.repeat) return true;
      else if (code.startsWith("Shift")) shift = code;
      else if (isBindable(code) && !event.ctrlKey && !event.altKey && !event.metaKey) give(code);
      else this.#prompt.say(text("remap.reserved"));
      return true;
    });
    this.#prompt.ask({
      lead: text("remap.press.key"), asked: this.#nameOf(control), note: text("remap.leave"), onCancel: () => this.#end(),
      choices: [{ key: "remap.remove", does: () => give(null) }, { key: "remap.cancel", does: () => this.#end() }],
    });
  }

  /** @param {GamepadInfo} pad @param {readonly Control[]} [controls] asked for one after the other; all of them if left out */
  gamepad(pad, controls = ASKED) {
    this.#pad = pad;
    const before = this.#localInput.bindingOf(pad.index);
    const sequence = new MappingSequence(controls);
    let capture = captureFor(sequence.current);
    const save = () => {
      this.#end();
      this.#localInput.setBinding(pad, sequence.over(before));
    };
    const next = () => {
      if (sequence.current === null) save();
      else {
        capture = captureFor(sequence.current);
        ask();
      }
    };
    const ask = () => {
      const control = sequence.current;
      if (control === null) return;
      const many = controls.length > 1;
      this.#prompt.show(false);
      this.#prompt.ask({
        lead: text("remap.press.pad"), asked: this.#nameOf(control),
        note: many ? text("remap.step", sequence.step) : text("remap.leave"),
        onCancel: () => this.#end(),
        choices: [
          ...(many ? [{ key: "remap.back", disabled: !sequence.canGoBack, does: () => { sequence.back(); next(); } }] : []),
          { key: many ? "remap.skip" : "remap.remove", does: () => { sequence.answer(null); next(); } },
          ...(many ? [{ key: "remap.finish", disabled: !sequence.canGoBack, does: save }] : []),
          { key: "remap.cancel", does: () => this.#end() },
        ],
      });
    };
    this.#localInput.watchGamepads((raw) => {
      if (raw.index !== pad.index) return;
      const part = capture.feed(raw, performance.now());
      this.#prompt.show(capture.pressed);
      if (!part) return;
      sequence.answer(part);
      next();
    });
    // The keys do not play either, but for those that move around in the dialog.
    this.#localInput.grabKeys((event) => {
      if (event.type !== "keydown" || movesAround(event) || event.ctrlKey || event.altKey || event.metaKey) return false;
      if (event.code === "Escape") this.#end();
      return true;
    });
    ask();
  }

  /** The devices have changed: a gamepad that is gone answers no more. */
  check() {
    const pad = this.#pad;
    if (pad && !this.#localInput.devices.some((device) => device.kind === "pad" && device.key === pad.key)) this.#end();
  }

  #end() {
    this.#pad = null;
    this.#localInput.grabKeys(null);
    this.#localInput.watchGamepads(null);
    this.#prompt.close();
  }
}

/** Whether a key goes from one of the dialog's buttons to the next, or presses one. @param {KeyboardEvent} event */
function movesAround({ code, target }) {
  const onButton = target instanceof Element && target.closest("button") !== null;
  return code === "Tab" || (onButton && (code === "Enter" || code === "Space"));
}

/** @param {Control | null} control */
function captureFor(control) {
  return new GamepadCapture(control !== null && /^[LR][XY]/.test(control));
}
