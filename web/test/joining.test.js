// The way into the room and back, against a WebSocket and a peer connection that do what the test says, on a clock of its own.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { DirectCarrier } from "../src/net/carrier.js";
import { Connection } from "../src/net/connection.js";

const SECRET = "AbCdEfGhIjKlMnOpQrSt-_";
const ROOM = {
  type: "room", you: { peer: 1, name: "Ann", seats: [0], rights: [], muted: false, grant: "any" }, host: { name: null }, seats: [], peers: [],
  game: { name: "Arena", core: "", system: "", state: "running", message: "" },
};

let clock = 0;
let sockets = [];
let peers = [];
let probes = [];
let happened = [];

class Channel extends EventTarget {
  readyState = "connecting";
  sent = [];
  send(message) { this.sent.push(JSON.parse(message)); }
}

class Socket extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  sent = [];
  constructor() {
    super();
    sockets.push(this);
  }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  says(message) { this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })); }
  breaks() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

class Peer extends EventTarget {
  connectionState = "new";
  signalingState = "stable";
  channels = {};
  /** What was done to it, in order. */
  done = [];
  configuration;
  constructor(configuration) {
    super();
    this.configuration = configuration;
    peers.push(this);
  }
  createDataChannel(label) { return (this.channels[label] = new Channel()); }
  addTransceiver() { return { receiver: {} }; }
  getConfiguration() { return this.configuration; }
  setConfiguration(configuration) {
    this.done.push("configuration");
    this.configuration = configuration;
  }
  createOffer(options) {
    this.done.push(options?.iceRestart ? "restart" : "offer");
    return Promise.resolve({ sdp: "v=0" });
  }
  setLocalDescription() {
    this.signalingState = "have-local-offer";
    return this.#does("local");
  }
  setRemoteDescription() {
    this.signalingState = "stable";
    return this.#does("remote");
  }
  addIceCandidate({ candidate }) { return this.#does(candidate); }
  #does(what) {
    this.done.push(what);
    return Promise.resolve();
  }
  finds(candidate) { this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: candidate === null ? null : { candidate } })); }
  turns(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
  close() { this.connectionState = "closed"; }
  hears(message) { this.channels.control.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })); }
}

/** A request that is answered, fails, or is given up, as the test says. */
function probe(url, { method, cache, signal }) {
  return new Promise((resolve, reject) => {
    const it = { url, method, cache, at: clock, waits: true };
    const end = (does) => (value) => {
      it.waits = false;
      does(value);
    };
    Object.assign(it, { answers: end(resolve), fails: end(() => reject(new TypeError("no network"))) });
    signal.addEventListener("abort", end(() => reject(signal.reason)));
    probes.push(it);
  });
}

Object.assign(globalThis, { WebSocket: Socket, RTCPeerConnection: Peer, fetch: probe });
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
performance.now = () => clock;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  // Listeners of the test before hear no more.
  Object.assign(globalThis, { window: new EventTarget(), document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
  clock = 0;
  sockets = [];
  peers = [];
  probes = [];
  happened = [];
});

/** Lets promises settle, then time pass in steps of 50 ms. */
async function pass(ms) {
  for (let left = ms; ; left -= 50) {
    for (let i = 0; i < 8; i += 1) await Promise.resolve();
    if (left <= 0) return;
    clock += 50;
    mock.timers.tick(50);
  }
}

function connect(join) {
  const tell = (name) => (value) => happened.push(value === undefined ? name : `${name} ${value?.code ?? value}`);
  const connection = new Connection({ openCarrier: () => new DirectCarrier("ws://h/ws"), secret: SECRET, code: null, name: "Ann", resume: null, ...join }, {
    trying: tell("trying"), asked: tell("asked"), failed: tell("failed"), joined: tell("joined"), ended: tell("ended"), resume: tell("resume"),
    received() {}, video() {}, audio() {}, input() {}, ping() {},
  });
  connection.start();
  return connection;
}

