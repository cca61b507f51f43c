// Page and host meet through message brokers: all of them are asked, the first answer wins, and whatever a broker does to a
// message beyond losing it is noticed.

import { BrokerLink } from "./broker-link.js";
import { ID_BYTES, InviteKeys, MESSAGES, parseHeader, toBase64Url } from "./sealed.js";

/** @typedef {import("./carrier.js").Carrier} Carrier */
/** @typedef {import("./carrier.js").CarrierEvents} CarrierEvents */

/** The host has so long to answer; a wrong guess is no guess here, so that nothing is held back. */
const ANSWER_MS = 12_000;
/** What was not answered is said again after these times. */
const REPEATS_MS = [1000, 2000, 4000];
/** Messages of one broker that wait to be opened. More is a flood, and dropped: what is true among it is said again. */
const MAX_WAITING = 64;

/** @implements {Carrier} */
export class BrokerCarrier {
  endsWithHost = false;
  iceServers;
  #brokers;
  #secret;
  /** @type {CarrierEvents | null} */
  #events = null;
  /** @type {BrokerLink[]} */
  #links = [];
  #closed = false;
  #opened = false;
  #answered = false;
  #session = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  /** @type {InviteKeys | null} */
  #keys = null;
  #topic = "";
  /** @type {import("./sealed.js").SealKey | null} */
  #pageKey = null;
  /** The nonce of the host's first message that opened. @type {Uint8Array | null} */
  #hostNonce = null;
  /** Counters of the host that came. @type {Set<number>} */
  #heard = new Set();
  /** What was said so far, sealed. @type {Uint8Array[]} */
  #sent = [];
  #counter = 0;
  /** The key that belongs to it. @type {import("./sealed.js").SealKey | null} */
  #hostKey = null;
  /** One is sealed or opened after the other, so that the order stays. */
  #queue = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = [];

  /** @param {{brokers: string[], iceServers: RTCIceServer[]}} config @param {string} secret */
  constructor(config, secret) {
    this.#brokers = config.brokers;
    this.iceServers = config.iceServers;
    this.#secret = secret;
  }

  get isOpen() {
    return !this.#closed && this.#links.some((link) => link.isReady);
  }

  /** @param {CarrierEvents} events */
  listen(events) {
    this.#events = events;
    this.#enqueue(async () => {
      const keys = await InviteKeys.of(this.#secret);
      this.#topic = `hotseat/1/${await keys.topic()}`;
      this.#pageKey = await keys.pageKey(this.#session);
      this.#keys = keys;
      if (!this.#closed) this.#connect();
    });
  }

  /** @param {string} text */
  send(text) {
    const counter = this.#counter;
    if (counter >= MESSAGES) return;
    this.#counter += 1;
    this.#enqueue(async () => {
      const payload = await this.#pageKey?.seal({ id: this.#session, counter }, text);
      if (!payload || this.#closed) return;
      this.#sent.push(payload);
      for (const link of this.#links) link.publish(this.#topic, payload);
      if (counter === 0) this.#wait();
    });
  }

  renew() {
    for (const link of this.#links) link.renew();
  }

  close() {
    // What was said last is still sealed and sent: that this page leaves.
    this.#events = null;
    this.#enqueue(async () => {
      this.#closed = true;
      for (const timer of this.#timers) clearTimeout(timer);
      for (const link of this.#links) link.close();
    });
  }

  /** @param {() => Promise<void>} does */
  #enqueue(does) {
    this.#queue = this.#queue.then(does).catch(() => this.#end("broker"));
  }

  #connect() {
    const topic = `${this.#topic}/${toBase64Url(this.#session)}`;
    this.#links = this.#brokers.map((address) => {
      // Counted for each: a broker that floods keeps nothing back of what the others bring.
      let waiting = 0;
      const link = new BrokerLink(address, topic, {
        opened: (client) => this.#opens(client),
        published: (payload) => {
          if (waiting >= MAX_WAITING) return;
          waiting += 1;
          this.#enqueue(async () => {
            waiting -= 1;
            await this.#take(payload);
          });
        },
        failed: () => {
          // Once the host has answered, the media has its own way, and the brokers may come back.
          if (!this.#answered && this.#links.every((it) => it.hasFailed)) this.#end("broker");
        },
      });
      return link;
    });
    for (const link of this.#links) link.open();
  }

  /**
   * Also when a broker is back: what was lost meanwhile is asked for by saying everything again.
   * @param {import("./mqtt-client.js").MqttClient} client
   */
  #opens(client) {
    for (const payload of this.#sent) client.publish(this.#topic, payload);
    if (this.#opened) return;
    this.#opened = true;
    this.#events?.opened();
  }

  /** For an answer to the first message. */
  #wait() {
    for (const ms of REPEATS_MS) {
      this.#timers.push(setTimeout(() => {
        if (this.#answered) return;
        for (const link of this.#links) for (const payload of this.#sent) link.publish(this.#topic, payload);
      }, ms));
    }
    this.#timers.push(setTimeout(() => {
      if (!this.#answered) this.#end("absent");
    }, ANSWER_MS));
  }

  /** @param {Uint8Array} payload */
  async #take(payload) {
    const header = parseHeader(payload);
    if (!header || !this.#keys || this.#closed || this.#heard.has(header.counter)) return;
    const known = this.#hostNonce;
    if (known !== null && !known.every((byte, at) => byte === header.id[at])) return;
    const key = this.#hostKey ?? await this.#keys.hostKey(this.#session, header.id);
    const text = await key.open(header, payload);
    if (text === null) return;
    this.#hostNonce ??= header.id;
    this.#hostKey ??= key;
    this.#heard.add(header.counter);
    this.#answered = true;
    // Apart from the queue, whose failures are the carrier's own.
    queueMicrotask(() => this.#events?.heard(text));
  }

  /** @param {import("./carrier.js").CarrierProblem} problem */
  #end(problem) {
    const events = this.#events;
    this.close();
    events?.closed(problem);
  }
}
