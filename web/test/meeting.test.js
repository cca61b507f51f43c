// Meeting the host through brokers that do what brokers should not.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { readMeetingConfig } from "../src/net/meeting-config.js";
import { BrokerCarrier } from "../src/net/broker-carrier.js";
import { PacketReader, publish } from "../src/net/mqtt-packets.js";
import { InviteKeys, parseHeader, toBase64Url } from "../src/net/sealed.js";

const SECRET = "AbCdEfGhIjKlMnOpQrSt-_";
const NONCE = new Uint8Array(16).fill(9);
const OTHER_NONCE = new Uint8Array(16).fill(8);

/** Brokers by their address, in order. @type {Broker[]} */
let brokers = [];
let happened = [];

/** A WebSocket to a broker that is in the test's hands. */
class Broker extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  /** What the page published: topic and payload. */
  published = [];
  subscribed = "";
  /** Says yes to whoever connects. */
  accepts = true;
  #reader = new PacketReader();
  constructor(address, protocol) {
    super();
    Object.assign(this, { address, protocol });
    brokers.push(this);
  }
  send(bytes) {
    const type = bytes[0] >> 4;
    if (type === 1 && this.accepts) this.says(Uint8Array.of(0x20, 2, 0, 0));
    if (type === 8) {
      this.subscribed = new TextDecoder().decode(bytes.slice(6, -1));
      this.says(Uint8Array.of(0x90, 3, 0, 1, 1));
    }
    if (type === 3) this.published.push(...(this.#reader.take(Uint8Array.from(bytes)) ?? []));
  }
  says(bytes) { this.dispatchEvent(new MessageEvent("message", { data: Uint8Array.from(bytes).buffer })); }
  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  breaks() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
  close() { this.readyState = 3; }
  /** Brings an envelope to the page. */
  brings(envelope, topic = this.subscribed) { this.says(publish(1, topic, envelope)); }
}

globalThis.WebSocket = Broker;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  brokers = [];
  happened = [];
});

