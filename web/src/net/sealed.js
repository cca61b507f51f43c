// Sealing: what passes a broker is read by nobody but the two who know the invite's secret. docs/protocol.md has the layout.

import { pack, unpack } from "./packing.js";

const VERSION = 1;
const SALT = "hotseat meeting 1";
/** Bytes of a session's name, of a host's nonce, of a topic's name. */
export const ID_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES + 4;
const TAG_BYTES = 16;
/** The most messages of one direction of a session: each has a number, which is never used twice. */
export const MESSAGES = 256;
/** The longest envelope. */
export const ENVELOPE_LIMIT = 65536 + 64;

const utf8 = new TextEncoder();

/** base64url without padding (RFC 4648, 5). @param {Uint8Array} bytes */
export function toBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {...Uint8Array} parts */
function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether this page can seal: browsers let only those do so that came by https or from their own machine. */
export function canSeal() {
  return globalThis.crypto?.subtle !== undefined;
}

/** What the secret of an invite gives (HKDF-SHA256, RFC 5869). */
export class InviteKeys {
  #secret;

  /** @param {CryptoKey} secret */
  constructor(secret) {
    this.#secret = secret;
  }

  /** @param {string} secret */
  static async of(secret) {
    return new InviteKeys(await crypto.subtle.importKey("raw", utf8.encode(secret), "HKDF", false, ["deriveBits"]));
  }

  /** @param {number} bytes @param {...Uint8Array} info */
  async #derive(bytes, ...info) {
    const how = { name: "HKDF", hash: "SHA-256", salt: utf8.encode(SALT), info: concat(...info) };
    return new Uint8Array(await crypto.subtle.deriveBits(how, this.#secret, bytes * 8));
  }

  /** Under which name page and host find each other. */
  async topic() {
    return toBase64Url(await this.#derive(ID_BYTES, utf8.encode("topic")));
  }

  /** What the page seals with. @param {Uint8Array} session */
  async pageKey(session) {
    return SealKey.of(await this.#derive(32, utf8.encode("page"), session));
  }

  /** What the host seals with. @param {Uint8Array} session @param {Uint8Array} nonce */
  async hostKey(session, nonce) {
    return SealKey.of(await this.#derive(32, utf8.encode("host"), session, nonce));
  }
}

/** The open part of an envelope. @typedef {{id: Uint8Array, counter: number}} Header */

/** Null for what cannot be an envelope. @param {Uint8Array} envelope @returns {Header | null} */
export function parseHeader(envelope) {
  if (envelope.length < HEADER_BYTES + TAG_BYTES || envelope.length > ENVELOPE_LIMIT || envelope[0] !== VERSION) return null;
  const counter = new DataView(envelope.buffer, envelope.byteOffset).getUint32(1 + ID_BYTES);
  return counter < MESSAGES ? { id: envelope.slice(1, 1 + ID_BYTES), counter } : null;
}

/** One direction of a session: AES-256-GCM, the counter is the nonce. */
export class SealKey {
  #key;

  /** @param {CryptoKey} key */
  constructor(key) {
    this.#key = key;
  }

  /** @param {Uint8Array<ArrayBuffer>} key 32 bytes */
  static async of(key) {
    return new SealKey(await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]));
  }

  /** @param {Uint8Array<ArrayBuffer>} head @param {number} counter */
  #how(head, counter) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(8, counter);
    return { name: "AES-GCM", iv, additionalData: head, tagLength: TAG_BYTES * 8 };
  }

  /** Each counter is used once. @param {Header} header @param {string} text */
  async seal({ id, counter }, text) {
    const head = new Uint8Array(HEADER_BYTES);
    head[0] = VERSION;
    head.set(id, 1);
    new DataView(head.buffer).setUint32(1 + ID_BYTES, counter);
    const sealed = await crypto.subtle.encrypt(this.#how(head, counter), this.#key, await pack(text));
    return concat(head, new Uint8Array(sealed));
  }

  /** Null for what was not sealed with this key, or was changed since. @param {Header} header @param {Uint8Array} envelope */
  async open({ counter }, envelope) {
    try {
      const head = envelope.slice(0, HEADER_BYTES);
      const opened = await crypto.subtle.decrypt(this.#how(head, counter), this.#key, envelope.slice(HEADER_BYTES));
      return await unpack(new Uint8Array(opened));
    } catch {
      return null;
    }
  }
}
