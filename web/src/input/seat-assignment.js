// Which device plays which of the seats that this person holds. Pure.

/** A seat somebody chose for a device, or that it shall play none. @typedef {number | "none"} Wish */

/**
 * As wished, else one seat after the other. Gamepads that are left over play the first seat too; a
 * keyboard layout without a seat of its own is not used, so that its keys stay the browser's.
 * @param {readonly string[]} devices may have holes
 * @param {readonly number[]} seats those held
 * @param {ReadonlyMap<string, Wish>} wishes a seat that is not held any more is no wish
 * @param {boolean} share whether devices that are left over play the first seat
 * @returns {Map<string, number | null>}
 */
export function assign(devices, seats, wishes, share) {
  /** @type {Map<string, number | null>} */
  const assigned = new Map();
  devices.forEach((device, at) => {
    const wish = wishes.get(device);
    if (wish === "none") assigned.set(device, null);
    else if (wish !== undefined && seats.includes(wish)) assigned.set(device, wish);
    else assigned.set(device, seats[at] ?? (share ? seats[0] : undefined) ?? null);
  });
  return assigned;
}
