// Of the settings: how large the picture is, its shape, and what of its edges is not shown.

import { text } from "../lang/text.js";
import { giveBackAfterPointer } from "./control-settings.js";
import { byId, make } from "./dom.js";
import { ASPECTS, EDGES, rememberFraming, SCALINGS } from "./framing.js";
import { MOST_CROP } from "./picture-layout.js";

/** @typedef {import("./framing.js").Framing} Framing */

/** @type {Readonly<Record<string, string>>} */
const NAMES = {
  sharp: "framing.sharp",
  whole: "framing.whole",
  core: "framing.core",
  square: "framing.square",
  "4:3": "framing.4:3",
  television: "framing.television",
  top: "framing.top",
  bottom: "framing.bottom",
  left: "framing.left",
  right: "framing.right",
};

/**
 * @param {import("./picture-view.js").PictureView} view
 * @returns {() => void} names everything in the present language
 */
export function attachFraming(view) {
  const change = (/** @type {Partial<Framing>} */ part) => {
    view.framing = { ...view.framing, ...part };
    rememberFraming(view.framing);
  };
  const scaling = choice("scaling-choice", SCALINGS, view.framing.scaling, (value) => change({ scaling: value }));
  const aspect = choice("aspect-choice", ASPECTS, view.framing.aspect, (value) => change({ aspect: value }));
  const edges = EDGES.map((edge) => {
    const label = make("label", "setting range");
    const name = make("span", "");
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: "0", max: String(MOST_CROP), step: "1" });
    slider.value = String(view.framing.crop[edge]);
    const value = make("output", "");
    const show = () => {
      value.textContent = text("framing.pixels", { n: Number(slider.value) });
      slider.setAttribute("aria-valuetext", value.textContent);
    };
    slider.addEventListener("input", () => {
      change({ crop: { ...view.framing.crop, [edge]: Number(slider.value) } });
      show();
    });
    giveBackAfterPointer(slider);
    label.append(name, slider, value);
    byId("crop-edges", HTMLElement).append(label);
    return () => {
      name.textContent = text(NAMES[edge] ?? "");
      show();
    };
  });
  return () => {
    for (const select of [scaling, aspect]) for (const option of select.options) option.textContent = text(NAMES[option.value] ?? "");
    for (const fill of edges) fill();
  };
}

/**
 * @template {string} T
 * @param {string} id
 * @param {readonly T[]} values
 * @param {T} value
 * @param {(value: T) => void} onChange
 */
function choice(id, values, value, onChange) {
  const select = byId(id, HTMLSelectElement);
  select.append(...values.map((it) => new Option("", it)));
  select.value = value;
  giveBackAfterPointer(select);
  select.addEventListener("change", () => onChange(values.find((it) => it === select.value) ?? value));
  return select;
}
