// One connection of the page to a message broker: MQTT 3.1.1 over a WebSocket, one subscription.

import { connect, disconnect, PacketReader, ping, puback, publish, subscribe } from "./mqtt-packets.js";

/** Every so often the broker hears of the page, and has answered by the next time. */
const KEEP_ALIVE_S = 30;
/** Connecting and subscribing take no longer, or this broker is none. */
const OPEN_MS = 10_000;

/**
 * @typedef {object} MqttEvents
 * @property {() => void} opened connecting and subscribing are asked for: what is published from now on comes after them (MQTT
 *   3.1.1, 3.1.4: clients need not wait for an answer)
 * @property {() => void} ready subscribed
 * @property {(payload: Uint8Array) => void} published
 * @property {() => void} closed once
 */

export class MqttClient {
  /** @type {WebSocket | null} */
  #socket = null;
  #address;
  #name;
  #topic;
  #events;
  #reader = new PacketReader();
  #opened = false;
  #ready = false;
  #closed = false;
  #connected = false;
  #lastId = 1;
  /** The broker has said something since the last ping. */
  #heard = true;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pings;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #limit;

  /**
   * @param {string} address
   * @param {string} name of this client, random
   * @param {string} topic to listen to
   * @param {MqttEvents} events
   */
  constructor(address, name, topic, events) {
    this.#address = address;
    this.#name = name;
    this.#topic = topic;
    this.#events = events;
  }

  open() {
    let socket;
    try {
      socket = new WebSocket(this.#address, "mqtt");
    } catch {
      // A browser connects to no address that is none, and from a secure page to no plain one.
      this.#end();
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#begin());
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", () => this.#end());
    this.#limit = setTimeout(() => this.#end(), OPEN_MS);
    this.#pings = setInterval(() => this.#ping(), KEEP_ALIVE_S * 1000);
  }

  #begin() {
    this.#send(connect(this.#name, KEEP_ALIVE_S * 2));
    this.#send(subscribe(1, this.#topic));
    this.#opened = true;
    // A broker may have refused already.
    if (!this.#closed) this.#events.opened();
  }

  get isReady() {
    return this.#ready;
  }

  /** @param {string} topic @param {Uint8Array} payload */
  publish(topic, payload) {
    if (!this.#opened) return;
    this.#lastId = (this.#lastId % 65535) + 1;
    this.#send(publish(this.#lastId, topic, payload));
  }

  close() {
    if (this.#ready) this.#send(disconnect());
    this.#events = { opened() {}, ready() {}, published() {}, closed() {} };
    this.#end();
  }

  #end() {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready = false;
    clearTimeout(this.#limit);
    clearInterval(this.#pings);
    this.#socket?.close();
    this.#events.closed();
  }

  /** @param {Uint8Array<ArrayBuffer>} packet */
  #send(packet) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(packet);
  }

  /** A connection that is dead is noticed by no other sign. */
  #ping() {
    if (!this.#ready) return;
    if (!this.#heard) {
      this.#end();
      return;
    }
    this.#heard = false;
    this.#send(ping());
  }

  /** @param {unknown} data */
  #take(data) {
    if (this.#closed) return;
    const packets = data instanceof ArrayBuffer ? this.#reader.take(new Uint8Array(data)) : null;
    if (packets === null) {
      this.#end();
      return;
    }
    this.#heard = true;
    for (const packet of packets) {
      if (packet.type === "connected") {
        if (!packet.accepted || this.#connected) this.#end();
        else this.#connected = true;
      } else if (packet.type === "subscribed") {
        if (!packet.accepted || !this.#connected) this.#end();
        else if (!this.#ready) {
          clearTimeout(this.#limit);
          this.#ready = true;
          this.#events.ready();
        }
      } else if (packet.type === "published") {
        if (packet.id !== null) this.#send(puback(packet.id));
        if (!packet.retained && packet.topic === this.#topic) this.#events.published(packet.payload);
      }
      if (this.#closed) return;
    }
  }
}
