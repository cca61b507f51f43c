// One connection of the page to a message broker: MQTT 3.1.1 over a WebSocket, one subscription.

import { connect, disconnect, PacketReader, ping, puback, publish, subscribe } from "./mqtt-packets.js";

/** Every so often the broker hears of the page. */
const KEEP_ALIVE_S = 30;
/** Connecting and subscribing take no longer, or this broker is none. */
const OPEN_MS = 10_000;

/**
 * @typedef {object} MqttEvents
 * @property {() => void} ready subscribed: something can be published
 * @property {(payload: Uint8Array) => void} published
 * @property {() => void} closed once
 */

export class MqttClient {
  #socket;
  #topic;
  #events;
  #reader = new PacketReader();
  #ready = false;
  #closed = false;
  #lastId = 1;
  /** @type {ReturnType<typeof setInterval>} */
  #pings;
  /** @type {ReturnType<typeof setTimeout>} */
  #limit;

  /**
   * @param {string} address
   * @param {string} name of this client, random
   * @param {string} topic to listen to
   * @param {MqttEvents} events
   */
  constructor(address, name, topic, events) {
    this.#topic = topic;
    this.#events = events;
    this.#socket = new WebSocket(address, "mqtt");
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => this.#send(connect(name, KEEP_ALIVE_S * 2)));
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
    this.#socket.addEventListener("close", () => this.#end());
    this.#limit = setTimeout(() => this.#end(), OPEN_MS);
    this.#pings = setInterval(() => {
      if (this.#ready) this.#send(ping());
    }, KEEP_ALIVE_S * 1000);
  }

  get isReady() {
    return this.#ready;
  }

  /** @param {string} topic @param {Uint8Array} payload */
  publish(topic, payload) {
    if (!this.#ready) return;
    this.#lastId = (this.#lastId % 65535) + 1;
    this.#send(publish(this.#lastId, topic, payload));
  }

  close() {
    if (this.#ready) this.#send(disconnect());
    this.#events = { ready() {}, published() {}, closed() {} };
    this.#end();
  }

  #end() {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready = false;
    clearTimeout(this.#limit);
    clearInterval(this.#pings);
    this.#socket.close();
    this.#events.closed();
  }

  /** @param {Uint8Array<ArrayBuffer>} packet */
  #send(packet) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(packet);
  }

  /** @param {unknown} data */
  #take(data) {
    if (this.#closed) return;
    const packets = data instanceof ArrayBuffer ? this.#reader.take(new Uint8Array(data)) : null;
    if (packets === null) {
      this.#end();
      return;
    }
    for (const packet of packets) {
      if (packet.type === "connected") {
        if (packet.accepted) this.#send(subscribe(1, this.#topic));
        else this.#end();
      } else if (packet.type === "subscribed") {
        if (!packet.accepted) this.#end();
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
