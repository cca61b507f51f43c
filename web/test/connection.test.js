import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/net/backoff.js";
import { cleanCode, cleanName, inviteLink, parseLink, secretIn, socketAddress } from "../src/net/invite-link.js";
import { isFinal, joinMessage, parseHostMessage } from "../src/net/protocol.js";
import { RateLimiter } from "../src/net/rate-limiter.js";
import { guessSystem, playerPage, securePage } from "../src/net/secure-link.js";
import { withStereoOpus } from "../src/net/sdp.js";
import { readStreamStats } from "../src/net/stream-stats.js";
import { Watchdog } from "../src/net/watchdog.js";

const SECRET = "AbCdEfGhIjKlMnOpQrSt-_";

test("a link's name may stand before the secret or after it", () => {
  const base = "http://127.0.0.1:7777/";
  assert.deepEqual(parseLink(`${base}#${SECRET}`), { secret: SECRET, name: null });
  for (const rest of [`?name=Ann#${SECRET}`, `#${SECRET}?name=Ann`, `#${SECRET}&name=Ann`]) {
    assert.deepEqual(parseLink(base + rest), { secret: SECRET, name: "Ann" }, rest);
  }
  assert.equal(parseLink(`${base}#${SECRET}?name=J%C3%BCrgen%20B`).name, "Jürgen B");
  assert.equal(parseLink(`${base}?name=%20#${SECRET}`).name, null);
});

test("a link without a whole secret has none", () => {
  for (const link of ["http://h/", "http://h/#", `http://h/#${SECRET}x`, "http://h/#short?name=Ann", `http://h/#${SECRET.slice(1)}!`]) {
    assert.equal(parseLink(link).secret, null, link);
  }
});

test("names are one clean line of at most 24 characters", () => {
  assert.equal(cleanName("  Ann \n\t B\u0000 "), "Ann B");
  assert.equal(cleanName("\u202eevil"), "evil");
  assert.equal(cleanName("🎮".repeat(30)), "🎮".repeat(24));
  assert.equal(cleanName("   "), "");
  assert.equal(cleanName("x\ud800y"), "xy");
});

test("the WebSocket is at the page's own origin", () => {
  assert.equal(socketAddress(`http://127.0.0.1:7777/?name=a#${SECRET}`), "ws://127.0.0.1:7777/ws");
  assert.equal(socketAddress("https://play.example/x/"), "wss://play.example/x/ws");
  assert.equal(socketAddress(`https://play.example/x/index.html#${SECRET}`), "wss://play.example/x/ws");
});

test("a plain link leads to the page that makes it a secure one, and back, with everything it says", () => {
  const plain = `http://192.168.1.5:8470/x/?name=Ann#${SECRET}`;
  const explains = `http://192.168.1.5:8470/x/secure.html?name=Ann#${SECRET}`;
  assert.equal(securePage(plain, false), explains);
  assert.equal(securePage(plain, true), null);
  for (const host of ["10.1.2.3", "172.16.0.1", "172.31.9.9", "100.64.0.1", "100.127.0.1", "169.254.1.1", "[fd00::5]", "pc", "pc.lan", "pc.home.arpa"]) {
    assert.notEqual(securePage(`http://${host}:8470/`, false), null, host);
  }
  for (const host of ["203.0.113.9", "172.32.0.1", "100.128.0.1", "11.0.0.1", "[2001:db8::5]", "play.example", "lan.example"]) {
    assert.equal(securePage(`http://${host}:8470/`, false), null, host);
  }
  assert.equal(playerPage(explains, "https:"), `https://192.168.1.5:8470/x/?name=Ann#${SECRET}`);
  assert.equal(playerPage(explains, "http:"), plain);
  for (const [agent, system] of [
    ["Mozilla/5.0 (Linux; Android 15; Mobile) Chrome/140", "android"], ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "ios"],
    ["Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "firefox"], ["Mozilla/5.0 (Windows NT 10.0) Chrome/140", "windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605", "mac"], ["Mozilla/5.0 (X11; Linux x86_64) Chrome/140", "linux"],
  ]) assert.equal(guessSystem(agent), system);
});

const parse = (value) => parseHostMessage(JSON.stringify(value));

