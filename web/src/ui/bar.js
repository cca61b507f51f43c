// The bar: the seats and the buttons. It hides while the game is played.

import { isolated, setLabel, text } from "../lang/text.js";
import { hasBit, Leds } from "../room/leds.js";
import { byId, make, makeForeign, returnFocusAfterClick } from "./dom.js";

/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("./sound.js").Sound} Sound */

const HIDE_MS = 2500;
/** While the picture is aimed at, the bar is called by staying at the very edge above for this long. */
const DWELL_MS = 600;
/** How near the edge that is, in CSS pixels: a mouse stops at the edge of a screen, a finger is thick. */
const EDGE_PX = { mouse: 2, finger: 24 };

export class Bar {
  #bar = byId("bar", HTMLElement);
  #game = byId("game-name", HTMLElement);
  #seats = byId("seats", HTMLElement);
  /** A dot for each seat that has a holder, for while the bar is hidden. */
  #activityDots = byId("activity", HTMLElement);
  #ledDots = byId("leds", HTMLElement);
  #mute = byId("mute", HTMLButtonElement);
  #volume = byId("volume", HTMLInputElement);
  #tap = byId("tap-sound", HTMLButtonElement);
  #playing = false;
  /** Bits of the seats with anything held. */
  #activity = 0;
  #leds = new Leds();
  #ledsOf = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Runs while a pointer that aims stays at the edge. @type {ReturnType<typeof setTimeout> | undefined} */
  #dwell;

  /** @param {Sound} sound */
  constructor(sound) {
    returnFocusAfterClick(this.#bar);
    returnFocusAfterClick(this.#tap);
    window.addEventListener("focusin", () => this.show());
    for (const sign of ["pointermove", "pointerdown"]) {
      window.addEventListener(sign, (event) => this.#pointed(/** @type {PointerEvent} */ (event)));
    }
    document.documentElement.addEventListener("pointerleave", () => this.#stopDwelling());
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

  /** @param {PointerEvent} event */
  #pointed(event) {
    const at = event.target instanceof Element ? event.target : null;
    // A finger on the game's buttons is playing, not asking for the bar; so is a mouse that the game has.
    if (at?.closest("#touch [data-part]") || document.pointerLockElement) return;
    // The bar would stand in the way of a player who aims: a shot at it would be one beside the picture.
    if (at?.closest("#stage[data-aim='yes']")) this.#aimed(event, at);
    else {
      this.#stopDwelling();
      this.show();
    }
  }

  /** @param {PointerEvent} event on a picture that is aimed at @param {Element} at */
  #aimed({ pointerType, clientY, buttons, type }, at) {
    const mouse = pointerType === "mouse";
    // A finger beside the picture does not aim.
    if (!mouse && type === "pointerdown" && !at.closest("#frame")) this.show();
    if (clientY > (mouse ? EDGE_PX.mouse : EDGE_PX.finger) || (mouse && buttons !== 0)) this.#stopDwelling();
    else this.#dwell ??= setTimeout(() => {
      this.#stopDwelling();
      this.show();
    }, DWELL_MS);
  }

  #stopDwelling() {
    clearTimeout(this.#dwell);
    this.#dwell = undefined;
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
      this.#activityDots.replaceChildren();
      return;
    }
    const chips = room.seats.map(({ seat, holders }) => {
      const n = seat + 1;
      const free = holders.length === 0;
      const mine = room.you.seats.includes(seat);
      const names = holders.map((holder) => (holder.away ? text("seat.away", { name: holder.name }) : holder.name));
      const name = names.length > 1 ? names.map(isolated).join(", ") : names.join();
      const chip = make("li", mine ? "seat mine" : free ? "seat free" : "seat");
      chip.dataset.player = String(seat);
      chip.classList.toggle("away", !free && holders.every((holder) => holder.away));
      chip.append(hidden(make("b", "", text("seat.short", { n }))), hidden(free ? make("span", "", text("seat.free")) : namesOf(holders)),
        make("span", "unseen", free ? text("seat.is.free", { n }) : text(mine ? "seat.is.you" : "seat.is", { n, name })));
      if (mine && room.you.muted) chip.append(make("span", "tag", text("people.muted")));
      return chip;
    });
    const watchers = room.peers.filter((peer) => peer.seats.length === 0);
    if (watchers.length > 0) {
      const chip = make("li", room.you.seats.length === 0 ? "seat watchers mine" : "seat watchers");
      chip.append(make("span", "", text("seat.watchers", { n: watchers.length })));
      chip.title = watchers.map((peer) => isolated(peer.name)).join(", ");
      chips.push(chip);
    }
    this.#seats.replaceChildren(...chips);
    this.#activityDots.replaceChildren(...room.seats.filter(({ holders }) => holders.length > 0).map(({ seat }) => {
      const dot = make("i", room.you.seats.includes(seat) ? "mine" : "");
      dot.dataset.player = String(seat);
      return dot;
    }));
    this.setActivity(this.#activity);
    if (room.game.name !== this.#ledsOf) {
      this.#ledsOf = room.game.name;
      this.#leds.forget();
      this.#showLeds();
    }
  }

  /** Shows which seats have anything held. @param {number} seats their bits */
  setActivity(seats) {
    this.#activity = seats;
    for (const sign of [...this.#seats.children, ...this.#activityDots.children]) {
      if (sign instanceof HTMLElement && sign.dataset.player) sign.classList.toggle("lit", hasBit(seats, Number(sign.dataset.player)));
    }
  }

  /** The LEDs of the emulated machine. @param {number} on their bits */
  setLeds(on) {
    this.#leds.set(on);
    this.#showLeds();
  }

  #showLeds() {
    const leds = this.#leds.list;
    this.#ledDots.hidden = leds.length === 0;
    this.#ledDots.replaceChildren(...leds.map(({ on }) => make("i", on ? "on" : "")));
  }

  #hide() {
    // The pointer or the keyboard is on it, or a panel that it opened is read.
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

/** @param {readonly {name: string, away: boolean}[]} holders */
function namesOf(holders) {
  const all = make("span", "");
  holders.forEach(({ name, away }, at) => {
    if (at > 0) all.append(", ");
    all.append(away ? text("seat.away", { name }) : makeForeign("", name));
  });
  return all;
}

/** Something that is said in other words. @param {HTMLElement} element */
function hidden(element) {
  element.setAttribute("aria-hidden", "true");
  return element;
}
