import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHostMessage, REACTIONS, requestMessage } from "../src/net/protocol.js";
import { ChatLog, cleanChat, isChatKey, seatOf } from "../src/room/chat-log.js";
import { hasBit, Leds } from "../src/room/leds.js";
import { peopleView } from "../src/room/people-view.js";

const SECRET = "AbCdEfGhIjKlMnOpQrSt-_";
const ROOM = Object.freeze({
  type: "room",
  you: { peer: 3, name: "Ann", seats: [1], rights: ["pause", "seats"], muted: false, grant: "any" },
  host: { name: "Kim" },
  seats: [
    { seat: 0, device: "RetroPad", holders: [{ peer: null, name: "Kim", away: false }] },
    { seat: 1, device: "RetroPad", holders: [{ peer: 3, name: "Ann", away: false }, { peer: 4, name: "Bo", away: true }] },
    { seat: 2, device: "", holders: [] },
  ],
  peers: [
    { peer: 3, name: "Ann", seats: [1], wants: null, muted: false },
    { peer: 4, name: "Bo", seats: [1], wants: null, muted: true },
    { peer: 5, name: "Cid", seats: [], wants: "any", muted: false },
    { peer: 6, name: "Di", seats: [], wants: 2, muted: false },
  ],
  game: { name: "Arena", core: "Hotseat Arena", system: "Nintendo - Nintendo Entertainment System", state: "running", pausedBy: "", problem: null, unsaved: false, flow: "normal", flowBy: "", canRewind: true, ahead: 2, lateLatch: true },
});
/** As it travels: of a paused game `message` is the name of who paused. */
const wire = (message) => (message.type === "room" ? { ...message, game: { ...message.game, pausedBy: undefined, message: message.game?.pausedBy, flow_by: message.game?.flowBy, can_rewind: message.game?.canRewind, late_latch: message.game?.lateLatch } } : message);
const parse = (message) => parseHostMessage(JSON.stringify(wire(message)));
const room = (news) => ({ ...ROOM, ...news });
const gameOf = (news) => room({ game: { ...ROOM.game, ...news } });
const you = (news) => room({ you: { ...ROOM.you, ...news } });

test("every message of the room is understood as it is", () => {
  const messages = [
    ROOM, gameOf({ state: "paused", pausedBy: "Bo" }), gameOf({ unsaved: true }), gameOf({ flow: "rewind", flowBy: "Bo", canRewind: false }), ...["crashed", "stopped"].map((state) => gameOf({ state, problem: { code: "crash.memory", core: "Hotseat Arena" } })),
    you({ grant: "watch", rights: [] }), you({ grant: 2, seats: [] }), room({ host: { name: null } }),
    { type: "controls", seats: [{ seat: 0, device: "RetroPad", names: { b: "Jump", left_x: "Steer" } }], wants: ["keyboard", "mouse"] },
    { type: "chat", peer: null, name: "Kim", text: "<b>hi</b>" },
    { type: "line", what: "joined", name: "Ann" },
    { type: "discs", names: ["Tale", ""], inserted: 1 }, { type: "discs", names: [], inserted: null }, { type: "disc", name: "Ann", disc: 1, label: "<b>" },
    { type: "osd", note: { text: "<b>Saved</b>\nhere", level: 3, ms: 1500 }, status: null, progress: { text: "Loading", percent: null, ms: 60000 } },
    { type: "osd", note: null, status: { text: "60 fps", level: 0, ms: 1 }, progress: { text: "Loading", percent: 100, ms: 1 } },
    { type: "lights", seats: 5 }, { type: "leds", on: 2 ** 32 - 1 },
    { type: "rumble", seat: 0, strong: 65535, weak: 0 }, { type: "sensors", accelerometer: 3, gyroscope: 0 },
    { type: "invited", secret: SECRET },
    { type: "no", to: "ask", code: "gone" },
    { type: "waiting" },
    ...REACTIONS.map((emoji) => ({ type: "reaction", peer: 3, name: "Ann", emoji })),
  ];
  for (const message of messages) assert.deepEqual(parse(message), message);
});

test("what a newer host says more is left out", () => {
  assert.deepEqual(parse(you({ rights: ["fly", "pause"] })).you.rights, ["pause"]);
  assert.equal(parse(gameOf({ flow: "sideways" })).game.flow, "normal");
  assert.deepEqual(parse(you({ seats: [1, 1, 0] })).you.seats, [1, 0]);
  const controls = parse({ type: "controls", seats: [{ seat: 0, device: "", names: { b: "Jump", warp: "Warp", __proto__x: "y" } }], wants: ["telepathy", "pointer"] });
  assert.deepEqual(controls.seats[0].names, { b: "Jump" });
  assert.deepEqual(controls.wants, ["pointer"]);
});