test("messages of the protocol are understood", () => {
  const picture = { type: "picture", width: 256, height: 240, aspect: 1.219, coded_width: 512, coded_height: 480 };
  assert.deepEqual(parse({ ...picture, later: true }), picture);
  for (const aspect of [4096, 1 / 4096]) assert.equal(parse({ ...picture, aspect }).aspect, aspect);
  assert.equal(parse({ ...picture, aspect: 5000 }), null);
  assert.deepEqual(parse({ type: "pong", t: 1.5 }), { type: "pong", t: 1.5 });
  const candidate = "candidate:1 1 udp 2130706175 10.0.0.7 8470 typ host";
  assert.deepEqual(parse({ type: "candidate", candidate }), { type: "candidate", candidate });
  assert.ok(parse({ type: "candidate", candidate: "x".repeat(600) }).candidate.length <= 512);
  assert.equal(parse({ type: "candidate", candidate: 1 }), null);
  assert.equal(parse({ type: "welcome", v: 3, peer: 1, resume: "r", sdp: "v=0" }).sdp, "v=0");
});

test("what is malformed or of an unknown type is ignored", () => {
  const bad = [
    "", "{", "null", "[]", "7", JSON.stringify({}), JSON.stringify({ type: "constructor" }), JSON.stringify({ type: "dance" }),
    JSON.stringify({ type: "picture", width: 0, height: 240, aspect: 1, coded_width: 1, coded_height: 1 }),
    JSON.stringify({ type: "picture", width: 256, height: 240, aspect: -1, coded_width: 256, coded_height: 240 }),
    JSON.stringify({ type: "stats", fps: "60" }), `"${"x".repeat(70000)}"`,
  ];
  for (const message of bad) assert.equal(parseHostMessage(message), null, message.slice(0, 80));
  assert.equal(parseHostMessage(new ArrayBuffer(4)), null);
});

test("refusals and closings are final, but for those that another attempt may help against", () => {
  const message = (type, code) => ({ type, code, message: "" });
  for (const code of ["bad_invite", "bad_message", "version", "no_codec", "host_codec", "room_full", "declined", "banned", "busy", "of_a_newer_host"]) assert.ok(isFinal(message("refused", code)), code);
  assert.ok(!isFinal(message("refused", "host_error")));
  for (const code of ["kicked", "banned", "revoked", "host_closed", "replaced", "host_codec", "of_a_newer_host"]) assert.ok(isFinal(message("closing", code)), code);
  for (const code of ["flood", "bad_message"]) assert.ok(!isFinal(message("closing", code)), code);
});

test("the join message carries the protocol's fields", () => {
  assert.deepEqual(JSON.parse(joinMessage({ secret: SECRET, code: null, name: "Ann", resume: null, sdp: "v=0" })),
    { type: "join", v: 3, secret: SECRET, code: null, name: "Ann", resume: null, sdp: "v=0" });
});

test("every Opus format of the offer asks for stereo, once", () => {
  const sdp = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9", "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1", "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111", ""].join("\r\n");
  const munged = withStereoOpus(sdp);
  assert.match(munged, /a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n/);
  assert.match(munged, /a=fmtp:63 111\/111\r\n$/);
  assert.equal(withStereoOpus(munged), munged);
  assert.match(withStereoOpus("a=rtpmap:109 opus/48000/2\r\n"), /^a=rtpmap:109 opus\/48000\/2\r\na=fmtp:109 stereo=1;sprop-stereo=1\r\n$/);
});

test("for a minute attempts are at most a second apart, later five, and anew after a connection that held", () => {
  const backoff = new Backoff();
  assert.deepEqual([0, 1, 2, 3, 59_999, 60_000].map((now) => backoff.failed(now)), [250, 500, 1000, 1000, 1000, 5000]);
  backoff.connected(70_000);
  assert.equal(backoff.failed(71_000), 5000, "it broke at once");
  backoff.connected(80_000);
  assert.equal(backoff.failed(90_000), 250);
  assert.ok(backoff.eager(149_999) && !backoff.eager(150_000));
});

