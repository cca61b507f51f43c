// Reactions that float over the picture.

import { byId, make, makeForeign } from "../ui/dom.js";

/** @typedef {import("../net/protocol.js").Reaction} Reaction */

/** As long as the animation in room.css. */
const SHOWN_MS = 2600;
/** More at once are only noise, and work for a phone. */
const MOST = 16;

export class Reactions {
  #layer = byId("reactions", HTMLElement);
  #count = 0;

  /** @param {Reaction} reaction @param {number | null} seat of the sender */
  show({ emoji, name }, seat) {
    if (this.#layer.childElementCount >= MOST) this.#layer.firstElementChild?.remove();
    const float = make("div", "float");
    float.dataset.player = seat === null ? "none" : String(seat);
    float.append(make("span", "emoji", emoji), makeForeign("name", name));
    // Side by side in turn, so that several at once can be told apart.
    float.style.insetInlineStart = `${8 + ((this.#count * 29) % 78)}%`;
    this.#count += 1;
    this.#layer.append(float);
    setTimeout(() => float.remove(), SHOWN_MS);
  }
}
