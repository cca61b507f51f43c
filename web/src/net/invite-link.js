// What an invite link says: the secret after the `#`, and perhaps a name. And the code that serves instead.

import { isSecret } from "./protocol.js";

/** Longest name the host accepts, in Unicode characters. */
export const NAME_LIMIT = 24;

/**
 * The secret and the name in an invite link. A name may stand before the `#` (`?name=Ann#SECRET`)
 * or after the secret (`#SECRET?name=Ann`, `#SECRET&name=Ann`).
 * @param {string} href
 * @returns {{secret: string | null, name: string | null}} null where the link has none that is valid
 */
export function parseLink(href) {
  const url = new URL(href);
  const fragment = url.hash.replace(/^#/, "");
  const cut = fragment.search(/[?&]/);
  const secret = cut < 0 ? fragment : fragment.slice(0, cut);
  const inFragment = new URLSearchParams(cut < 0 ? "" : fragment.slice(cut + 1));
  const name = cleanName(url.searchParams.get("name") ?? inFragment.get("name") ?? "");
  return {
    secret: isSecret(secret) ? secret : null,
    name: name === "" ? null : name,
  };
}

/**
 * A name as the host takes it: one line, no control characters, no direction overrides, at most
 * `NAME_LIMIT` characters. May be empty.
 * @param {string} text
 */
export function cleanName(text) {
  const plain = text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replace(/[\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim();
  return Array.from(plain).slice(0, NAME_LIMIT).join("").trim();
}

/** Digits of a code. */
export const CODE_DIGITS = 6;

/**
 * The digits of a code that was typed or pasted, at most six: people write "123 456" and "123-456".
 * @param {string} text
 */
export function cleanCode(text) {
  return text.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, CODE_DIGITS);
}

/**
 * The secret of an invite link that was pasted, perhaps with words around it.
 * @param {string} text
 */
export function secretIn(text) {
  return /:\/\/\S*#([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/.exec(text)?.[1] ?? null;
}

/**
 * The link of an invite to the room of this page.
 * @param {string} href the page's own address
 * @param {string} secret
 */
export function inviteLink(href, secret) {
  const url = new URL("./", href);
  url.search = "";
  url.hash = secret;
  return url.href;
}

/**
 * The address of the host's WebSocket for a page address.
 * @param {string} href
 */
export function socketAddress(href) {
  const url = new URL("ws", new URL("./", href));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}
