// The state of one controller, and its bytes on the wire.

/**
 * One controller. Sticks run from -32767 to 32767 (right and down positive), triggers from 0 to 32767.
 * @typedef {Readonly<{buttons: number, lx: number, ly: number, rx: number, ry: number, l2: number, r2: number}>} PadState
 */

/** Bits of `PadState.buttons`: libretro's RETRO_DEVICE_ID_JOYPAD numbers. */
export const BUTTON = Object.freeze({
  B: 1 << 0, Y: 1 << 1, SELECT: 1 << 2, START: 1 << 3,
  UP: 1 << 4, DOWN: 1 << 5, LEFT: 1 << 6, RIGHT: 1 << 7,
  A: 1 << 8, X: 1 << 9, L: 1 << 10, R: 1 << 11,
  L2: 1 << 12, R2: 1 << 13, L3: 1 << 14, R3: 1 << 15,
});

/** Full deflection of a stick or trigger. */
export const FULL = 32767;

/** An untouched pad. @type {PadState} */
export const IDLE = Object.freeze({ buttons: 0, lx: 0, ly: 0, rx: 0, ry: 0, l2: 0, r2: 0 });

/**
 * @param {PadState} a
 * @param {PadState} b
 */
export function samePad(a, b) {
  return a.buttons === b.buttons
    && a.lx === b.lx && a.ly === b.ly && a.rx === b.rx && a.ry === b.ry
    && a.l2 === b.l2 && a.r2 === b.r2;
}

/**
 * Several pads as one: buttons are OR'ed, of each stick the largest deflection wins, of each trigger
 * the deepest pull.
 * @param {Iterable<PadState>} pads
 * @returns {PadState}
 */
export function mergePads(pads) {
  const merged = { ...IDLE };
  for (const pad of pads) {
    merged.buttons |= pad.buttons;
    if (Math.hypot(pad.lx, pad.ly) > Math.hypot(merged.lx, merged.ly)) {
      merged.lx = pad.lx;
      merged.ly = pad.ly;
    }
    if (Math.hypot(pad.rx, pad.ry) > Math.hypot(merged.rx, merged.ry)) {
      merged.rx = pad.rx;
      merged.ry = pad.ry;
    }
    merged.l2 = Math.max(merged.l2, pad.l2);
    merged.r2 = Math.max(merged.r2, pad.r2);
  }
  return merged;
}

const KIND = 1;
const HEADER_BYTES = 8;
const PAD_BYTES = 14;

/**
 * An input message: `u8 kind, u8 seat, u8 count, u8 0, u32 seq`, then the pads, little endian.
 * @param {number} seat 0 to 7
 * @param {number} seq number of `pads[0]`; pads[j] has seq - j
 * @param {readonly PadState[]} pads 1 to 8, newest first
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodePad(seat, seq, pads) {
  const bytes = new Uint8Array(HEADER_BYTES + pads.length * PAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND);
  view.setUint8(1, seat);
  view.setUint8(2, pads.length);
  view.setUint32(4, seq, true);
  let at = HEADER_BYTES;
  for (const pad of pads) {
    view.setUint16(at, pad.buttons, true);
    view.setInt16(at + 2, pad.lx, true);
    view.setInt16(at + 4, pad.ly, true);
    view.setInt16(at + 6, pad.rx, true);
    view.setInt16(at + 8, pad.ry, true);
    view.setInt16(at + 10, pad.l2, true);
    view.setInt16(at + 12, pad.r2, true);
    at += PAD_BYTES;
  }
  return bytes;
}