async function joinRoom(join) {
  const connection = connect(join);
  sockets[0].opens();
  await pass(0);
  sockets[0].says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(0);
  peers[0].hears(ROOM);
  assert.equal(happened.at(-1), "joined");
  return connection;
}

test("an answer may take 35 s", async () => {
  connect({ secret: null, code: "123456" });
  sockets[0].opens();
  await pass(35_000);
  assert.deepEqual(sockets[0].sent, [{ type: "join", v: 3, secret: null, code: "123456", name: "Ann", resume: null, sdp: "v=0" }]);
  sockets[0].says({ type: "refused", code: "bad_invite", message: "" });
  assert.deepEqual(happened, ["trying false", "ended bad_invite"]);
  await pass(60_000);
  assert.equal(sockets.length, 1, "it does not try again by itself");
});

test("once the host was asked nothing runs out, and leaving takes the request back", async () => {
  const connection = connect({});
  sockets[0].opens();
  await pass(1000);
  sockets[0].says({ type: "waiting" });
  await pass(20 * 60_000);
  assert.deepEqual(happened, ["trying false", "asked"]);
  assert.equal(sockets[0].readyState, 1);
  connection.leave();
  assert.equal(sockets[0].readyState, 3);
  await pass(60_000);
  assert.equal(sockets.length, 1);
});

test("a host that says yes after minutes lets one in", async () => {
  connect({});
  sockets[0].opens();
  await pass(0);
  sockets[0].says({ type: "waiting" });
  await pass(5 * 60_000);
  sockets[0].says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(1000);
  peers[0].hears(ROOM);
  assert.deepEqual(happened, ["trying false", "asked", "resume token", "joined"]);
});

test("a page whose network is gone sends a packet at least every 1.25 s, and comes back with its token alone", async () => {
  await joinRoom({ secret: null, code: "123456" });
  await pass(6000);
  assert.equal(happened.at(-2) + happened.at(-1), "failed networktrying true");
  await pass(30_000);
  // A system repeats an unanswered first packet after a second.
  const packets = probes.slice(0, -1).flatMap(({ at }) => [at, at + 1000]);
  assert.ok(packets.length >= 30, String(packets));
  for (let i = 1; i < packets.length; i += 1) assert.ok(packets[i] - packets[i - 1] <= 1250, String(packets));
  assert.ok(probes.every(({ url, method, cache }) => url === "./" && method === "HEAD" && cache === "no-store"));
  assert.equal(probes.filter(({ waits }) => waits).length <= 1, true, "one at a time");
  assert.equal(sockets.length, 1, "no WebSocket, which Firefox would hold back the next time");
  assert.equal(peers.length, 1, "no peer connection is made without a network");
  while (!probes.at(-1).waits) await pass(50);
  probes.at(-1).answers();
  await pass(0);
  assert.equal(sockets.length, 2);
  sockets.at(-1).opens();
  await pass(100);
  assert.deepEqual(sockets.at(-1).sent, [{ type: "join", v: 3, secret: null, code: null, name: "Ann", resume: "token", sdp: "v=0" }]);
  sockets.at(-1).says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(100);
  peers.at(-1).hears(ROOM);
  assert.equal(happened.at(-1), "joined");
});

test("a WebSocket that is lost behind an answered probe is given up after three seconds", async () => {
  await joinRoom({});
  sockets[0].breaks();
  await pass(3000);
  probes.at(-1).answers();
  await pass(2900);
  const before = probes.length;
  assert.equal(sockets.length, 2);
  await pass(1500);
  assert.ok(probes.length > before);
});

test("a network that says it is back is believed at once", async () => {
  await joinRoom({});
  await pass(20_000);
  const before = probes.length;
  window.dispatchEvent(new Event("online"));
  assert.equal(probes.length, before + 1);
});

