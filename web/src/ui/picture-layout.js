// Where the picture goes: which part of it is shown, how large and where. The window does it by the same rules
// (src/gui/picture_layout.rs); both are tried on the same cases.

/** @typedef {import("../net/protocol.js").Picture} Picture */
/** @typedef {import("./framing.js").Framing} Framing */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/**
 * `part` is in the picture's own pixels, `box` in the screen's.
 * @typedef {{part: Box, box: Box}} Laid
 */

/** The longest side that a console's usual picture has; a longer one is of a higher resolution. */
const PLAIN_SIDE = 384;
/** Between 4:3 and 16:9, as far from the one as from the other. */
const WIDE = 1.5396;
/** That can be left out at one edge. */
export const MOST_CROP = 32;
/** What sizes of the screen are off by when they were multiplied. */
const EPSILON = 1e-3;

/**
 * @param {Size} room in screen pixels
 * @param {Size & {aspect: number}} picture width and height in its own pixels; aspect, width by height as the core states it
 * @param {Framing} framing
 * @returns {Laid}
 */
export function lay(room, picture, framing) {
  const { crop } = framing;
  const [left, width] = kept(picture.width, crop.left, crop.right);
  const [top, height] = kept(picture.height, crop.top, crop.bottom);
  const cutShare = (/** @type {number} */ part, /** @type {number} */ side) => Math.max(part, 1) / Math.max(side, 1);
  const aspect = aspectOf(picture, framing.aspect) * cutShare(width, picture.width) / cutShare(height, picture.height);
  const most = { width: Math.max(1, Math.floor(room.width + EPSILON)), height: Math.max(1, Math.floor(room.height + EPSILON)) };
  const rows = Math.max(height, 1);
  const times = Math.floor((Math.min(room.height, room.width / aspect) + EPSILON) / rows);
  const narrow = room.width < room.height * aspect;
  const high = framing.scaling === "whole" && times >= 1 ? times * rows : narrow ? null : most.height;
  // Of the two the one is what there is room for, and the other follows from it.
  const wide = high === null ? most.width : within(Math.round(high * aspect), most.width);
  const tall = high ?? within(Math.round(wide / aspect), most.height);
  const middle = (/** @type {number} */ space, /** @type {number} */ side) => Math.max(0, Math.floor((space - side) / 2 + EPSILON));
  return {
    part: { left, top, width, height },
    box: { left: middle(room.width, wide), top: middle(room.height, tall), width: wide, height: tall },
  };
}

/** @param {number} length @param {number} most */
function within(length, most) {
  return Math.max(1, Math.min(length, most));
}

/**
 * From where, and how much. Of a side of which less than half would be left, all.
 * @param {number} side
 * @param {number} before
 * @param {number} after
 * @returns {[number, number]}
 */
function kept(side, before, after) {
  const times = Math.ceil(side / PLAIN_SIDE);
  const [first, last] = [Math.min(before, MOST_CROP) * times, Math.min(after, MOST_CROP) * times];
  return 2 * (first + last) > side ? [0, side] : [first, side - first - last];
}

/**
 * Of the whole picture: what is left out changes no pixel's shape.
 * @param {Size & {aspect: number}} picture
 * @param {Framing["aspect"]} choice
 */
function aspectOf(picture, choice) {
  const core = Number.isFinite(picture.aspect) && picture.aspect > 0 ? picture.aspect : 4 / 3;
  // A game that is higher than wide was made for a display that stands on its side.
  const onItsSide = (/** @type {number} */ aspect) => (core < 1 ? 1 / aspect : aspect);
  switch (choice) {
    case "square":
      return Math.max(picture.width, 1) / Math.max(picture.height, 1);
    case "television":
      return onItsSide(Math.max(core, 1 / core) > WIDE ? 16 / 9 : 4 / 3);
    case "4:3":
      return onItsSide(4 / 3);
    default:
      return core;
  }
}

/**
 * Where the whole picture would be around what is shown of it.
 * @param {Box} shown
 * @param {Box} part
 * @param {Size} picture
 * @returns {Box}
 */
export function around(shown, part, picture) {
  const [across, down] = [shown.width / Math.max(part.width, 1), shown.height / Math.max(part.height, 1)];
  return {
    left: shown.left - part.left * across,
    top: shown.top - part.top * down,
    width: Math.max(picture.width, 1) * across,
    height: Math.max(picture.height, 1) * down,
  };
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
 * How much larger than the picture the video element must be, so that the padding right of and
 * below the picture falls outside the box.
 * @param {Picture | null} picture null: show the whole video
 * @returns {Size} factors, at least 1
 */
export function padding(picture) {
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
