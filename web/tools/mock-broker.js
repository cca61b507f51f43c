// An MQTT 3.1.1 broker over WebSockets, as much of one as pages need to meet the mock host. Trusts whoever calls.

import { readMessages, send } from "./frames.js";

const word = (value) => [value >> 8, value & 255];

/** @param {number} first @param {Uint8Array} body */
function packet(first, body) {
  const length = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.from([first, ...length, ...body]);
}

export class MockBroker {
  /** Topics by the socket that listens. */
  #listeners = new Map();
  #own = new Set();
  #lastId = 0;
  /** The code that whoever connects gets; 0: welcome. */
  refusal = 0;

  /** Hears everything that is published. @param {(topic: string, payload: Buffer) => void} does */
  listen(does) {
    this.#own.add(does);
  }

  /** @param {string} topic @param {Uint8Array} payload */
  publish(topic, payload) {
    this.#lastId = (this.#lastId % 65535) + 1;
    const name = Buffer.from(topic);
    const bytes = packet(0x32, Buffer.from([...word(name.length), ...name, ...word(this.#lastId), ...payload]));
    for (const [socket, topics] of this.#listeners) if (topics.has(topic)) send(socket, bytes);
  }

  /** Ends every connection. */
  hangUp() {
    for (const socket of this.#listeners.keys()) socket.destroy();
  }

  /** @param {import("node:net").Socket} socket already greeted */
  serve(socket) {
    const topics = new Set();
    this.#listeners.set(socket, topics);
    socket.on("close", () => this.#listeners.delete(socket));
    let rest = Buffer.alloc(0);
    readMessages(socket, (data) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        let [length, at] = [0, 1];
        while (at < rest.length && at < 5) {
          length += (rest[at] & 127) * 128 ** (at - 1);
          at += 1;
          if (rest[at - 1] < 128) break;
        }
        if (at === 1 || rest[at - 1] > 127 || rest.length < at + length) return;
        this.#hear(socket, topics, rest[0], rest.subarray(at, at + length));
        rest = rest.subarray(at + length);
      }
    });
  }

  /** @param {Set<string>} topics @param {number} first @param {Buffer} body */
  #hear(socket, topics, first, body) {
    const string = (at) => body.subarray(at + 2, at + 2 + body.readUInt16BE(at)).toString();
    switch (first >> 4) {
      case 1:
        send(socket, Uint8Array.of(0x20, 2, 0, this.refusal));
        if (this.refusal) socket.end();
        break;
      case 3: {
        const topic = string(0);
        const at = 2 + Buffer.byteLength(topic);
        if (first & 6) send(socket, Uint8Array.of(0x40, 2, body[at], body[at + 1]));
        const payload = body.subarray(at + (first & 6 ? 2 : 0));
        for (const does of this.#own) does(topic, payload);
        break;
      }
      case 8:
        topics.add(string(2));
        send(socket, Uint8Array.of(0x90, 3, body[0], body[1], 1));
        break;
      case 12:
        send(socket, Uint8Array.of(0xd0, 0));
        break;
      case 14:
        socket.end();
        break;
      default:
        break;
    }
  }
}
