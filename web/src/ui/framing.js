// How the picture is put on the page, as this browser remembers it: how large, of which shape, and what of its edges is not shown.

import { MOST_CROP } from "./picture-layout.js";
import { recall, remember } from "./storage.js";

export const SCALINGS = /** @type {const} */ (["sharp", "whole"]);
export const ASPECTS = /** @type {const} */ (["core", "square", "4:3", "television"]);
/** In the order in which they are remembered. */
export const EDGES = /** @type {const} */ (["top", "bottom", "left", "right"]);

/** @typedef {typeof SCALINGS[number]} Scaling as large as fits, or in whole rows of screen pixels */
/** @typedef {typeof ASPECTS[number]} Aspect */
/** Rows and columns of a console's usual picture, upright. @typedef {Record<typeof EDGES[number], number>} Crop */
/** @typedef {{scaling: Scaling, aspect: Aspect, crop: Crop}} Framing */

/** @returns {Framing} */
export function recallFraming() {
  const [scaling, aspect] = [recall("scaling"), recall("aspect")];
  return {
    scaling: SCALINGS.find((it) => it === scaling) ?? "sharp",
    aspect: ASPECTS.find((it) => it === aspect) ?? "core",
    crop: parseCrop(recall("crop") ?? ""),
  };
}

/** @param {Framing} framing */
export function rememberFraming({ scaling, aspect, crop }) {
  remember("scaling", scaling);
  remember("aspect", aspect);
  remember("crop", EDGES.map((edge) => crop[edge]).join(" "));
}

/** What is no such thing leaves nothing out. @param {string} words @returns {Crop} */
export function parseCrop(words) {
  const numbers = words.split(" ").map(Number);
  const fit = numbers.length === EDGES.length && numbers.every((number) => Number.isInteger(number) && number >= 0 && number <= MOST_CROP);
  const [top = 0, bottom = 0, left = 0, right = 0] = fit ? numbers : [];
  return { top, bottom, left, right };
}
