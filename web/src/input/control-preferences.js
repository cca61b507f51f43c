// What a player has set about the controls. What was stored is checked: it may be from another version.

import { recall, remember } from "../ui/storage.js";
import { bindingTexts, DEAD_ZONE, readBinding } from "./gamepad-mapping.js";
import { LAYOUTS, readLayout } from "./keyboard-mapping.js";
import { TURBO_HZ } from "./turbo.js";

/** @typedef {import("./keyboard-mapping.js").KeyboardLayout} KeyboardLayout */
/** @typedef {import("./gamepad-mapping.js").Binding} Binding */

/**
 * @typedef {object} ControlPreferences
 * @property {number} deadZone of sticks, 0 to 0.5
 * @property {number} turboHz presses in a second
 * @property {boolean} rumble
 * @property {boolean} haptics a short shake under the finger
 * @property {boolean} touchTurbo turbo buttons on the touch screen
 * @property {boolean} mirror the directions move the left stick too, where the system is played with it
 */

/** @type {Readonly<ControlPreferences>} */
const DEFAULTS = Object.freeze({ deadZone: DEAD_ZONE, turboHz: TURBO_HZ, rumble: true, haptics: true, touchTurbo: false, mirror: true });

export const DEAD_ZONES = Object.freeze({ least: 0, most: 0.5 });
export const TURBO_RATES = Object.freeze({ least: 4, most: 30 });

/** @returns {ControlPreferences} */
export function recallPreferences() {
  const stored = table("hands");
  const flag = (/** @type {"rumble" | "haptics" | "touchTurbo" | "mirror"} */ key) =>
    (typeof stored[key] === "boolean" ? stored[key] : DEFAULTS[key]);
  return {
    deadZone: within(stored.deadZone, DEAD_ZONES, DEFAULTS.deadZone),
    turboHz: within(stored.turboHz, TURBO_RATES, DEFAULTS.turboHz),
    rumble: flag("rumble"), haptics: flag("haptics"), touchTurbo: flag("touchTurbo"), mirror: flag("mirror"),
  };
}

/** @param {ControlPreferences} prefs */
export function rememberPreferences(prefs) {
  remember("hands", JSON.stringify(prefs));
}

/** @returns {KeyboardLayout[]} */
export function recallLayouts() {
  const stored = table("keys");
  return LAYOUTS.map((layout, at) => readLayout(stored[at]) ?? layout);
}

/**
 * @param {number} at
 * @param {KeyboardLayout | null} layout null: as it was in the beginning
 */
export function rememberLayout(at, layout) {
  const { [at]: _, ...others } = table("keys");
  remember("keys", JSON.stringify(layout ? { ...others, [at]: layout } : others));
}

/**
 * What the player mapped for gamepads of an id.
 * @param {string} id
 * @returns {Binding | undefined}
 */
export function recallBinding(id) {
  const stored = table("pads");
  return Object.hasOwn(stored, id) ? readBinding(stored[id]) : undefined;
}

/**
 * @param {string} id
 * @param {Binding | null} binding null: as it was in the beginning
 */
export function rememberBinding(id, binding) {
  const { [id]: _, ...others } = table("pads");
  remember("pads", JSON.stringify(binding ? { ...others, [id]: bindingTexts(binding) } : others));
}

/** Where a part of the touch controls is, in parts of the area, and how much larger than usual. @typedef {Readonly<{x: number, y: number, scale: number}>} Place */

export const SCALES = Object.freeze({ least: 0.5, most: 2 });

/**
 * The parts that were moved.
 * @param {string} key system and orientation
 * @returns {Record<string, Place>}
 */
export function recallPlaces(key) {
  const stored = table("glass");
  const places = asTable(Object.hasOwn(stored, key) ? stored[key] : null);
  /** @type {Record<string, Place>} */
  const checked = {};
  for (const [id, value] of Object.entries(places)) {
    const { x, y, scale } = asTable(value);
    if (typeof x === "number" && typeof y === "number") {
      checked[id] = { x: within(x, { least: 0, most: 1 }, 0.5), y: within(y, { least: 0, most: 1 }, 0.5), scale: within(scale, SCALES, 1) };
    }
  }
  return checked;
}

/**
 * @param {string} key
 * @param {Readonly<Record<string, Place>> | null} places null: all where they were in the beginning
 */
export function rememberPlaces(key, places) {
  const { [key]: _, ...others } = table("glass");
  remember("glass", JSON.stringify(places ? { ...others, [key]: places } : others));
}

/** @param {"hands" | "keys" | "pads" | "glass"} key @returns {Record<string, unknown>} */
function table(key) {
  try {
    return asTable(JSON.parse(recall(key) ?? "{}"));
  } catch {
    return {};
  }
}

/** @param {unknown} value @returns {Record<string, unknown>} */
function asTable(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? /** @type {Record<string, unknown>} */ (value) : {};
}

/** @param {unknown} value @param {{least: number, most: number}} range @param {number} otherwise */
function within(value, { least, most }, otherwise) {
  return typeof value === "number" && value >= least && value <= most ? value : otherwise;
}
