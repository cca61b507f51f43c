// The controls: which device plays which seat, what each control is called in the game, and which key or button it is.

import { partName } from "../input/gamepad-part-names.js";
import { gamepadsAllowed } from "../input/gamepads.js";
import { keyName, readKeyNames } from "../input/key-names.js";
import { conflicts } from "../input/keyboard-mapping.js";
import { GROUPS, isHeld, NOTHING_HELD } from "../input/retropad.js";
import { hasText, text } from "../lang/text.js";
import { securePage } from "../net/secure-link.js";
import { ControlSettings, giveBackAfterPointer } from "./control-settings.js";
import { make, makeLink } from "./dom.js";
import { Remap } from "./remap.js";

/** @typedef {import("../input/local-input.js").Device} Device */
/** @typedef {import("../input/local-input.js").LocalInput} LocalInput */
/** @typedef {import("../input/retropad.js").Control} Control */
/** @typedef {import("../input/retropad.js").HeldControls} HeldControls */

/** @type {Readonly<Record<string, string>>} */
const TITLES = { directions: "controls.directions", buttons: "controls.buttons", sticks: "controls.sticks", turbo: "controls.turbo" };

export class ControlsPanel {
  #localInput;
  #devices = make("ul", "devices");
  #note = make("p", "hint");
  #tools = make("div", "device-tools");
  #warning = make("p", "warning");
  #list = make("div", "control-list");
  #hint = make("p", "hint");
  #settings;
  #settingsBox = make("div", "settings");
  #remap;
  /** The device whose controls are listed. */
  #chosen = "keys0";
  /** What the chosen device holds. @type {HeldControls} */
  #held = NOTHING_HELD;
  #open = false;
  #root;
  /** Called when the panel has to make way for something on the page below. @type {() => void} */
  onMakeWay = () => {};

