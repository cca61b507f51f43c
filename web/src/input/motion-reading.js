// What a device tells of its motion, in the numbers that travel. Pure.

/** Along the axes of the screen as it is held: to the right, up, towards who looks at it. Whole numbers. @typedef {Readonly<{acceleration: readonly number[], rotation: readonly number[]}>} MotionState */
/** What of a DeviceMotionEvent is read. @typedef {{accelerationIncludingGravity?: {x: number | null, y: number | null, z: number | null} | null, rotationRate?: {alpha: number | null, beta: number | null, gamma: number | null} | null}} MotionEventLike */

/** Metres a second squared in one g. */
const STANDARD_GRAVITY = 9.80665;
/** Steps in one g, and in one radian a second. */
const PER_G = 2048;
const PER_RADIAN = 512;
const LIMIT = 32767;
const RADIANS = Math.PI / 180;

/**
 * Null if the event tells nothing: browsers fire one without numbers where there is no sensor.
 * @param {MotionEventLike} event
 * @param {{angle: number, inverted: boolean}} device `angle`: how far the screen is turned from the device's own upright (`screen.orientation`), in degrees;
 *   `inverted`: gravity has the other sign, as WebKit has it on phones and tablets
 * @returns {MotionState | null}
 */
export function readMotion({ accelerationIncludingGravity, rotationRate }, { angle, inverted }) {
  const pull = [accelerationIncludingGravity?.x, accelerationIncludingGravity?.y, accelerationIncludingGravity?.z];
  // alpha is about x, beta about y and gamma about z, as every browser has it and the specification by now.
  const turn = [rotationRate?.alpha, rotationRate?.beta, rotationRate?.gamma];
  if (!pull.some(isNumber) && !turn.some(isNumber)) return null;
  const g = (inverted ? -PER_G : PER_G) / STANDARD_GRAVITY;
  return { acceleration: turned(pull.map(orZero), angle).map((axis) => step(axis * g)), rotation: turned(turn.map(orZero), angle).map((axis) => step(axis * RADIANS * PER_RADIAN)) };
}

/**
 * @param {number} seat
 * @param {number} seq
 * @param {MotionState} motion
 */
export function encodeMotion(seat, seq, { acceleration, rotation }) {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 4);
  view.setUint8(1, seat);
  view.setUint32(4, seq, true);
  [...acceleration, ...rotation].forEach((axis, at) => view.setInt16(8 + at * 2, axis, true));
  return bytes;
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param {unknown} value */
function orZero(value) {
  return isNumber(value) ? value : 0;
}

/** From the device's axes to the screen's. @param {readonly number[]} axes @param {number} angle */
function turned([x = 0, y = 0, z = 0], angle) {
  switch (((Math.round(angle / 90) % 4) + 4) % 4) {
    case 1: return [-y, x, z];
    case 2: return [-x, -y, z];
    case 3: return [y, -x, z];
    default: return [x, y, z];
  }
}

/** @param {number} value */
function step(value) {
  // Not -0, which is equal to 0 but not the same.
  return Math.max(-LIMIT, Math.min(LIMIT, Math.round(value))) + 0;
}