test("refused probes are a second apart for a minute, then five", async () => {
  await joinRoom({});
  sockets[0].breaks();
  for (let at = 0; at < 100_000; at += 50) {
    await pass(50);
    if (probes.at(-1)?.waits) probes.at(-1).fails();
  }
  const gaps = probes.slice(1).map(({ at }, i) => at - probes[i].at);
  assert.ok(gaps.slice(0, 50).every((gap) => gap <= 1100), String(gaps));
  assert.ok(gaps.slice(3, 50).every((gap) => gap >= 1000), String(gaps));
  assert.ok(gaps.slice(-4).every((gap) => gap >= 5000 && gap <= 5100), String(gaps));
});

/** The page is not seen for a while. */
async function hideFor(ms) {
  for (const state of ["hidden", "visible"]) {
    Object.assign(document, { visibilityState: state });
    document.dispatchEvent(new Event("visibilitychange"));
    if (state === "hidden") await pass(ms);
  }
}

test("a page that waits for the host's answer asks again after it was hidden for long, and only then", async () => {
  connect({});
  sockets[0].opens();
  await pass(0);
  sockets[0].says({ type: "waiting" });
  await hideFor(15_000);
  assert.equal(sockets.length, 1);
  await hideFor(25_000);
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0].readyState, 3, "the old request is taken back");
  sockets[1].opens();
  await pass(0);
  sockets[1].says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(0);
  peers.at(-1).hears(ROOM);
  assert.equal(happened.at(-1), "joined");
});