test("a pasted code is six digits, however it is written", () => {
  assert.equal(cleanCode(" 123-456\n"), "123456");
  assert.equal(cleanCode("１２３ ４５６"), "123456");
  assert.equal(cleanCode("your code: 12 34 56 78"), "123456");
  assert.equal(cleanCode("12a"), "12");
});

test("a pasted link is found among other words, and one without its secret is none", () => {
  assert.equal(secretIn(`Join me: http://192.168.1.5:7777/#${SECRET} 🎮`), SECRET);
  assert.equal(secretIn(`https://play.example/?name=Ann#${SECRET}&name=Bo`), SECRET);
  for (const text of ["123 456", SECRET, `#${SECRET}`, `http://h/#${SECRET}x`, `http://h/#${SECRET.slice(1)}`, "http://h/"]) assert.equal(secretIn(text), null, text);
});

test("a friend's link is made from the page's own address and holds nothing else of it", () => {
  assert.equal(inviteLink(`https://play.example/?name=Ann#${"x".repeat(22)}`, SECRET), `https://play.example/#${SECRET}`);
  assert.deepEqual(parseLink(inviteLink("http://127.0.0.1:7777/", SECRET)), { secret: SECRET, name: null });
});

test("the page never says more than twenty things in a second", () => {
  const rateLimiter = new RateLimiter(0);
  const said = [];
  for (let now = 0; now < 5000; now += 10) if (rateLimiter.take(now)) said.push(now);
  for (const at of said) assert.ok(said.filter((it) => it >= at && it < at + 1000).length <= 16, String(at));
  assert.ok(said.length >= 40);
});

test("silence ends a connection, sooner when the WebSocket or the path is gone", () => {
  const silentUntil = (prepare) => {
    const dog = new Watchdog(0);
    prepare(dog);
    for (let now = 0; now <= 20_000; now += 500) {
      const state = dog.poll(now);
      if (state !== "alive") return [now, state];
    }
    return null;
  };
  assert.deepEqual(silentUntil(() => {}), [5500, "network"]);
  assert.deepEqual(silentUntil((dog) => dog.socketClosed(0)), [2000, "host"]);
  assert.deepEqual(silentUntil((dog) => dog.path("disconnected", 0)), [3000, "network"]);
  assert.deepEqual(silentUntil((dog) => dog.path("failed", 0)), [0, "network"]);
  const dog = new Watchdog(0);
  dog.socketClosed(0);
  for (let now = 0; now < 20_000; now += 500) {
    dog.heard(now);
    assert.equal(dog.poll(now), "alive", "a closed WebSocket alone ends nothing");
  }
});

test("a page that slept gives the host a moment before it calls it silent", () => {
  const dog = new Watchdog(0);
  dog.poll(0);
  assert.equal(dog.poll(60_000), "alive");
  assert.equal(dog.poll(60_500), "alive");
  assert.equal(dog.poll(62_000), "network");
});

test("statistics are the difference of two readings", () => {
  const reading = (more) => [
    { id: "V", type: "inbound-rtp", kind: "video", codecId: "C", frameWidth: 512, frameHeight: 480, bytesReceived: 1000 + more * 125_000,
      packetsReceived: 100 + more * 99, packetsLost: more, framesDecoded: more * 60, framesDropped: 2, totalDecodeTime: more * 0.06,
      jitterBufferDelay: more * 0.3, jitterBufferEmittedCount: more * 60 },
    { id: "C", type: "codec", mimeType: "video/H264" },
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "P", type: "candidate-pair", currentRoundTripTime: 0.012 },
  ];
  const first = readStreamStats(reading(0), null, 1000);
  assert.equal(first.stats.kbitS, null);
  const { stats } = readStreamStats(reading(1), first.totals, 2000);
  assert.equal(stats.kbitS, 1000);
  assert.equal(stats.fps, 60);
  assert.equal(stats.lossPercent, 1);
  assert.ok(Math.abs(stats.bufferMs - 5) < 1e-9 && Math.abs(stats.decodeMs - 1) < 1e-9);
  assert.equal(stats.roundTripMs, 12);
  assert.equal(stats.codec, "H264");
  assert.equal(stats.audioBufferMs, null);
  assert.equal(readStreamStats([], null, 0).stats.width, null);
});
