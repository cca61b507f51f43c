// The bar: who is where, and the buttons. It hides while the game is played.

import { byId, make, returnFocusAfterClick } from "./dom.js";
import { setLabel, text } from "./text.js";

/** @typedef {import("./protocol.js").Room} Room */
/** @typedef {import("./sound.js").Sound} Sound */

const HIDE_MS = 2500;

export class Bar {
  #bar = byId("bar", HTMLElement);
  #game = byId("game-name", HTMLElement);
  #seats = byId("seats", HTMLElement);
  #mute = byId("mute", HTMLButtonElement);
  #volume = byId("volume", HTMLInputElement);
  #tap = byId("tap-sound", HTMLButtonElement);
  #playing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Sound} sound */
  constructor(sound) {
    returnFocusAfterClick(this.#bar);
    returnFocusAfterClick(this.#tap);
    for (const sign of ["pointermove", "pointerdown", "focusin"]) {
      // A finger on the game's buttons is playing, not asking for the bar.
      window.addEventListener(sign, (event) => {
        if (!(event.target instanceof Element && event.target.closest("#touch [data-part]"))) this.show();
      });
    }
    this.#mute.addEventListener("click", () => sound.mute(!sound.muted));
    this.#volume.addEventListener("input", () => sound.setVolume(Number(this.#volume.value)));
    this.#volume.addEventListener("pointerup", () => this.#volume.blur());
    this.#tap.addEventListener("click", () => sound.mute(false));
    sound.onChange = () => this.#showSound(sound);
    this.#showSound(sound);
  }

  /** Shows the bar for a while. */
  show() {
    clearTimeout(this.#timer);
    document.documentElement.dataset.bar = "shown";
    if (this.#playing) this.#timer = setTimeout(() => this.#hide(), HIDE_MS);
  }

  /** @param {boolean} playing the game runs: the bar may hide */
  setPlaying(playing) {
    if (playing === this.#playing) return;
    this.#playing = playing;
    this.show();
  }

  /** @param {Room | null} room */
  setRoom(room) {
    this.#game.textContent = room?.game.name || "Hotseat";
    if (!room) {
      this.#seats.replaceChildren();
      return;
    }
    const chips = room.seats.map(({ seat, name }) => {
      const n = seat + 1;
      const mine = seat === room.you.seat;
      const chip = make("li", mine ? "seat mine" : name === null ? "seat free" : "seat");
      chip.dataset.player = String(seat);
      chip.append(make("b", "", text("seat.short", { n })), make("span", "", name ?? text("seat.free")));
      chip.setAttribute("aria-label", name === null ? text("seat.is.free", { n }) : text(mine ? "seat.is.you" : "seat.is", { n, name }));
      return chip;
    });
    const watchers = room.peers.filter((peer) => peer.seat === null);
    if (watchers.length > 0) {
      const chip = make("li", room.you.seat === null ? "seat watchers mine" : "seat watchers");
      chip.append(make("span", "", text("seat.watchers", { n: watchers.length })));
      chip.title = watchers.map((peer) => peer.name).join(", ");
      chips.push(chip);
    }
    this.#seats.replaceChildren(...chips);
  }

  #hide() {
    // Somebody has the pointer or the keyboard on it, or reads a panel that it opened.
    const busy = this.#bar.matches(":hover") && matchMedia("(hover: hover)").matches;
    if (busy || this.#bar.contains(document.activeElement)) {
      this.show();
      return;
    }
    document.documentElement.dataset.bar = "hidden";
  }

  /** @param {Sound} sound */
  #showSound(sound) {
    const silent = sound.muted || sound.blocked || sound.volume === 0;
    this.#mute.dataset.on = silent ? "no" : "yes";
    setLabel(this.#mute, sound.muted ? "sound.unmute" : "sound.mute");
    this.#volume.value = String(sound.muted ? 0 : sound.volume);
    this.#tap.hidden = !sound.blocked;
  }
}
