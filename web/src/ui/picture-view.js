// The picture: as large as the stage allows, at the game's aspect ratio, without the padding.

import { aspectFor, fit, overscan, pictureFor } from "./picture-layout.js";

/** @typedef {import("../net/protocol.js").Picture} Picture */
/** @typedef {import("./look.js").LookView} LookView */

/** How many announced pictures are kept while the video has not caught up. */
const KEPT = 4;

export class PictureView {
  #stage;
  #frame;
  #video;
  /** Newest first. @type {Picture[]} */
  #pictures = [];
  #shown = false;
  /** The last picture of a lost connection. */
  #still;
  #look;
  /** Called at the first frame of a connection. */
  onFirstPicture = () => {};

  /**
   * @param {HTMLElement} stage the room there is
   * @param {HTMLElement} frame the box that clips the picture
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} still as large as the video, in front of it
   * @param {LookView} look between the two
   */
  constructor(stage, frame, video, still, look) {
    this.#stage = stage;
    this.#frame = frame;
    this.#video = video;
    this.#still = still;
    this.#look = look;
    new ResizeObserver(() => this.#layout()).observe(stage);
    video.addEventListener("resize", () => {
      // Losing the stream is no new size: the still keeps the box.
      if (video.videoWidth > 0) this.#layout();
    });
    video.addEventListener("loadeddata", () => this.#first());
    // A page opened in a background tab may have been refused its start.
    document.addEventListener("visibilitychange", () => this.#play());
  }

  /** A frame of the present connection has been shown. */
  get shown() {
    return this.#shown;
  }

  /** @param {MediaStreamTrack} track */
  show(track) {
    this.#shown = false;
    this.#video.srcObject = new MediaStream([track]);
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(() => this.#first());
    // What was asked for at the last stream may never be called.
    this.#look.choose(this.#look.look);
    this.#play();
  }

  /** @param {Picture} picture */
  announce(picture) {
    this.#pictures = [picture, ...this.#pictures].slice(0, KEPT);
    this.#layout();
  }

  /** The connection is lost or left: its last picture stays until the next one's first. */
  freeze() {
    if (!this.#shown) return;
    this.#shown = false;
    const { width, height } = this.#size;
    this.#still.width = width;
    this.#still.height = height;
    this.#still.getContext("2d")?.drawImage(this.#video, 0, 0);
    this.#still.hidden = false;
  }

  /** The picture's own size, for the statistics. @returns {{width: number, height: number} | null} */
  get pictureSize() {
    return pictureFor(this.#pictures, this.#size) ?? null;
  }

  get #size() {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  #first() {
    if (this.#shown) return;
    this.#shown = true;
    this.#still.hidden = true;
    this.onFirstPicture();
  }

  #play() {
    if (this.#video.srcObject && this.#video.paused) {
      // Muted video starts by itself nearly everywhere; where it does not, the next gesture starts it.
      this.#video.play().catch(() => {
        window.addEventListener("pointerup", () => void this.#video.play().catch(() => {}), { once: true });
      });
    }
  }

  #layout() {
    const stage = { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
    const box = fit(stage, aspectFor(this.#pictures, this.#size), devicePixelRatio || 1);
    const picture = pictureFor(this.#pictures, this.#size);
    const over = overscan(picture);
    this.#frame.style.width = `${box.width}px`;
    this.#frame.style.height = `${box.height}px`;
    for (const layer of [this.#video, this.#still]) {
      layer.style.width = `${box.width * over.width}px`;
      layer.style.height = `${box.height * over.height}px`;
    }
    this.#look.place(box, devicePixelRatio || 1, picture ?? this.#size, over);
  }
}
