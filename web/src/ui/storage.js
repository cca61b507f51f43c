// What the browser remembers. Storage may be forbidden or full; then the page forgets, and works.

/**
 * Changing one forgets what browsers have stored. `room` is the secret of the last room, for an installed page, which opens
 * without a link; `hands` are the preferences of the controls, `pads` mapped gamepads, `glass` moved touch controls.
 * @typedef {"name" | "language" | "volume" | "muted" | "stats" | "touch" | "room" | "hands" | "keys" | "pads" | "glass" | "look"
 *   | "scaling" | "aspect" | "crop"} Key
 */

/**
 * Remembered for every room.
 * @param {Key} key
 * @returns {string | null}
 */
export function recall(key) {
  return read(() => localStorage, `hotseat.${key}`);
}

/**
 * @param {Key} key
 * @param {string} value
 */
export function remember(key, value) {
  write(() => localStorage, `hotseat.${key}`, value);
}

/**
 * The token that gives this tab its seat back.
 * @param {string | null} secret of the invite; null: it came by a code
 * @returns {string | null}
 */
export function recallResume(secret) {
  const [room, token] = (read(() => sessionStorage, "hotseat.resume") ?? "").split(" ");
  return room === (secret ?? "code") && token ? token : null;
}

/**
 * @param {string | null} secret
 * @param {string} token empty: it is of no use any more
 */
export function rememberResume(secret, token) {
  write(() => sessionStorage, "hotseat.resume", `${secret ?? "code"} ${token}`);
}

/** @param {() => Storage} storage @param {string} key */
function read(storage, key) {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** @param {() => Storage} storage @param {string} key @param {string} value */
function write(storage, key, value) {
  try {
    storage().setItem(key, value);
  } catch {
    // Nothing to do: the page only forgets.
  }
}
