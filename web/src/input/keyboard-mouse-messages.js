// The bytes of real keys and of the mouse on the wire, for cores that want more than pads.

/**
 * Running totals wrap, so that a lost message loses no movement.
 * @typedef {Readonly<{dx: number, dy: number, wheel: number, hwheel: number, x: number, y: number, buttons: number, over: boolean}>} Mouse
 */

/** A mouse that never moved. @type {Mouse} */
export const STILL = Object.freeze({ dx: 0, dy: 0, wheel: 0, hwheel: 0, x: 0, y: 0, buttons: 0, over: false });

const KEYS_KIND = 2;
const MOUSE_KIND = 3;
/** Keys in one state, more than two hands press. */
const KEYS = 16;
/** States of the keyboard in one message. */
export const KEY_STATES = 4;
const OVER_PICTURE = 1;
const HEADER_BYTES = 8;
const MOUSE_BYTES = 32;

/**
 * `u8 kind, u8 seat, u8 count, u8 0, u32 seq`, then each state: `u8 length, length x u16`, little endian.
 * @param {number} seat
 * @param {number} seq number of `states[0]`; states[j] has seq - j
 * @param {readonly (readonly number[])[]} states 1 to 4, newest first: RETROK codes of the keys held
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeKeys(seat, seq, states) {
  const kept = states.map((codes) => codes.slice(0, KEYS));
  const bytes = new Uint8Array(HEADER_BYTES + kept.reduce((sum, codes) => sum + 1 + codes.length * 2, 0));
  const view = new DataView(bytes.buffer);
  header(view, KEYS_KIND, seat, kept.length, seq);
  let at = HEADER_BYTES;
  for (const codes of kept) {
    view.setUint8(at, codes.length);
    at += 1;
    for (const code of codes) {
      view.setUint16(at, code, true);
      at += 2;
    }
  }
  return bytes;
}

/**
 * `u8 kind, u8 seat, u8 0, u8 0, u32 seq, i32 dx, dy, wheel, hwheel, i16 x, y, u16 buttons, u16 flags`, little endian.
 * @param {number} seat
 * @param {number} seq
 * @param {readonly Mouse[]} states only the newest is sent: the totals hold what came before
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeMouse(seat, seq, [mouse = STILL]) {
  const bytes = new Uint8Array(MOUSE_BYTES);
  const view = new DataView(bytes.buffer);
  header(view, MOUSE_KIND, seat, 0, seq);
  view.setInt32(8, mouse.dx, true);
  view.setInt32(12, mouse.dy, true);
  view.setInt32(16, mouse.wheel, true);
  view.setInt32(20, mouse.hwheel, true);
  view.setInt16(24, mouse.x, true);
  view.setInt16(26, mouse.y, true);
  view.setUint16(28, mouse.buttons, true);
  view.setUint16(30, mouse.over ? OVER_PICTURE : 0, true);
  return bytes;
}

/** @param {DataView} view @param {number} kind @param {number} seat @param {number} count @param {number} seq */
function header(view, kind, seat, count, seq) {
  view.setUint8(0, kind);
  view.setUint8(1, seat);
  view.setUint8(2, count);
  view.setUint32(4, seq, true);
}
