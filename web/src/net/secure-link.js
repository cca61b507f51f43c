// The way from a plain link to a secure one. Pure.

/** Systems whose steps are told. @typedef {"android" | "ios" | "windows" | "mac" | "linux" | "firefox"} System */

/**
 * The page that explains how a link becomes a secure one; null where there is nothing to explain: a secure one already,
 * or one of this device itself, which browsers trust.
 * @param {string} href of the player page
 * @param {boolean} isSecure `isSecureContext`
 */
export function securePage(href, isSecure) {
  if (isSecure) return null;
  const url = new URL("secure.html", new URL("./", href));
  const page = new URL(href);
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
