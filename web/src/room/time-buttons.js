// What a guest who may do so does with time: rewind while a button is held, make the game fast or slow until the button is
// pressed again, go on by one frame while it is paused.

import { text } from "../lang/text.js";
import { byId } from "../ui/dom.js";

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").Flow} Flow */
/** @typedef {import("../net/protocol.js").GameCommand} GameCommand */

/** After so long the host is asked again to let go, in milliseconds, where the page had asked too much. */
const AGAIN_MS = 200;

/** What asks for each way through time. @type {Readonly<Record<Flow, "normal" | "fast" | "slow" | "rewind">>} */
const VERBS = Object.freeze({ normal: "normal", fast_forward: "fast", slow_motion: "slow", rewind: "rewind" });

export class TimeButtons {
  #section = byId("game-time", HTMLElement);
  #rewind = byId("do-rewind", HTMLButtonElement);
  #fast = byId("do-fast", HTMLButtonElement);
  #slow = byId("do-slow", HTMLButtonElement);
  #step = byId("do-step", HTMLButtonElement);
  #request;
  #held = false;
  /** A key has pressed the button, and its click is to come. */
  #keyed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;
  /** @type {Flow} */
  #flow = "normal";

  /** @param {(command: GameCommand) => boolean} request */
  constructor(request) {
    this.#request = request;
    this.#rewind.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#rewind.setPointerCapture(event.pointerId);
      this.#hold();
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) this.#rewind.addEventListener(end, () => this.#letGo());
    this.#rewind.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      this.#keyed = true;
      if (!event.repeat) this.#hold();
    });
    this.#rewind.addEventListener("click", (event) => {
      // What reads the page aloud presses without a key or a finger that could be held: once to begin, once to end.
      if (event.detail === 0 && !this.#keyed) {
        if (this.#held) this.#letGo();
        else this.#hold();
      }
      this.#keyed = false;
    });
    this.#rewind.addEventListener("keyup", () => this.#letGo());
    // A finger that stays calls for a menu.
    this.#rewind.addEventListener("contextmenu", (event) => event.preventDefault());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#letGo();
    });
    this.#fast.addEventListener("click", () => this.#toggle("fast_forward"));
    this.#slow.addEventListener("click", () => this.#toggle("slow_motion"));
    this.#step.addEventListener("click", () => this.#request({ type: "do", what: "step" }));
  }

  /** @param {Room | null} room @param {boolean} may */
  setRoom(room, may) {
    const state = room?.game.state;
    const alive = state === "running" || state === "paused";
    this.#flow = room?.game.flow ?? "normal";
    this.#section.hidden = !may;
    this.#rewind.disabled = !alive || !room?.game.canRewind;
    // What somebody else does ends when they end it; the host's way nobody changes.
    const others = this.#flow !== "normal" && room?.game.flowBy !== room?.you.name;
    const hosts = this.#flow !== "normal" && room?.game.flowBy === "";
    this.#fast.disabled = !alive || hosts || (others && this.#flow === "fast_forward");
    this.#slow.disabled = !alive || hosts || (others && this.#flow === "slow_motion");
    this.#step.hidden = state !== "paused";
    this.#fast.setAttribute("aria-pressed", String(this.#flow === "fast_forward"));
    this.#slow.setAttribute("aria-pressed", String(this.#flow === "slow_motion"));
    // A button that is not there any more is not let go of.
    if (!may || this.#rewind.disabled) {
      clearTimeout(this.#again);
      this.#held = false;
    }
  }

  /** The panel is closed. */
  closed() {
    this.#letGo();
  }

  /** Writes the texts that index.html cannot name. */
  fill() {
    this.#rewind.title = text("do.rewind.hold");
  }

  #hold() {
    clearTimeout(this.#again);
    if (this.#held || this.#rewind.disabled) return;
    this.#held = this.#request({ type: "do", what: "rewind" });
  }

  #letGo() {
    clearTimeout(this.#again);
    if (!this.#held) return;
    // The page's own limit must not leave the game going back by itself.
    this.#held = !this.#request({ type: "do", what: "normal" });
    if (this.#held) this.#again = setTimeout(() => this.#letGo(), AGAIN_MS);
  }

  /** @param {Flow} flow */
  #toggle(flow) {
    this.#request({ type: "do", what: VERBS[this.#flow === flow ? "normal" : flow] });
  }
}
