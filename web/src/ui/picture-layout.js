// Where the picture goes.

/** @typedef {import("../net/protocol.js").Picture} Picture */
/** @typedef {{width: number, height: number}} Size */

/**
 * The largest box of an aspect ratio inside the stage, in CSS pixels that are whole device pixels.
 * @param {Size} stage CSS pixels
 * @param {number} aspect width / height
 * @param {number} ratio device pixels per CSS pixel
 * @returns {Size}
 */
export function fit(stage, aspect, ratio) {
  const whole = (/** @type {number} */ length) => Math.max(1, Math.floor(length * ratio + 1e-6)) / ratio;
  const width = Math.min(stage.width, stage.height * aspect);
  return { width: whole(width), height: whole(Math.min(stage.height, width / aspect)) };
}

/**
 * Of the pictures the host announced lately (newest first) the one that a video of this size shows.
 * The announcement and the first frame of a new size take different ways and may arrive in either order.
 * @param {readonly Picture[]} pictures
 * @param {Size} video the video's own size; 0 before the first frame
 * @returns {Picture | null}
 */
export function pictureFor(pictures, video) {
  const match = pictures.find((picture) =>
    picture.coded_width === video.width && picture.coded_height === video.height);
  return match ?? null;
}

/**
 * The aspect ratio to show.
 * @param {readonly Picture[]} pictures newest first
 * @param {Size} video
 */
export function aspectFor(pictures, video) {
  const picture = pictureFor(pictures, video) ?? pictures[0];
  if (picture) return picture.aspect;
  return video.width > 0 && video.height > 0 ? video.width / video.height : 4 / 3;
}

/**
 * How much larger than the visible box the video element must be, so that the padding right of and
 * below the picture falls outside the box.
 * @param {Picture | null} picture null: show the whole video
 * @returns {Size} factors, at least 1
 */
export function overscan(picture) {
  if (!picture) return { width: 1, height: 1 };
  const factor = (/** @type {number} */ coded, /** @type {number} */ shown) => {
    const scaled = shown * Math.floor(coded / shown);
    return coded >= shown && coded - scaled <= 1 ? coded / scaled : 1;
  };
  return {
    width: factor(picture.coded_width, picture.width),
    height: factor(picture.coded_height, picture.height),
  };
}