  /** @param {HTMLElement} root @param {LocalInput} localInput */
  constructor(root, localInput) {
    this.#localInput = localInput;
    this.#remap = new Remap(localInput, (control) => this.#fullName(control));
    this.#root = root;
    this.#settings = new ControlSettings(this.#settingsBox, localInput);
    this.#settings.onArrange = () => {
      this.onMakeWay();
      localInput.arrangeTouch(() => {});
    };
    this.#warning.setAttribute("role", "status");
    root.append(this.#devices, this.#note, this.#hint, this.#list, this.#warning, this.#tools, this.#settingsBox);
    localInput.onChange = () => this.#changed();
    localInput.onHeld = (device, held) => {
      if (device !== this.#chosen) return;
      this.#held = held;
      if (this.#open) this.#showHeld();
    };
    void readKeyNames().then((told) => {
      if (told) this.#changed();
    });
  }

  /** @param {boolean} open */
  setOpen(open) {
    this.#open = open;
    if (!open) return;
    // A player on a touch screen has no use for a list of keys.
    if (this.#localInput.touched) this.#root.prepend(this.#settingsBox);
    else this.#root.append(this.#settingsBox);
    this.fill();
  }

  /** Writes everything, in the language of the page. */
  fill() {
    this.#settings.fill();
    this.#show();
  }

  #changed() {
    this.#remap.check();
    if (!this.#open) return;
    this.#settings.show();
    this.#show();
  }

  #show() {
    const { devices } = this.#localInput;
    const chosen = devices.find(({ key }) => key === this.#chosen) ?? devices[0];
    if (!chosen) return;
    if (chosen.key !== this.#chosen) this.#choose(chosen);
    // Everything is made anew; the focus stays on its button.
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    this.#devices.replaceChildren(...devices.map((device) => this.#device(device, device.key === chosen.key)));
    this.#note.textContent = noteOf(devices);
    this.#note.hidden = this.#note.textContent === "";
    const how = securePage(location.href, window.isSecureContext);
    if (how !== null) this.#note.append(" ", makeLink(how, text("help.pads.how")));
    this.#hint.textContent = text(chosen.kind === "keys" ? "controls.hint.keys" : "controls.hint.pad");
    this.#tools.replaceChildren(...this.#toolsFor(chosen));
    this.#list.replaceChildren(...Object.entries(GROUPS).map(([group, controls]) => this.#group(group, controls, chosen)));
    const warning = this.#conflictWords();
    if (this.#warning.textContent !== warning) this.#warning.textContent = warning;
    if (focused) this.#find(focused)?.focus();
    this.#showHeld();
  }

  /** @param {string} focus @returns {HTMLElement | null} */
  #find(focus) {
    for (const part of [this.#devices, this.#tools, this.#list]) {
      for (const element of part.querySelectorAll("[data-focus]")) {
        if (element instanceof HTMLElement && element.dataset.focus === focus) return element;
      }
    }
    return null;
  }

  /** @param {Device} device */
  #choose(device) {
    this.#chosen = device.key;
    this.#held = NOTHING_HELD;
  }

  /** @param {Device} device @param {boolean} chosen */
  #device(device, chosen) {
    const line = make("li", "device");
    const name = this.#button("device-name", device.name, `device ${device.key}`, () => {
      this.#choose(device);
      this.#show();
    });
    name.setAttribute("aria-pressed", String(chosen));
    line.append(name);
    const { seats } = this.#localInput;
    if (seats.length > 0) {
      const select = document.createElement("select");
      select.setAttribute("aria-label", text("device.plays", { name: device.name }));
      select.dataset.focus = `seat ${device.key}`;
      for (const seat of seats) select.append(new Option(text("device.seat", { n: seat + 1 }), String(seat), false, device.seat === seat));
      select.append(new Option(text("device.unused"), "none", false, device.seat === null));
      giveBackAfterPointer(select);
      select.addEventListener("change", () => this.#localInput.setSeat(device.key, select.value === "none" ? "none" : Number(select.value)));
      line.dataset.player = device.seat === null ? "none" : String(device.seat);
      line.append(select);
    }
    return line;
  }

  /** @param {Device} device @returns {HTMLElement[]} */
  #toolsFor(device) {
    if (device.kind === "keys") return [this.#button("secondary", text("remap.reset"), "reset", () => this.#localInput.setLayout(device.layout, null))];
    const setUp = this.#button(this.#isUnmapped(device) ? "primary" : "secondary", text("remap.all"), "all", () => this.#remap.gamepad(device.pad));
    const reset = this.#button("secondary", text("remap.reset"), "reset", () => this.#localInput.setBinding(device.pad, null));
    return this.#localInput.isMapped(device.pad) ? [setUp, reset] : [setUp];
  }

  /** Whether it is unknown where the buttons of a gamepad lie. @param {Device} device */
  #isUnmapped(device) {
    return device.kind === "pad" && !device.pad.standard && !this.#localInput.isMapped(device.pad);
  }

  /** @param {string} group @param {readonly Control[]} controls @param {Device} device */
  #group(group, controls, device) {
    const section = make("section", "control-group");
    const title = make("h3", "", text(TITLES[group] ?? ""));
    section.setAttribute("aria-label", title.textContent ?? "");
    const list = make("ul", "");
    const twice = conflicts(this.#usedLayouts());
    for (const control of controls) {
      const line = make("li", "");
      const words = this.#inputWords(control, device);
      const name = this.#name(control);
      const button = this.#button("control", "", `control ${control}`, () => {
        if (device.kind === "keys") this.#remap.key(device.layout, control);
        else this.#remap.gamepad(device.pad, [control]);
      });
      button.dataset.cap = control;
      const code = device.kind === "keys" ? this.#localInput.layouts[device.layout]?.[control] : undefined;
      button.classList.toggle("twice", code !== undefined && twice.has(code));
      const names = make("span", "names", name.own || name.usual);
      // Beside the game's word, what is printed on most gamepads.
      if (name.own !== "" && name.own !== name.usual) names.append(" ", make("small", "", name.usual));
      button.append(make("kbd", words === "" ? "none" : "", words === "" ? "–" : words), " ", names);
      // Said after what is seen, so that what is read aloud begins like it.
      button.append(" ", make("span", "unseen", text(words === "" ? "control.none" : "control.is")));
      line.append(button);
      list.append(line);
    }
    section.append(title, list);
    return section;
  }

  /** What is pressed for a control, or empty. @param {Control} control @param {Device} device */
  #inputWords(control, device) {
    if (device.kind === "keys") {
      const code = this.#localInput.layouts[device.layout]?.[control];
      return code === undefined ? "" : keyName(code);
    }
    const parts = this.#localInput.bindingOf(device.pad.index).filter((it) => it.control === control);
    return parts.map(({ part }) => partName(part, device.pad.standard)).join(", ");
  }

  /** @param {Control} control */
  #name(control) {
    const seat = this.#localInput.devices.find(({ key }) => key === this.#chosen)?.seat ?? null;
    const own = this.#localInput.nameOf(control, seat);
    const usual = hasText(`button.${control}`) ? text(`button.${control}`) : control;
    // A stick's name is that of its axis: the direction has to stay.
    return { own: /^[LR][XY]/.test(control) && own !== "" ? `${own} ${usual.slice(-1)}` : control.startsWith("TURBO_") && own !== "" ? text("controls.turbo_of", { name: own }) : own, usual };
  }

  /** @param {Control} control */
  #fullName(control) {
    const { own, usual } = this.#name(control);
    return own === "" || own === usual ? usual : `${own} (${usual})`;
  }

  #usedLayouts() {
    const { devices, layouts, seats } = this.#localInput;
    // Without a seat the first layout is shown as if it were used.
    return layouts.filter((_, at) => devices.some((device) =>
      device.kind === "keys" && device.layout === at && (device.seat !== null || (seats.length === 0 && at === 0) || device.key === this.#chosen)));
  }

  #conflictWords() {
    return [...conflicts(this.#usedLayouts())].map(([code, uses]) =>
      text("controls.twice", { key: keyName(code), controls: uses.map(({ control }) => this.#fullName(control)).join(", ") })).join(" ");
  }

  #showHeld() {
    for (const cap of this.#list.querySelectorAll("[data-cap]")) {
      cap.classList.toggle("lit", isHeld(/** @type {Control} */ (cap.getAttribute("data-cap")), this.#held));
    }
  }

  /** @param {string} className @param {string} words @param {string} focus @param {() => void} does */
  #button(className, words, focus, does) {
    const button = make("button", className, words);
    button.setAttribute("type", "button");
    button.dataset.focus = focus;
    button.addEventListener("click", does);
    return button;
  }
}

/** @param {readonly Device[]} devices */
function noteOf(devices) {
  if (!gamepadsAllowed()) return text("help.pads.insecure");
  if (!devices.some(({ kind }) => kind === "pad")) return text("help.pads.none");
  const strange = devices.find((device) => device.kind === "pad" && !device.pad.standard);
  return strange ? text("help.pads.strange", { name: strange.name }) : "";
}
