// Keeps one broker connected for as long as it is wanted.

import { MqttClient } from "./mqtt-client.js";
import { toBase64Url } from "./sealed.js";

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** Between two tries to connect anew while the old connection may be dead without knowing it, and how many there are. */
const RENEWAL_DELAY_MS = 300;
const MAX_RENEWALS = 10;

/**
 * @typedef {object} BrokerLinkEvents
 * @property {(client: MqttClient) => void} opened another connection takes what is published
 * @property {(payload: Uint8Array) => void} published
 * @property {() => void} failed not, or no longer; another attempt follows
 */

export class BrokerLink {
  #address;
  #topic;
  #events;
  /** The newest is the last; before it perhaps one that serves until this one does. At most two. @type {MqttClient[]} */
  #clients = [];
  #failures = 0;
  /** Tries left to connect anew. */
  #renewals = 0;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} address of the broker
   * @param {string} topic to listen to
   * @param {BrokerLinkEvents} events
   */
  constructor(address, topic, events) {
    this.#address = address;
    this.#topic = topic;
    this.#events = events;
  }

  /** It could not be reached, or was lost, and is not there again. */
  get hasFailed() {
    return this.#failures > 0;
  }

  get isReady() {
    return this.#clients.some((client) => client.isReady);
  }

  open() {
    clearTimeout(this.#timer);
    const client = new MqttClient(this.#address, `p${toBase64Url(crypto.getRandomValues(new Uint8Array(15)))}`, this.#topic, {
      opened: () => this.#events.opened(client),
      ready: () => this.#ready(client),
      published: (payload) => this.#events.published(payload),
      closed: () => this.#lost(client),
    });
    this.#clients.push(client);
    client.open();
  }

  /** This device may be in another network: connects anew, and lets the old connection serve until then. */
  renew() {
    this.#renewals = MAX_RENEWALS;
    if (!this.#closed && this.#clients.length <= 1) this.open();
  }

  /** By every connection there is: a message that comes twice counts once. @param {string} topic @param {Uint8Array} payload */
  publish(topic, payload) {
    for (const client of this.#clients) client.publish(topic, payload);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const client of this.#clients.splice(0)) client.close();
  }

  /** @param {MqttClient} client */
  #ready(client) {
    this.#failures = 0;
    this.#renewals = 0;
    for (const old of this.#clients.splice(0)) {
      if (old === client) this.#clients.push(client);
      else old.close();
    }
  }

  /** @param {MqttClient} client */
  #lost(client) {
    this.#clients = this.#clients.filter((it) => it !== client);
    if (this.#closed) return;
    if (this.#clients.length > 0) {
      this.#renewAgain();
      return;
    }
    this.#failures += 1;
    this.#openIn(Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), LONGEST_DELAY_MS));
    this.#events.failed();
  }

  /** A browser drops what it was connecting when its network changes, and its network may have changed a moment ago. */
  #renewAgain() {
    if (this.#renewals === 0) return;
    this.#renewals -= 1;
    this.#openIn(RENEWAL_DELAY_MS);
  }

  /** @param {number} ms */
  #openIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), ms);
  }
}