/** Lets what is sealed and opened come to an end: each step of it is done by a thread that takes one thing after the other. */
async function settle() {
  for (let i = 0; i < 60; i += 1) {
    await crypto.subtle.digest("SHA-256", new Uint8Array(4096));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function carrier(addresses = ["wss://a/", "wss://b/"]) {
  const it = new BrokerCarrier({ brokers: addresses, iceServers: [] }, SECRET);
  it.listen({ opened: () => happened.push("opened"), heard: (text) => happened.push(text), closed: (why) => happened.push(`closed ${why}`) });
  await settle();
  return it;
}

/** What a host that knows the secret would answer to the page of this broker. */
async function host(broker, nonce = NONCE, secret = SECRET) {
  const keys = await InviteKeys.of(secret);
  const { id } = parseHeader(broker.published[0].payload);
  const [page, own] = [await keys.pageKey(id), await keys.hostKey(id, nonce)];
  return {
    read: async (at) => page.open(parseHeader(broker.published[at].payload), broker.published[at].payload),
    say: (counter, text) => own.seal({ id: nonce, counter }, text),
  };
}

test("the page asks all brokers, and the first answer counts, once", async () => {
  const it = await carrier();
  const [a, b] = brokers;
  assert.deepEqual([a.address, a.protocol], ["wss://a/", "mqtt"]);
  a.opens();
  await settle();
  assert.deepEqual(happened, ["opened"]);
  it.send("join");
  await settle();
  b.opens();
  await settle();
  const keys = await InviteKeys.of(SECRET);
  assert.equal(a.published[0].topic, `hotseat/1/${await keys.topic()}`);
  assert.equal(a.subscribed, `${a.published[0].topic}/${toBase64Url(parseHeader(a.published[0].payload).id)}`);
  assert.deepEqual(b.published, a.published.map((packet) => ({ ...packet, id: b.published[0].id })), "the same, to a broker that came later");
  const { read, say } = await host(a);
  assert.equal(await read(0), "join");
  const [first, second] = [await say(0, "one"), await say(1, "two")];
  // In the wrong order, and twice by each.
  for (const broker of [b, a, b]) for (const envelope of [second, first]) broker.brings(envelope);
  await settle();
  assert.deepEqual(happened, ["opened", "two", "one"]);
});

test("what a broker makes up, changes or brings from elsewhere is passed over", async () => {
  const it = await carrier();
  const [a] = brokers;
  a.opens();
  await settle();
  it.send("join");
  await settle();
  const { say } = await host(a);
  const true1 = await say(0, "true");
  a.brings(await (await host(a, NONCE, "BbCdEfGhIjKlMnOpQrSt-_")).say(0, "another secret"));
  a.brings(a.published[0].payload);
  a.brings(new Uint8Array(0));
  a.brings(new Uint8Array(60_000).fill(1));
  for (let at = 0; at < true1.length; at += 1) {
    const changed = true1.slice();
    changed[at] ^= 4;
    a.brings(changed);
    if (at % 16 === 0) await settle();
  }
  a.brings(true1, "hotseat/1/elsewhere");
  await settle();
  assert.deepEqual(happened, ["opened"]);
  a.brings(true1);
  await settle();
  assert.deepEqual(happened, ["opened", "true"]);
  // Of a host that was started again nothing is taken: this page asks anew.
  a.brings(await (await host(a, OTHER_NONCE)).say(1, "another host"));
  await settle();
  assert.deepEqual(happened, ["opened", "true"]);
});

test("a flood costs no memory, and what is true comes through after it", async () => {
  const it = await carrier(["wss://a/"]);
  const [a] = brokers;
  a.opens();
  await settle();
  it.send("join");
  await settle();
  const { say } = await host(a);
  const garbage = new Uint8Array(200).fill(1);
  for (let i = 0; i < 5000; i += 1) a.brings(garbage);
  await settle();
  a.brings(await say(0, "true"));
  await settle();
  assert.deepEqual(happened, ["opened", "true"]);
});

test("what is not answered is said again, and then the host is not there", async () => {
  const it = await carrier(["wss://a/"]);
  const [a] = brokers;
  a.opens();
  await settle();
  it.send("join");
  await settle();
  for (const [ms, times] of [[1000, 2], [1000, 3], [2000, 4]]) {
    mock.timers.tick(ms);
    assert.equal(a.published.length, times);
    assert.deepEqual(a.published.at(-1).payload, a.published[0].payload, "the same bytes");
  }
  assert.deepEqual(happened, ["opened"]);
  mock.timers.tick(8000);
  assert.deepEqual(happened, ["opened", "closed absent"]);
  await settle();
  assert.equal(a.readyState, 3);
});

test("without any broker there is nowhere to meet; after the answer none is needed", async () => {
  await carrier();
  brokers[0].breaks();
  assert.deepEqual(happened, []);
  brokers[1].accepts = false;
  brokers[1].opens();
  brokers[1].says([0x20, 2, 0, 5]);
  assert.deepEqual(happened, ["closed broker"]);
  happened = [];
  brokers = [];
  const it = await carrier(["wss://a/"]);
  brokers[0].opens();
  await settle();
  it.send("join");
  await settle();
  brokers[0].brings(await (await host(brokers[0])).say(0, "welcome"));
  await settle();
  brokers[0].breaks();
  mock.timers.tick(60_000);
  assert.deepEqual(happened, ["opened", "welcome"]);
});

test("a broker that does not speak MQTT, or not at all, is none", async () => {
  await carrier();
  brokers[0].accepts = false;
  brokers[0].opens();
  brokers[0].says([0xff, 0xff, 0xff, 0xff, 0xff]);
  mock.timers.tick(10_000);
  assert.deepEqual(happened, ["closed broker"]);
});

test("the last word is still said", async () => {
  const it = await carrier(["wss://a/"]);
  const [a] = brokers;
  a.opens();
  await settle();
  it.send("join");
  it.send("bye");
  it.close();
  await settle();
  assert.equal(a.published.length, 2);
  assert.equal(await (await host(a)).read(1), "bye");
  assert.equal(a.readyState, 3);
});

test("of the settings only what can be used is taken", () => {
  const broker = "wss://broker.example:8084/mqtt";
  assert.deepEqual(readMeetingConfig({ v: 1, brokers: [broker, "https://x/", "javascript:1"], ice: [{ urls: ["stun:a:1", "http://x"] }, { urls: ["x:y"] }, 7] }),
    { brokers: [broker], iceServers: [{ urls: ["stun:a:1"] }] });
  assert.equal(readMeetingConfig({ brokers: Array(9).fill(broker) })?.brokers.length, 4);
  for (const bad of [null, 7, {}, { brokers: [] }, { brokers: "x" }, { brokers: ["x"] }, { brokers: [broker], ice: 3 }]) assert.equal(readMeetingConfig(bad), null);
});
