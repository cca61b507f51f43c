// Meeting the host through brokers that do what brokers should not.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { readIceServers } from "../src/net/ice-servers.js";
import { loadMeetingConfig, readMeetingConfig } from "../src/net/meeting-config.js";
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
  /** Answers pings. */
  alive = true;
  constructor(address, protocol) {
    super();
    if (address.includes("impossible")) throw new SyntaxError("no address");
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
    if (type === 12 && this.alive) this.says([0xd0, 0]);
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

/** A carrier whose one broker is there, and that has asked to join. */
async function joining() {
  const it = await carrier(["wss://a/"]);
  const [a] = brokers;
  a.opens();
  await settle();
  it.send("join");
  await settle();
  return { it, a };
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
  const { a } = await joining();
  const { say } = await host(a);
  const garbage = new Uint8Array(200).fill(1);
  for (let i = 0; i < 5000; i += 1) a.brings(garbage);
  await settle();
  a.brings(await say(0, "true"));
  await settle();
  assert.deepEqual(happened, ["opened", "true"]);
});

test("what is not answered is said again, and then the host is not there", async () => {
  const { a } = await joining();
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

test("settings from elsewhere, too long ones and insecure ones are none", () => {
  const broker = "wss://broker.example/mqtt";
  for (const bad of ["ws://broker.example/", `wss://x/${"a".repeat(300)}`, "wss://x/#a", "wss://user:word@x/", "wss://", "wss://a b/"]) {
    assert.equal(readMeetingConfig({ v: 1, brokers: [bad] }), null, bad);
    assert.deepEqual(readMeetingConfig({ v: 1, brokers: [bad, broker] })?.brokers, [broker]);
  }
  for (const local of ["ws://127.0.0.1:9001/mqtt", "ws://localhost/", "ws://[::1]:9001/"]) assert.deepEqual(readMeetingConfig({ v: 1, brokers: [local] })?.brokers, [local]);
  assert.equal(readMeetingConfig({ v: 2, brokers: [broker] }), null, "of a newer page");
});

test("settings are read up to a limit, and whatever is wrong with them there is nowhere to meet", async () => {
  const asked = globalThis.fetch;
  const served = (body, status = 200) => {
    globalThis.fetch = async () => new Response(body, { status });
    return loadMeetingConfig();
  };
  const good = JSON.stringify({ v: 1, brokers: ["wss://broker.example/mqtt"] });
  assert.deepEqual(await served(good), { brokers: ["wss://broker.example/mqtt"], iceServers: [] });
  for (const [body, status] of [[good, 404], [good.slice(1)], [""], [`${good}${" ".repeat(30_000)}`], ["null"]]) assert.equal(await served(body, status), null);
  globalThis.fetch = () => Promise.reject(new TypeError("no network"));
  assert.equal(await loadMeetingConfig(), null);
  globalThis.fetch = asked;
});

test("a relay without an account, and what is no server, costs the others nothing", () => {
  const account = { username: "u", credential: "c" };
  assert.deepEqual(readIceServers([
    { urls: ["turn:a:3478?transport=tcp", "turns:[2001:db8::1]:5349"], ...account },
    { urls: ["turn:b", "stun:b"] }, { urls: ["turn:c"], username: "u" }, { urls: ["turn:d"], username: 1, credential: "c" },
    { urls: [`stun:${"e".repeat(300)}`] }, { urls: ["turn:f?transport=sctp", "http://f", "stun:"], ...account }, { urls: "stun:g" },
  ]), [{ urls: ["turn:a:3478?transport=tcp", "turns:[2001:db8::1]:5349"], ...account }, { urls: ["stun:b"] }]);
  assert.deepEqual(readIceServers(undefined), []);
  assert.equal(readIceServers(Array(20).fill({ urls: Array(9).fill("stun:a") })).length, 8);
});

/** A page that the host has answered, by the first of its brokers. */
async function answered(addresses) {
  const it = await carrier(addresses);
  brokers[0].opens();
  await settle();
  it.send("join");
  await settle();
  const { read, say } = await host(brokers[0]);
  brokers[0].brings(await say(0, "welcome"));
  await settle();
  return { it, read, say };
}

test("a broker that is lost after the answer is connected anew, and hears everything", async () => {
  const { it, say } = await answered(["wss://a/"]);
  brokers[0].breaks();
  assert.equal(it.isOpen, false);
  it.send("restart");
  await settle();
  mock.timers.tick(1000);
  const again = brokers[1];
  again.opens();
  await settle();
  assert.equal(it.isOpen, true);
  assert.equal(again.published.length, 2, "what was said while there was no broker, too");
  // Of what the host says again, the new.
  again.brings(await say(0, "welcome"));
  again.brings(await say(1, "restarted"));
  await settle();
  assert.deepEqual(happened, ["opened", "welcome", "restarted"]);
  it.close();
  await settle();
  again.breaks();
  mock.timers.tick(60_000);
  assert.equal(brokers.length, 2, "nobody wants it any more");
});

test("a broker that says nothing to pings is connected anew", async () => {
  const { it } = await answered(["wss://a/"]);
  mock.timers.tick(120_000);
  assert.equal(brokers.length, 1, "while it answers, it stays");
  brokers[0].alive = false;
  mock.timers.tick(60_000);
  assert.equal(it.isOpen, false);
  mock.timers.tick(1000);
  assert.equal(brokers.length, 2);
});

test("in another network brokers are connected anew, and the old connection serves until then", async () => {
  const { it } = await answered(["wss://a/"]);
  it.renew();
  it.renew();
  assert.equal(brokers.length, 2, "once");
  it.send("restart");
  await settle();
  assert.equal(brokers[0].published.length, 2);
  brokers[1].opens();
  await settle();
  assert.deepEqual([brokers[0].readyState, brokers[1].published.length], [3, 2]);
  brokers[0].breaks();
  mock.timers.tick(10_000);
  assert.equal(brokers.length, 2, "the new one is all that is needed");
});

test("a connection that is dropped while the network changes is tried again as long as the old one may be dead", async () => {
  const { it } = await answered(["wss://a/"]);
  it.renew();
  it.send("restart");
  await settle();
  brokers[1].breaks();
  assert.equal(brokers.length, 2, "not at once");
  mock.timers.tick(300);
  assert.equal(brokers.length, 3);
  brokers[2].opens();
  await settle();
  assert.deepEqual([brokers[0].readyState, brokers[2].published.length], [3, 2], "everything is said again, and the old one goes");
  mock.timers.tick(60_000);
  assert.equal(brokers.length, 3);
});

test("a network in which no broker answers is not asked for ever, and one connection at a time is made", async () => {
  const { it } = await answered(["wss://a/"]);
  it.renew();
  for (let tries = 0; tries < 20; tries += 1) {
    brokers.at(-1).breaks();
    if (brokers.length > 2) it.renew();
    assert.ok(brokers.filter((broker) => broker.readyState < 3).length <= 2);
    mock.timers.tick(300);
  }
  const before = brokers.length;
  for (let tries = 0; tries < 30; tries += 1) {
    brokers.at(-1).breaks();
    mock.timers.tick(300);
  }
  assert.ok(before > 5 && brokers.length - before <= 11, `${before}, ${brokers.length}`);
  assert.equal(brokers[0].readyState, 1, "the old one serves");
});

test("an address that no browser connects to keeps nobody from the other brokers", async () => {
  const it = await carrier(["wss://impossible/", "wss://b/"]);
  assert.deepEqual(happened, []);
  brokers[0].opens();
  await settle();
  assert.deepEqual(happened, ["opened"]);
  it.close();
  happened = [];
  await carrier(["wss://impossible/"]);
  assert.deepEqual(happened, ["closed broker"]);
});

test("a broker that floods keeps nothing back of what another brings", async () => {
  const it = await carrier();
  for (const broker of brokers) broker.opens();
  await settle();
  it.send("join");
  await settle();
  const { say } = await host(brokers[1]);
  const answer = await say(0, "true");
  for (let i = 0; i < 5000; i += 1) brokers[0].brings(new Uint8Array(200).fill(1));
  brokers[1].brings(answer);
  await settle();
  assert.deepEqual(happened, ["opened", "true"]);
});
