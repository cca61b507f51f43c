// The way from a plain link to a secure one. Pure.

/** Systems whose steps are told. @typedef {"android" | "ios" | "windows" | "mac" | "linux" | "firefox"} System */

/** Networks that the host's own authority vouches for. */
const LOCAL_ADDRESS = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|\[f[cd])/;
/** And names of machines in them. */
const LOCAL_NAME = /^[^.[\]]+(?:\.(?:local|lan|home|home\.arpa|internal|localdomain))?$/;

/**
 * The page that explains how a link becomes a secure one; null where that is no way: a secure one already, one of this
 * device itself, which browsers trust, or one that the host's authority does not vouch for.
 * @param {string} href of the player page
 * @param {boolean} isSecure `isSecureContext`
 */
export function securePage(href, isSecure) {
  const page = new URL(href);
  if (isSecure || !(LOCAL_ADDRESS.test(page.hostname) || LOCAL_NAME.test(page.hostname))) return null;
  const url = new URL("secure.html", new URL("./", href));
  // The secret stays behind the #, where no server log sees it.
  url.search = page.search;
  url.hash = page.hash;
  return url.href;
}

/**
 * The player page beside the one that explains.
 * @param {string} href of the page that explains
 * @param {string} protocol
 */
export function playerPage(href, protocol) {
  const url = new URL("./", href);
  const page = new URL(href);
  url.search = page.search;
  url.hash = page.hash;
  url.protocol = protocol;
  return url.href;
}

/** @param {string} agent `navigator.userAgent` @returns {System} */
export function guessSystem(agent) {
  if (/Android/.test(agent)) return "android";
  if (/iPhone|iPad|iPod/.test(agent)) return "ios";
  // Firefox on a computer has its own list.
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Windows/.test(agent)) return "windows";
  if (/Mac OS X|Macintosh/.test(agent)) return "mac";
  return "linux";
}