test("hostile messages are no messages", () => {
  const bad = [
    room({ you: null }), you({ seats: [8] }), you({ seats: "1" }), you({ seats: [1.5] }), you({ rights: "pause" }), you({ muted: 1 }),
    you({ grant: "all" }), you({ grant: -1 }), you({ grant: null }), you({ peer: "3" }), you({ name: {} }),
    room({ host: null }), room({ host: { name: 7 } }), room({ seats: {} }), room({ seats: [null] }),
    room({ seats: [{ seat: 0, device: "", holders: [{ peer: null, name: "x" }] }] }), room({ seats: [{ seat: 9, device: "", holders: [] }] }),
    room({ peers: [{ peer: 1, name: "x", seats: [], wants: "all", muted: false }] }), room({ peers: [{ peer: -1, name: "x", seats: [], wants: null, muted: false }] }),
    gameOf({ state: "dancing" }), gameOf({ system: 1 }), gameOf({ problem: "crash.memory" }), gameOf({ problem: {} }), gameOf({ problem: { code: 1, core: "" } }), gameOf({ problem: { code: "failed", core: 1 } }),
    { type: "controls", seats: [{ seat: 0, names: [] }], wants: [] }, { type: "controls", seats: [{ seat: 0, names: { b: 1 } }], wants: [] },
    { type: "controls", seats: [], wants: "mouse" },
    { type: "chat", peer: null, name: "x" }, { type: "chat", peer: "3", name: "x", text: "y" }, { type: "chat", peer: 1, name: 1, text: "y" },
    { type: "line", what: "exploded", name: "x" }, { type: "reaction", peer: 1, name: "x", emoji: "💣" }, { type: "reaction", peer: 1, name: "x", emoji: "❤" },
    { type: "discs", names: "Tale", inserted: null }, { type: "discs", names: [1], inserted: null }, { type: "discs", names: ["a"], inserted: -1 },
    { type: "disc", name: "Ann", disc: 64, label: "" }, { type: "disc", name: "Ann", disc: 0 },
    ...[{ note: "hi" }, { note: { text: 1, level: 1, ms: 1 } }, { note: { text: "x", level: 4, ms: 1 } }, { status: { text: "x", level: 1, ms: 1e9 } },
      { progress: { text: "x", percent: 101, ms: 1 } }, { progress: { text: "x", percent: -1, ms: 1 } }].map((news) => ({ type: "osd", ...news })),
    { type: "sensors", accelerometer: 1 }, { type: "sensors", accelerometer: -1, gyroscope: 0 },
    { type: "lights", seats: -1 }, { type: "lights", seats: 2 ** 32 }, { type: "lights", seats: "5" }, { type: "leds" },
    { type: "rumble", seat: 8, strong: 0, weak: 0 }, { type: "rumble", seat: 0, strong: 65536, weak: 0 },
    { type: "invited", secret: "short" }, { type: "invited", secret: `${SECRET.slice(2)}"><` }, { type: "no", to: "ask" }, { type: "no", code: "right" },
  ];
  for (const message of bad) assert.equal(parse(message), null, JSON.stringify(message).slice(0, 160));
  assert.equal(parseHostMessage('{"type":"room","__proto__":{"you":1}}'), null);
});

test("long lists and texts are cut", () => {
  const many = Array.from({ length: 500 }, (_, peer) => ({ peer, name: "n".repeat(50), seats: [], wants: null, muted: false }));
  assert.equal(parse(room({ peers: many })).peers.length, 64);
  assert.equal(parse({ type: "chat", peer: 1, name: "x", text: "y".repeat(5000) }).text.length, 600);
  assert.equal(parse({ type: "osd", note: { text: "y".repeat(5000), level: 1, ms: 1 } }).note.text.length, 600);
  const discs = parse({ type: "discs", names: Array(99).fill("n".repeat(300)), inserted: 70 });
  assert.deepEqual([discs.names.length, discs.names[0].length, discs.inserted], [64, 200, null]);
  assert.equal(parse({ type: "chat", peer: 1, name: "x".repeat(5000), text: "y" }).name.length, 400);
});

test("requests travel as the protocol writes them", () => {
  assert.equal(requestMessage({ type: "ask", seat: null }), '{"type":"ask","seat":null}');
  assert.equal(requestMessage({ type: "sit", peer: 4, seat: 0, on: true }), '{"type":"sit","peer":4,"seat":0,"on":true}');
  assert.equal(requestMessage({ type: "do", what: "save", slot: 9 }), '{"type":"do","what":"save","slot":9}');
  assert.equal(requestMessage({ type: "do", what: "disc", disc: 1 }), '{"type":"do","what":"disc","disc":1}');
  assert.deepEqual(REACTIONS.map((it) => Array.from(it, (char) => char.codePointAt(0).toString(16)).join()),
    ["1f44d", "1f44f", "1f602", "1f62e", "1f631", "2764,fe0f", "1f389", "1f62d"]);
});

