// From fingers on the touch screen to controls: where the parts are, and what is under a finger. Pure.

import { TURBO_ROW, UNITS } from "./touch-layouts.js";

/** @typedef {import("../input/retropad.js").Control} Control */
/** @typedef {import("../input/retropad.js").PressCollector} PressCollector */
/** @typedef {import("./touch-layouts.js").Item} Item */
/** @typedef {import("./touch-layouts.js").Orientation} Orientation */
/** @typedef {import("./touch-layouts.js").Part} Part */
/** @typedef {import("./touch-layouts.js").TouchLayout} TouchLayout */
/** @typedef {import("../input/control-preferences.js").Place} Place */
/** @typedef {{width: number, height: number}} Size */

/** A part on the page: its centre in pixels from the area's upper left corner, the pixels of a unit, and how much larger than usual that is. @typedef {Readonly<{part: Part, x: number, y: number, unit: number, scale: number}>} Placed */

const LARGEST_UNIT = 62;
/** The directions of a D-pad, up, right, down, left. @type {readonly Control[]} */
export const DIRECTIONS = ["UP", "RIGHT", "DOWN", "LEFT"];
/** The middle of a D-pad, where a finger rests without pressing; of its half width. */
const REST = 0.18;
/** cos(67.5 degrees): a direction reaches so far to both sides that diagonals are an eighth each. */
const REACH = 0.3827;
/** A finger between two buttons presses both when it is not nearer to one of them by more than this part of their distance. */
const BETWEEN = 0.3;
/** A button is felt a little beyond its edge, in its radius. */
const EDGE = 1.35;
/** How far a stick is pushed for all it has, of its half width. */
const PUSH = 0.6;

/**
 * How high the area below the picture is.
 * @param {readonly Part[]} parts
 * @param {TouchLayout} layout
 * @param {Size} page
 */
export function areaHeight(parts, layout, page) {
  return Math.round(Math.min(unitsUp(parts, layout) * Math.min(page.width / UNITS.portrait, LARGEST_UNIT), page.height * 0.56));
}

/** @param {readonly Part[]} parts @param {TouchLayout} layout */
function unitsUp(parts, layout) {
  return layout.tall + (parts.some(({ id }) => id === "turbo") ? TURBO_ROW : 0);
}

/**
 * @param {readonly Part[]} parts
 * @param {TouchLayout} layout
 * @param {Orientation} orientation
 * @param {Size} area
 * @param {Readonly<Record<string, Place>>} moved what the player arranged
 * @returns {Placed[]}
 */
export function place(parts, layout, orientation, area, moved) {
  const usual = orientation === "portrait"
    ? Math.min(area.width / UNITS.portrait, area.height / unitsUp(parts, layout), LARGEST_UNIT)
    : Math.min(area.width / UNITS.landscape, area.height / UNITS.landscapeUp, LARGEST_UNIT);
  return parts.map((part) => {
    const own = Object.hasOwn(moved, part.id) ? moved[part.id] : undefined;
    const scale = own?.scale ?? 1;
    const unit = usual * scale;
    if (own) return inside({ part, unit, scale, x: own.x * area.width, y: own.y * area.height }, area);
    const [from, x, y] = layout.spots[orientation][part.id] ?? ["middle", 0, layout.tall + TURBO_ROW / 2 - 0.05];
    const across = from === "left" ? x * unit : from === "right" ? area.width - x * unit : area.width / 2 + x * unit;
    return inside({ part, unit, scale, x: across, y: area.height - y * unit }, area);
  });
}

/** @param {Placed} placed @param {Size} area @returns {Placed} */
export function inside(placed, area) {
  const { part, unit } = placed;
  const clamp = (/** @type {number} */ at, /** @type {number} */ half, /** @type {number} */ most) =>
    (half * 2 >= most ? most / 2 : Math.max(half, Math.min(most - half, at)));
  return { ...placed, x: clamp(placed.x, (part.w * unit) / 2, area.width), y: clamp(placed.y, (part.h * unit) / 2, area.height) };
}

