// The picture: as large as the stage allows, of the shape that is wanted, without the padding and without what is to be hidden.

import { recallFraming } from "./framing.js";
import { aspectFor, lay, padding, pictureFor } from "./picture-layout.js";

/** @typedef {import("../net/protocol.js").Picture} Picture */
/** @typedef {import("./framing.js").Framing} Framing */
/** @typedef {import("./look.js").LookView} LookView */
/** @typedef {import("./picture-layout.js").Box} Box */
/** @typedef {import("./picture-layout.js").Size} Size */

/** How many announced pictures are kept while the video has not caught up. */
const KEPT = 4;
const NO_CROP = { top: 0, bottom: 0, left: 0, right: 0 };

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
  #framing = recallFraming();
  /** Called with what is shown, in the pixels of the whole picture. @type {(part: Box, picture: Size) => void} */
  onPart = () => {};
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

  get framing() {
    return this.#framing;
  }

  /** @param {Framing} framing */
  set framing(framing) {
    this.#framing = framing;
    this.#layout();
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
    const ratio = devicePixelRatio || 1;
    const room = { width: this.#stage.clientWidth * ratio, height: this.#stage.clientHeight * ratio };
    const picture = pictureFor(this.#pictures, this.#size);
    const { width, height } = picture ?? this.#size;
    // Of a video that nothing is known of yet, it is not known either what its edges are.
    const framing = picture ? this.#framing : { ...this.#framing, crop: NO_CROP };
    const { part, box } = lay(room, { width, height, aspect: aspectFor(this.#pictures, this.#size) }, framing);
    const css = (/** @type {number} */ pixels) => `${pixels / ratio}px`;
    place(this.#frame, css(box.left), css(box.top), css(box.width), css(box.height));
    // Screen pixels to one of the picture.
    const [across, down] = [box.width / Math.max(part.width, 1), box.height / Math.max(part.height, 1)];
    const over = padding(picture);
    for (const layer of [this.#video, this.#still]) {
      place(layer, css(-part.left * across), css(-part.top * down),
        css(Math.max(width, 1) * across * over.width), css(Math.max(height, 1) * down * over.height));
    }
    this.#look.place(box, ratio, { whole: { width, height }, part, over });
    this.onPart(part, { width, height });
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} left
 * @param {string} top
 * @param {string} width
 * @param {string} height
 */
function place(element, left, top, width, height) {
  Object.assign(element.style, { left, top, width, height });
}