test("a page that plays keeps its connection however long it was hidden", async () => {
  await joinRoom({});
  Object.assign(document, { visibilityState: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
  clock += 60_000;
  Object.assign(document, { visibilityState: "visible" });
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(sockets.length, 1);
});

test("a host that had a problem is asked three times, and again when a person wants it", async () => {
  const connection = connect({});
  const refuse = async () => {
    sockets.at(-1).opens();
    await pass(0);
    sockets.at(-1).says({ type: "refused", code: "host_error", message: "" });
    await pass(1500);
  };
  for (const tries of [2, 3, 3]) {
    await refuse();
    assert.equal(sockets.length, tries);
  }
  await pass(60_000);
  assert.equal(happened.at(-1), "ended host_error");
  assert.equal(sockets.length, 3);
  connection.start();
  await refuse();
  assert.equal(happened.at(-1), "trying false", "from the beginning");
});

test("a refusal the page does not know ends it at once", async () => {
  connect({});
  sockets[0].opens();
  await pass(0);
  sockets[0].says({ type: "refused", code: "of_a_newer_host", message: "No." });
  await pass(60_000);
  assert.equal(happened.at(-1), "ended of_a_newer_host");
  assert.equal(sockets.length, 1);
});

/** The host sends the page away for what it sends; the page probes, and is let in again if it still wants to. */
async function isSentAway(wait) {
  peers.at(-1).hears({ type: "closing", code: "flood", message: "" });
  await pass(wait);
  if (happened.at(-1) === "ended flood") return;
  probes.at(-1).answers();
  await pass(0);
  sockets.at(-1).opens();
  await pass(0);
  sockets.at(-1).says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(0);
  peers.at(-1).hears(ROOM);
}

test("a page that is sent away for what it sends comes back by itself", async () => {
  await joinRoom({});
  for (let times = 0; times < 10; times += 1) {
    await isSentAway(2000);
    assert.equal(happened.at(-1), "joined");
    await pass(20_000);
  }
});

test("but not for ever when it happens again and again", async () => {
  await joinRoom({});
  for (let times = 1; times < 5; times += 1) {
    await isSentAway(2000);
    assert.equal(happened.at(-1), "joined", `${times}`);
  }
  await isSentAway(2000);
  assert.equal(happened.at(-1), "ended flood");
  const there = peers.length;
  await pass(60_000);
  assert.equal(peers.length, there);
});

test("a room that is closed is not probed", async () => {
  await joinRoom({});
  peers[0].hears({ type: "closing", code: "revoked", message: "" });
  await pass(60_000);
  window.dispatchEvent(new Event("online"));
  assert.equal(happened.at(-1), "ended revoked");
  assert.equal(sockets.length, 1);
});

test("requests are held back before the host would call them a flood", async () => {
  const connection = await joinRoom({});
  peers[0].channels.control.readyState = "open";
  const told = Array.from({ length: 30 }, () => connection.request({ type: "react", emoji: "👍" }));
  assert.equal(told.filter(Boolean).length, 8);
  await pass(1000);
  assert.ok(connection.request({ type: "unask" }));
});

test("a host that answers but is not reached by the game is told from one that is gone", async () => {
  connect({});
  sockets[0].opens();
  await pass(0);
  sockets[0].says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0" });
  await pass(0);
  peers[0].connectionState = "failed";
  peers[0].dispatchEvent(new Event("connectionstatechange"));
  await pass(0);
  assert.equal(happened.at(-1), "failed blocked");
  // The same with a host that went away meanwhile.
  await pass(3000);
  sockets[1].opens();
  await pass(0);
  sockets[1].says({ type: "welcome", v: 3, peer: 2, resume: "token", sdp: "v=0" });
  await pass(0);
  sockets[1].breaks();
  peers[1].connectionState = "failed";
  peers[1].dispatchEvent(new Event("connectionstatechange"));
  await pass(0);
  assert.equal(happened.at(-1), "failed network");
});

test("where the host can be reached too is tried, and what the browser does not take is no harm", async () => {
  await joinRoom({});
  const tried = [];
  peers[0].addIceCandidate = (candidate) => {
    tried.push(candidate);
    return tried.length === 1 ? Promise.resolve() : Promise.reject(new Error("no"));
  };
  const candidate = "candidate:1 1 udp 2130706175 10.0.0.7 8470 typ host";
  peers[0].hears({ type: "candidate", candidate });
  peers[0].hears({ type: "candidate", candidate: "nonsense" });
  await pass(50);
  assert.deepEqual(tried, [{ candidate, sdpMLineIndex: 0 }, { candidate: "nonsense", sdpMLineIndex: 0 }]);
  assert.equal(happened.at(-1), "joined");
});

test("a host that is heard again on the old connection goes on there, in the middle of another attempt", async () => {
  await joinRoom({});
  const [first] = peers;
  first.channels.input.readyState = "open";
  first.channels.input.dispatchEvent(new Event("open"));
  await pass(6000);
  assert.equal(happened.at(-2) + happened.at(-1), "failed networktrying true");
  assert.notEqual(first.connectionState, "closed", "it is waited for");
  // The page's own way back does not lead anywhere.
  await pass(1000);
  first.hears({ type: "stats", fps: 60, latency_ms: 1, kbit_s: 1 });
  assert.equal(happened.at(-1), "joined");
  assert.equal(probes.every(({ waits }) => !waits), true, "no attempt goes on beside it");
  const before = happened.length;
  for (let i = 0; i < 10; i += 1) {
    await pass(1000);
    first.hears({ type: "pong", t: 0 });
  }
  assert.equal(happened.length, before, "and stays");
  await pass(6000);
  assert.equal(happened.at(-2), "failed network", "it can be missed again");
});

test("a way back that is found ends the wait for the old connection", async () => {
  await joinRoom({});
  const [first] = peers;
  await pass(6000);
  while (!probes.at(-1).waits) await pass(50);
  probes.at(-1).answers();
  await pass(0);
  assert.notEqual(first.connectionState, "closed", "nothing is asked yet");
  sockets[1].opens();
  await pass(0);
  assert.equal(first.connectionState, "closed");
  // What the host says there when it lets the same person in again.
  first.hears({ type: "closing", code: "replaced", message: "" });
  sockets[1].says({ type: "welcome", v: 3, peer: 2, resume: "token", sdp: "v=0" });
  await pass(0);
  peers[1].hears(ROOM);
  assert.equal(happened.at(-1), "joined");
});

test("who leaves while the host is missed does not come back", async () => {
  const connection = await joinRoom({});
  await pass(6000);
  connection.leave();
  assert.equal(peers[0].connectionState, "closed");
  const before = happened.length;
  peers[0].hears({ type: "pong", t: 0 });
  await pass(20_000);
  assert.equal(happened.length, before);
});

test("the offer goes out before anything is looked for; then the servers, both descriptions, and what came too early", async () => {
  connect({ openCarrier: () => Object.assign(new DirectCarrier("ws://h/ws"), { iceServers: [{ urls: ["stun:page.example"] }] }) });
  sockets[0].opens();
  await pass(0);
  assert.deepEqual(peers[0].done, ["offer"]);
  sockets[0].says({ type: "candidate", candidate: "candidate:early" });
  const relay = { urls: ["turn:relay.example:3478?transport=udp"], username: "u", credential: "c" };
  sockets[0].says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0", ice: [relay, { urls: ["https://no.example"] }] });
  sockets[0].says({ type: "candidate", candidate: "candidate:soon" });
  await pass(50);
  assert.deepEqual(peers[0].done, ["offer", "configuration", "local", "remote", "candidate:early", "candidate:soon"]);
  assert.deepEqual(peers[0].configuration, { bundlePolicy: "max-bundle", iceServers: [{ urls: ["stun:page.example"] }, relay] });
  sockets[0].says({ type: "candidate", candidate: "candidate:late" });
  sockets[0].says({ type: "welcome", v: 3, peer: 2, resume: "other", sdp: "v=1" });
  await pass(50);
  assert.deepEqual(peers[0].done.slice(6), ["candidate:late"], "one welcome");
  assert.equal(happened.filter((it) => it.startsWith("resume")).length, 1);
});

test("what the page finds is told as it is found, up to 64 lines, and never the ends of TCP that only it could listen at", async () => {
  await joinRoom({});
  const line = (at, transport = "udp") => `candidate:${at} 1 ${transport} 1 192.168.1.${at} 5000 typ host`;
  peers[0].finds(line(1));
  peers[0].finds(line(2, "tcp"));
  peers[0].finds("x".repeat(513));
  peers[0].finds("");
  peers[0].finds(null);
  for (let at = 3; at < 200; at += 1) peers[0].finds(line(at));
  const told = sockets[0].sent.slice(1);
  assert.equal(told.length, 64);
  assert.deepEqual(told[0], { type: "candidate", candidate: line(1) });
  assert.ok(told.every(({ candidate }) => / udp /.test(candidate)));
});

test("who leaves says so on the carrier, before the host's answer too", async () => {
  const connection = connect({});
  sockets[0].opens();
  await pass(0);
  connection.leave();
  assert.deepEqual(sockets[0].sent.at(-1), { type: "bye" });
});

/** Lets time pass in which the host is heard. */
async function heard(ms) {
  for (let left = ms; left > 0; left -= 500) {
    await pass(500);
    peers[0].hears({ type: "pong", t: 0 });
  }
}

test("a path that is lost while the host still listens is sought anew, with seat and channels kept", async () => {
  await joinRoom({});
  await heard(2000);
  peers[0].turns("disconnected");
  await pass(900);
  assert.ok(!peers[0].done.includes("restart"), "it may come back");
  await pass(1100);
  assert.deepEqual(sockets[0].sent.at(-1), { type: "restart", sdp: "v=0" });
  sockets[0].says({ type: "candidate", candidate: "candidate:of-the-new-way" });
  sockets[0].says({ type: "restarted", sdp: "v=0" });
  sockets[0].says({ type: "restarted", sdp: "v=0" });
  await pass(500);
  assert.deepEqual(peers[0].done.slice(-4), ["restart", "local", "remote", "candidate:of-the-new-way"]);
  peers[0].turns("connected");
  await heard(20_000);
  assert.equal(happened.at(-1), "joined");
  assert.equal(sockets.length, 1);
  peers[0].turns("failed");
  await pass(100);
  assert.equal(sockets[0].sent.filter(({ type }) => type === "restart").length, 2, "the next loss, another restart");
});

test("a restart that nobody answers ends in joining again", async () => {
  await joinRoom({});
  await heard(2000);
  peers[0].turns("failed");
  await pass(3500);
  assert.equal(sockets[0].sent.filter(({ type }) => type === "restart").length, 1);
  assert.equal(happened.at(-1), "joined");
  await pass(2000);
  assert.equal(happened.at(-2) + happened.at(-1), "failed networktrying true");
});

test("another network makes the page restart only if the host is heard no more", async () => {
  await joinRoom({});
  window.dispatchEvent(new Event("online"));
  await heard(5000);
  assert.ok(!peers[0].done.includes("restart"));
  window.dispatchEvent(new Event("online"));
  await pass(1600);
  assert.ok(peers[0].done.includes("restart"));
});

test("a path that is lost together with the carrier is not sought: nobody would hear of it", async () => {
  await joinRoom({});
  sockets[0].breaks();
  peers[0].turns("failed");
  await pass(1000);
  assert.ok(!peers[0].done.includes("restart"));
  assert.equal(happened.at(-1), "trying true");
});

/** A carrier whose end says nothing of the host's, in the test's hands. */
class Meeting {
  endsWithHost = false;
  isOpen = true;
  iceServers = [{ urls: ["stun:page.example"] }];
  renewed = 0;
  sent = [];
  listen(events) { this.events = events; }
  send(text) { this.sent.push(JSON.parse(text)); }
  says(message) { this.events.heard(JSON.stringify(message)); }
  renew() { this.renewed += 1; }
  close() {}
}

/** @returns {Meeting} of a page that is let in */
async function meet() {
  const carrier = new Meeting();
  connect({ openCarrier: () => carrier });
  carrier.events.opened();
  await pass(0);
  carrier.says({ type: "welcome", v: 3, peer: 1, resume: "token", sdp: "v=0\r\na=candidate:1 1 udp 1 192.168.7.7 5000 typ host\r\n" });
  await pass(0);
  return carrier;
}

test("a page that reaches no meeting point in time says so, and not that the host is gone", async () => {
  connect({ openCarrier: () => new Meeting() });
  await pass(11_000);
  assert.equal(happened[1], "failed broker");
});

test("where no way is found, it is said whose network is in the way", async () => {
  const [inner, outer] = ["candidate:1 1 udp 1 10.0.0.2 5000 typ host", "candidate:2 1 udp 1 192.0.2.2 5000 typ srflx raddr 10.0.0.2 rport 5000"];
  for (const [reason, local, remote] of [["path_here", inner, outer], ["path_there", outer, inner], ["path", outer, outer], ["path_here", inner, inner]]) {
    happened = [];
    const carrier = await meet();
    peers.at(-1).finds(local);
    carrier.says({ type: "candidate", candidate: remote });
    // The brokers are of no matter any more.
    carrier.isOpen = false;
    peers.at(-1).turns("failed");
    assert.ok(happened.includes(`failed ${reason}`), `${reason}: ${happened}`);
  }
});

test("a page that may be in another network looks for its way by connections of the new one", async () => {
  const carrier = await meet();
  peers[0].hears(ROOM);
  await heard(1000);
  window.dispatchEvent(new Event("online"));
  await pass(1600);
  assert.equal(carrier.renewed, 1);
  assert.equal(carrier.sent.at(-1).type, "restart");
});

test("an answer to a restart that nobody asked for is passed over", async () => {
  await joinRoom({});
  sockets[0].says({ type: "restarted", sdp: "v=0" });
  await pass(0);
  assert.deepEqual(peers[0].done, ["offer", "local", "remote"]);
});
