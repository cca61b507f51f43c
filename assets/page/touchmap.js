// From a finger on a round control to buttons.

import { BUTTON } from "./pad.js";

/** What each control has up, right, down and left. @type {Readonly<Record<string, readonly number[]>>} */
export const CROSS = Object.freeze({
  dpad: [BUTTON.UP, BUTTON.RIGHT, BUTTON.DOWN, BUTTON.LEFT],
  face: [BUTTON.X, BUTTON.A, BUTTON.B, BUTTON.Y],
});

/** The middle of a control, where a finger rests without pressing. */
const REST = 0.18;
/** cos(67.5 degrees): a direction reaches so far to both sides that diagonals are an eighth each. */
const REACH = 0.3827;

/**
 * The buttons under a finger: one, or two on a diagonal.
 * @param {readonly number[]} cross up, right, down, left
 * @param {number} x -1 (left edge) to 1 (right edge); a finger may have slid outside
 * @param {number} y -1 (top edge) to 1 (bottom edge)
 */
export function crossButtons(cross, x, y) {
  const length = Math.hypot(x, y);
  if (length < REST) return 0;
  const [up = 0, right = 0, down = 0, left = 0] = cross;
  const across = x / length;
  const along = y / length;
  return (across > REACH ? right : 0) | (across < -REACH ? left : 0)
    | (along > REACH ? down : 0) | (along < -REACH ? up : 0);
}
