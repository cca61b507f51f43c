// The sound, in an element of its own: together with the picture it would be kept in step with it,
// and the picture would wait.

import { recall, remember } from "./storage.js";

/** What a browser takes as the person's permission to play. */
const GESTURES = ["pointerup", "touchend", "click", "keydown"];

export class Sound {
  #audio;
  #blocked = false;
  #retry = () => this.#start();
  /** Called when anything about the sound changes. */
  onChange = () => {};

  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    this.#audio = audio;
    const volume = Number(recall("volume") ?? "1");
    audio.volume = volume >= 0 && volume <= 1 ? volume : 1;
    audio.muted = recall("muted") === "yes";
  }

  /** The browser plays nothing until the page is touched. */
  get blocked() {
    return this.#blocked && !this.muted;
  }

  get muted() {
    return this.#audio.muted;
  }

  get volume() {
    return this.#audio.volume;
  }

  /** @param {MediaStreamTrack} track */
  play(track) {
    this.#audio.srcObject = new MediaStream([track]);
    this.#start();
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.#audio.muted = muted;
    remember("muted", muted ? "yes" : "no");
    if (!muted) this.#start();
    this.onChange();
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.#audio.volume = Math.max(0, Math.min(1, volume));
    remember("volume", String(this.#audio.volume));
    if (this.#audio.muted && volume > 0) this.mute(false);
    else this.onChange();
  }

  #start() {
    if (!this.#audio.srcObject) return;
    this.#audio.play().then(() => this.#setBlocked(false), (error) => {
      // Any other failure means that a newer stream has taken this one's place.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#setBlocked(true);
    });
  }

  /** @param {boolean} blocked */
  #setBlocked(blocked) {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    for (const gesture of GESTURES) {
      if (blocked) window.addEventListener(gesture, this.#retry, { capture: true });
      else window.removeEventListener(gesture, this.#retry, { capture: true });
    }
    this.onChange();
  }
}