test("of each seat the view has its holders and what the reader may do about it", () => {
  const { seats } = peopleView(ROOM);
  assert.deepEqual(seats.map((it) => it.action), ["ask", "stand", "take"]);
  assert.deepEqual(seats[1].holders, [{ name: "Ann", you: true, host: false, away: false }, { name: "Bo", you: false, host: false, away: true }]);
  assert.equal(seats[0].holders[0].host, true);
  assert.deepEqual(peopleView(you({ grant: "watch" })).seats.map((it) => it.action), ["ask", "stand", "ask"]);
  assert.deepEqual(peopleView(you({ grant: 2, seats: [] })).seats.map((it) => it.action), ["ask", "ask", "take"]);
  assert.deepEqual(peopleView(you({ peer: 6, seats: [] })).seats.map((it) => it.action), ["ask", "ask", "unask"], "already asked for");
});

test("any seat can be requested by a guest without one, and the request taken back", () => {
  assert.equal(peopleView(ROOM).any, null);
  assert.equal(peopleView(you({ seats: [] })).any, "ask");
  assert.equal(peopleView(you({ peer: 5, seats: [] })).any, "unask");
  assert.equal(peopleView({ ...you({ seats: [] }), seats: [] }).any, null, "a game without seats");
});

test("a guest who may move people sees all of them and their requests, others only spectators", () => {
  const mover = peopleView(ROOM);
  assert.deepEqual(mover.people.map((it) => it.name), ["Ann", "Bo", "Cid", "Di"]);
  assert.deepEqual(mover.people[1].sits, [{ seat: 0, on: false }, { seat: 1, on: true }, { seat: 2, on: false }]);
  assert.equal(mover.requests, 2);
  const other = peopleView(you({ rights: [] }));
  assert.deepEqual(other.people.map((it) => it.name), ["Cid", "Di"]);
  assert.equal(other.movable, false);
  assert.equal(mover.hostWatches, null);
  assert.equal(peopleView({ ...ROOM, seats: ROOM.seats.slice(1) }).hostWatches, "Kim");
});

test("what others wrote while the chat was closed is unread", () => {
  const chat = new ChatLog();
  const said = (peer, text) => chat.addMessage({ type: "chat", peer, name: "x", text }, ROOM);
  assert.deepEqual(said(4, "hello"), { id: 1, kind: "message", name: "x", text: "hello", mine: false, host: false, seat: 1 });
  assert.equal(said(3, "mine").mine, true);
  assert.equal(said(null, "host").seat, 0);
  chat.addPresence({ type: "line", what: "left", name: "Bo" });
  assert.equal(chat.unread, 2, "neither own words nor comings and goings");
  chat.watch(true);
  said(4, "seen");
  assert.equal(chat.unread, 0);
  chat.watch(false);
  said(5, "unseen");
  assert.equal(chat.unread, 1);
  assert.equal(seatOf(5, ROOM), null);
  assert.equal(seatOf(5, null), null);
});

test("the chat keeps the last two hundred lines", () => {
  const chat = new ChatLog();
  for (let n = 1; n <= 250; n += 1) chat.addPresence({ type: "line", what: "joined", name: String(n) });
  assert.equal(chat.entries.length, 200);
  assert.equal(chat.entries[0].name, "51");
});

test("a chat message is one trimmed line of at most 300 characters", () => {
  assert.equal(cleanChat("  a\n\tb\u0000c\u2028d  ", 300), "a b c d");
  assert.equal(Array.from(cleanChat("🎮".repeat(400), 300)).length, 300);
  assert.equal(cleanChat(" \n ", 300), "");
  assert.equal(cleanChat("x\ud800y", 300), "xy");
});

test("T opens the chat on every keyboard, but no shortcut does", () => {
  const key = (more) => isChatKey({ key: "t", code: "KeyT", ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });
  assert.ok(key({}) && key({ key: "T" }) && key({ code: "KeyK" }) && key({ key: "е" }));
  assert.ok(!key({ ctrlKey: true }) && !key({ metaKey: true }) && !key({ altKey: true }) && !key({ repeat: true }) && !key({ key: "y" }));
});

test("an LED is known once it was on", () => {
  const leds = new Leds();
  leds.set(0);
  assert.deepEqual(leds.list, []);
  leds.set(0x80000001);
  leds.set(1);
  assert.deepEqual(leds.list, [{ led: 0, on: true }, { led: 31, on: false }]);
  leds.forget();
  assert.deepEqual(leds.list, []);
  assert.ok(hasBit(0x80000000, 31) && !hasBit(5, 1));
});
