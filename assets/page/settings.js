// What the browser remembers. Storage may be forbidden or full; then the page forgets, and works.

/**
 * Remembered for every room.
 * @param {"name" | "language" | "volume" | "muted" | "stats" | "touch" | "hands" | "keys" | "pads" | "glass"} key
 * @returns {string | null}
 */
export function recall(key) {
  return read(() => localStorage, `hotseat.${key}`);
}

/**
 * @param {"name" | "language" | "volume" | "muted" | "stats" | "touch" | "hands" | "keys" | "pads" | "glass"} key
 * @param {string} value
 */
export function remember(key, value) {
  write(() => localStorage, `hotseat.${key}`, value);
}

/**
 * The token that gives this tab its seat back.
 * @param {string} secret the room's
 * @returns {string | null}
 */
export function recallResume(secret) {
  const [room, token] = (read(() => sessionStorage, "hotseat.resume") ?? "").split(" ");
  return room === secret && token ? token : null;
}

/**
 * @param {string} secret
 * @param {string} token
 */
export function rememberResume(secret, token) {
  write(() => sessionStorage, "hotseat.resume", `${secret} ${token}`);
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
