// The host's end of meeting through a broker (docs/protocol.md), by Node's own cryptography: what the page seals is opened by
// other code than sealed it.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";

const HEADER = 21;
const TAG = 16;

/** @param {string} secret @param {number} bytes @param {...(string | Buffer)} info */
const derive = (secret, bytes, ...info) => Buffer.from(hkdfSync("sha256", secret, "hotseat meeting 1", Buffer.concat(info.map((part) => Buffer.from(part))), bytes));

/** @param {number} counter */
function nonce(counter) {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
}

/** @param {Buffer} key @param {Buffer} id @param {number} counter @param {string} text */
function seal(key, id, counter, text) {
  const head = Buffer.concat([Buffer.of(1), id, nonce(counter).subarray(8)]);
  const cipher = createCipheriv("aes-256-gcm", key, nonce(counter)).setAAD(head);
  return Buffer.concat([head, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** @param {Buffer} key @param {Buffer} envelope @returns {string | null} */
function open(key, envelope) {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce(envelope.readUInt32BE(17)));
    decipher.setAAD(envelope.subarray(0, HEADER)).setAuthTag(envelope.subarray(-TAG));
    const message = Buffer.concat([decipher.update(envelope.subarray(HEADER, -TAG)), decipher.final()]);
    return (message[0] === 1 ? inflateRawSync(message.subarray(1)) : message).toString();
  } catch {
    return null;
  }
}

/**
 * Listens at a broker.
 * @param {import("./mock-broker.js").MockBroker} broker
 * @param {string} secret
 * @param {(say: (text: string) => void) => (message: any) => void} meet a page has come; returns what hears it
 */
export function meetAt(broker, secret, meet) {
  const own = `hotseat/1/${derive(secret, 16, "topic").toString("base64url")}`;
  const sessions = new Map();
  broker.listen((topic, payload) => {
    if (topic !== own || payload.length < HEADER + TAG || payload[0] !== 1) return;
    const id = Buffer.from(payload.subarray(1, 17));
    const counter = payload.readUInt32BE(17);
    const text = open(derive(secret, 32, "page", id), payload);
    if (text === null || counter > 255) return;
    const name = id.toString("base64url");
    let session = sessions.get(name);
    if (!session) {
      const hostNonce = randomBytes(16);
      const key = derive(secret, 32, "host", id, hostNonce);
      session = { heard: new Set(), sent: [], hears: null };
      sessions.set(name, session);
      session.hears = meet((said) => {
        const envelope = seal(key, hostNonce, session.sent.length, said);
        session.sent.push(envelope);
        broker.publish(`${own}/${name}`, envelope);
      });
    }
    if (session.heard.has(counter)) {
      for (const envelope of session.sent) broker.publish(`${own}/${name}`, envelope);
      return;
    }
    session.heard.add(counter);
    session.hears(JSON.parse(text));
  });
}
