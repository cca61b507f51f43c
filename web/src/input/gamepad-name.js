// What a gamepad is called, without what browsers put around the name.

/** @param {string} id `Gamepad.id` */
export function gamepadName(id) {
  const name = id
    // Chromium: "Name (STANDARD GAMEPAD Vendor: 045e Product: 028e)", "Name (XInput STANDARD GAMEPAD)"
    .replace(/\s*\(((XInput )?STANDARD GAMEPAD)?\s*(Vendor: [0-9a-f]+ Product: [0-9a-f]+)?\)\s*$/i, "")
    // Firefox: "045e-028e-Name", on some systems without leading zeros
    .replace(/^[0-9a-f]{1,4}-[0-9a-f]{1,4}-/i, "")
    // Safari
    .replace(/\s+Extended Gamepad$/i, "")
    .replace(/\s+/g, " ")
    .trim();
  return name === "" ? id.trim() : name;
}
