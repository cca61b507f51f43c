// Which device plays which of the seats that this person holds. Pure.

/** The seat the player chose for a device, or that it shall play none. @typedef {number | "none"} SeatChoice */

/**
 * As chosen, else one seat after the other. Gamepads that are left over play the first seat too; a
 * keyboard layout without a seat of its own is not used, so that its keys stay the browser's.
 * @param {readonly string[]} devices may have holes
 * @param {readonly number[]} seats those held
 * @param {ReadonlyMap<string, SeatChoice>} choices a seat that is not held any more is no choice
 * @param {boolean} share whether devices that are left over play the first seat
 * @returns {Map<string, number | null>}
 */
export function assignSeats(devices, seats, choices, share) {
  /** @type {Map<string, number | null>} */
  const assigned = new Map();
  devices.forEach((device, at) => {
    const choice = choices.get(device);
    if (choice === "none") assigned.set(device, null);
    else if (choice !== undefined && seats.includes(choice)) assigned.set(device, choice);
    else assigned.set(device, seats[at] ?? (share ? seats[0] : undefined) ?? null);
  });
  return assigned;
}
