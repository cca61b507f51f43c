// MQTT 3.1.1 (OASIS standard, 2014) as far as meeting needs it: packets as bytes, and back. Pure.

/** The longest packet that is taken. */
export const PACKET_LIMIT = 70_000;
const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;
/** The highest topic that the page ever sees is far shorter. */
const TOPIC_LIMIT = 256;

const utf8 = new TextEncoder();

/** @param {number} first type and flags @param {...(number[] | Uint8Array)} parts */
function packet(first, ...parts) {
  const body = parts.flatMap((part) => Array.from(part));
  const length = [];
  let left = body.length;
  do {
    const more = left > 127 ? 128 : 0;
    length.push((left & 127) | more);
    left >>= 7;
  } while (left > 0);
  return Uint8Array.from([first, ...length, ...body]);
}

/** @param {number} value */
const word = (value) => [value >> 8, value & 255];

/** @param {string} text */
function string(text) {
  const bytes = utf8.encode(text);
  return [...word(bytes.length), ...bytes];
}

/** A clean session. @param {string} client @param {number} keepAliveS */
export const connect = (client, keepAliveS) => packet(0x10, string("MQTT"), [4, 2], word(keepAliveS), string(client));
/** @param {number} id @param {string} topic */
export const subscribe = (id, topic) => packet(0x82, word(id), string(topic), [1]);
/** At least once. @param {number} id @param {string} topic @param {Uint8Array} payload */
export const publish = (id, topic, payload) => packet(0x32, string(topic), word(id), payload);
/** @param {number} id */
export const puback = (id) => packet(0x40, word(id));
export const ping = () => packet(0xc0);
export const disconnect = () => packet(0xe0);

/**
 * What a broker says. Of the rest, that it was there.
 * @typedef {{type: "connected", accepted: boolean} | {type: "subscribed", accepted: boolean}
 *   | {type: "published", topic: string, payload: Uint8Array, id: number | null, retained: boolean} | {type: "other"}} Packet
 */

/** Cuts what comes in into packets. A WebSocket's frames need not end where packets do. */
export class PacketReader {
  /** @type {Uint8Array} */
  #rest = new Uint8Array();

  /**
   * @param {Uint8Array} bytes
   * @returns {Packet[] | null} null: this is no MQTT
   */
  take(bytes) {
    const whole = new Uint8Array(this.#rest.length + bytes.length);
    whole.set(this.#rest);
    whole.set(bytes, this.#rest.length);
    const packets = [];
    let at = 0;
    for (;;) {
      const head = readLength(whole, at);
      if (head === null || (head && head.length > PACKET_LIMIT)) return null;
      if (!head || head.start + head.length > whole.length) break;
      const read = readPacket(whole[at] ?? 0, whole.subarray(head.start, head.start + head.length));
      if (read === null) return null;
      packets.push(read);
      at = head.start + head.length;
    }
    this.#rest = whole.slice(at);
    return packets;
  }
}

/**
 * The length of what follows, in one to four bytes of seven bits.
 * @param {Uint8Array} bytes @param {number} at where the packet begins
 * @returns {{start: number, length: number} | undefined | null} undefined: more is needed; null: it is none
 */
function readLength(bytes, at) {
  let length = 0;
  for (let i = 0; i < 4; i += 1) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return { start: at + 2 + i, length };
  }
  return null;
}

/** @param {number} first @param {Uint8Array} body @returns {Packet | null} */
function readPacket(first, body) {
  const type = first >> 4;
  if (type === CONNACK) return body.length === 2 ? { type: "connected", accepted: body[1] === 0 } : null;
  if (type === SUBACK) return body.length >= 3 ? { type: "subscribed", accepted: (body[2] ?? 128) < 128 } : null;
  if (type !== PUBLISH) return type === 0 || type === 15 ? null : { type: "other" };
  const quality = (first >> 1) & 3;
  const length = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  const start = 2 + length + (quality > 0 ? 2 : 0);
  if (quality > 1 || length > TOPIC_LIMIT || start > body.length) return null;
  const id = quality > 0 ? ((body[2 + length] ?? 0) << 8) | (body[3 + length] ?? 0) : null;
  return {
    type: "published", id, retained: (first & 1) !== 0,
    topic: new TextDecoder().decode(body.subarray(2, 2 + length)), payload: body.slice(start),
  };
}