/**
 * The part a finger comes down on; those drawn later lie on top.
 * @param {readonly Placed[]} all
 * @param {number} x
 * @param {number} y
 * @returns {Placed | null}
 */
export function partAt(all, x, y) {
  let found = null;
  for (const it of all) {
    const { part, unit } = it;
    if (Math.abs(x - it.x) > (part.w * unit) / 2 + unit * 0.15 || Math.abs(y - it.y) > (part.h * unit) / 2 + unit * 0.15) continue;
    // The corners around a group of buttons are not part of it.
    if (part.kind === "keys" && itemsAt(part.items, (x - it.x) / unit, (y - it.y) / unit).length === 0) continue;
    found = it;
  }
  return found;
}

/**
 * What a finger presses that came down on `placed`. A stick starts where the finger came down, so
 * that it does not jump; a D-pad has its middle; fingers on buttons slide from one to the next.
 * @param {readonly Placed[]} all
 * @param {Placed} placed
 * @param {{x: number, y: number}} start
 * @param {number} x
 * @param {number} y
 * @param {PressCollector} presses
 */
export function pressUnder(all, placed, start, x, y, presses) {
  const { part, unit } = placed;
  if (part.kind === "dpad") {
    const half = (part.w * unit) / 2;
    for (const control of directionsAt((x - placed.x) / half, (y - placed.y) / half)) presses.press(control);
  } else if (part.kind === "stick") {
    const reach = ((part.w * unit) / 2) * PUSH;
    pressStick(part.side, (x - start.x) / reach, (y - start.y) / reach, presses);
  } else {
    const over = partAt(all.filter((it) => it.part.kind === "keys" || it.part.kind === "pill"), x, y);
    if (!over) return;
    for (const control of itemsAt(over.part.items, (x - over.x) / over.unit, (y - over.y) / over.unit, over.part.kind === "pill")) presses.press(control);
  }
}

/**
 * The directions under a finger: one, two on a diagonal, none in the middle.
 * @param {number} x -1 (left edge) to 1 (right edge); a finger may have slid outside
 * @param {number} y -1 (top edge) to 1 (bottom edge)
 * @returns {Control[]}
 */
export function directionsAt(x, y) {
  const length = Math.hypot(x, y);
  if (length < REST) return [];
  const ways = [-y, x, y, -x];
  return DIRECTIONS.filter((_, at) => (ways[at] ?? 0) / length > REACH);
}

/**
 * The buttons of a group under a finger: the nearest, and a second one when the finger is between two.
 * @param {readonly Item[]} items
 * @param {number} x in units from the middle of the group
 * @param {number} y
 * @param {boolean} [anywhere] the whole part is one button
 * @returns {Control[]}
 */
export function itemsAt(items, x, y, anywhere = false) {
  const near = items.map((item) => ({ item, far: Math.hypot(x - item.x, y - item.y) })).sort((a, b) => a.far - b.far);
  const [first, second] = near;
  if (!first) return [];
  if (anywhere) return [first.item.control];
  if (!second) return first.far <= first.item.r * EDGE ? [first.item.control] : [];
  const apart = Math.hypot(first.item.x - second.item.x, first.item.y - second.item.y);
  const both = second.far - first.far < apart * BETWEEN && first.far + second.far < apart * 1.35;
  if (both) return [first.item.control, second.item.control];
  return first.far <= first.item.r * EDGE ? [first.item.control] : [];
}

/** @param {"L" | "R"} side @param {number} x @param {number} y @param {PressCollector} presses */
function pressStick(side, x, y, presses) {
  const length = Math.max(1, Math.hypot(x, y));
  presses.press(`${side}X${x < 0 ? "-" : "+"}`, Math.abs(x) / length);
  presses.press(`${side}Y${y < 0 ? "-" : "+"}`, Math.abs(y) / length);
}
