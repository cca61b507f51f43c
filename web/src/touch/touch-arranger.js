// Moving and resizing the touch controls: by finger, or with the arrow keys, plus and minus.

import { SCALES } from "../input/control-preferences.js";
import { text } from "../lang/text.js";
import { make } from "../ui/dom.js";
import { inside } from "./touch-geometry.js";

/** @typedef {import("./touch-controls.js").TouchControls} TouchControls */
/** @typedef {import("./touch-geometry.js").Placed} Placed */

const LARGER = 1.1;
/** One press of an arrow key, in pixels. */
const STEP = 8;

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const ARROWS = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };

export class TouchArranger {
  #root;
  #touch;
  #tools = make("div", "arrange-tools");
  #hint = make("p", "hint");
  /** The id of the part that is moved. @type {string | null} */
  #chosen = null;
  /** The finger that drags it, and where it holds it. @type {{pointer: number, dx: number, dy: number} | null} */
  #drag = null;
  /** Called when it ends. */
  onEnd = () => {};

  /**
   * @param {HTMLElement} root the area of the touch controls
   * @param {TouchControls} touch
   */
  constructor(root, touch) {
    this.#root = root;
    this.#touch = touch;
    this.#tools.setAttribute("role", "toolbar");
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    for (const sign of ["pointerup", "pointercancel", "lostpointercapture"]) {
      root.addEventListener(sign, () => {
        this.#drag = null;
      });
    }
    root.addEventListener("focusin", (event) => this.#choose(idOf(event.target)));
  }

  get open() {
    return this.#tools.isConnected;
  }

  start() {
    if (this.open) return;
    const tool = (/** @type {string} */ key, /** @type {() => void} */ does, /** @type {string} */ kind = "secondary") => {
      const button = make("button", kind, text(key));
      button.setAttribute("type", "button");
      button.addEventListener("click", does);
      return button;
    };
    this.#hint.textContent = text("arrange.hint");
    this.#tools.setAttribute("aria-label", text("arrange.title"));
    const done = tool("arrange.done", () => this.end(), "primary");
    this.#tools.replaceChildren(this.#hint,
      tool("arrange.smaller", () => this.#resize(1 / LARGER)), tool("arrange.larger", () => this.#resize(LARGER)),
      tool("arrange.reset", () => this.#touch.reset()), done);
    this.#root.before(this.#tools);
    document.documentElement.dataset.arrange = "yes";
    this.#touch.setArranging(true);
    for (const { part } of this.#touch.placed) {
      const element = this.#touch.elementOf(part.id);
      element?.setAttribute("tabindex", "0");
      element?.setAttribute("role", "button");
    }
    done.focus();
  }

  end() {
    if (!this.open) return;
    this.#tools.remove();
    this.#choose(null);
    this.#drag = null;
    delete document.documentElement.dataset.arrange;
    for (const { part } of this.#touch.placed) {
      const element = this.#touch.elementOf(part.id);
      element?.removeAttribute("tabindex");
      element?.setAttribute("role", "img");
    }
    this.#touch.setArranging(false);
    this.onEnd();
  }

  /**
   * A key went down.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for this
   */
  key(event) {
    const arrow = ARROWS[event.key];
    const chosen = idOf(event.target);
    if (event.key === "Escape") this.end();
    else if (chosen !== null && arrow) this.#moveBy(arrow[0], arrow[1]);
    else if (chosen !== null && (event.key === "+" || event.key === "=")) this.#resize(LARGER);
    else if (chosen !== null && event.key === "-") this.#resize(1 / LARGER);
    else return false;
    return true;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const id = idOf(event.target);
    if (!this.open || id === null || !(event.target instanceof Element)) return;
    event.preventDefault();
    this.#choose(id);
    const placed = this.#placed(id);
    if (!placed) return;
    this.#drag = { pointer: event.pointerId, dx: placed.x - event.clientX, dy: placed.y - event.clientY };
    event.target.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    const placed = this.#placed(this.#chosen);
    if (!drag || !placed || event.pointerId !== drag.pointer) return;
    this.#put({ ...placed, x: event.clientX + drag.dx, y: event.clientY + drag.dy });
  }

  /** @param {number} x @param {number} y */
  #moveBy(x, y) {
    const placed = this.#placed(this.#chosen);
    if (placed) this.#put({ ...placed, x: placed.x + x, y: placed.y + y });
  }

  /** @param {number} factor */
  #resize(factor) {
    const placed = this.#placed(this.#chosen);
    if (placed) this.#put(placed, factor);
  }

  /** @param {Placed} wanted @param {number} [factor] */
  #put(wanted, factor = 1) {
    const { area } = this.#touch;
    const scale = Math.max(SCALES.least, Math.min(SCALES.most, wanted.scale * factor));
    const { part, x, y } = inside({ ...wanted, unit: (wanted.unit / wanted.scale) * scale }, area);
    this.#touch.move(part.id, { x: x / area.width, y: y / area.height, scale });
  }

  /** @param {string | null} id @returns {Placed | undefined} */
  #placed(id) {
    return this.#touch.placed.find(({ part }) => part.id === id);
  }

  /** @param {string | null} id */
  #choose(id) {
    if (!this.open && id !== null) return;
    this.#chosen = id;
    for (const { part } of this.#touch.placed) this.#touch.elementOf(part.id)?.classList.toggle("chosen", part.id === id);
  }
}

/** @param {EventTarget | null} target @returns {string | null} the part it is in */
function idOf(target) {
  const part = target instanceof Element ? target.closest("[data-part]") : null;
  return part?.getAttribute("data-part") ?? null;
}
