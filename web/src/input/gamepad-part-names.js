// What the parts of a gamepad are called.

import { text } from "../lang/text.js";

/** @typedef {import("./gamepad-mapping.js").Part} Part */

/** The standard mapping's buttons, as the two families of gamepads print them. */
const STANDARD = ["A / ✕", "B / ○", "X / □", "Y / △", "LB / L1", "RB / R1", "LT / L2", "RT / R2", "Back", "Start", "LS / L3", "RS / R3", "✚ ↑", "✚ ↓", "✚ ←", "✚ →"];
/** The standard mapping's axes, minus and plus. */
const STICKS = [["L ←", "L →"], ["L ↑", "L ↓"], ["R ←", "R →"], ["R ↑", "R ↓"]];
const PLACES = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"];

/**
 * @param {Part} part
 * @param {boolean} standard whether the browser knows where the parts lie
 */
export function partName(part, standard) {
  switch (part.kind) {
    case "button":
      return (standard ? STANDARD[part.at] : undefined) ?? text("part.button", { n: part.at + 1 });
    case "axis": {
      const plus = part.full > part.rest;
      return (standard && part.rest === 0 ? STICKS[part.at]?.[plus ? 1 : 0] : undefined) ?? text("part.axis", { n: part.at + 1, way: plus ? "+" : "−" });
    }
    case "hat":
      return text("part.hat", { way: PLACES[part.place] ?? "" });
  }
}
