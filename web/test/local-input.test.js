// The whole of the controls, from a key press to the bytes on the channel, in a browser that is made up.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BUTTON, FULL } from "../src/input/pad-state.js";
import { fakeBrowser, fakeChannel, fakePad, page } from "../tools/fake-page.js";

fakeBrowser();
const { LocalInput } = await import("../src/input/local-input.js");

let localInput, stage, frame, touch, channel;

beforeEach(() => {
  fakeBrowser();
  page.pads = [];
  page.focused = true;
  page.refuseLock = false;
  page.vibrations = [];
  page.store = new Map();
  [stage, frame, touch] = [page.element(), page.element(), page.element()];
  frame.box = { left: 0, top: 0, width: 512, height: 480 };
  localInput = new LocalInput({ stage, frame, touch });
  localInput.setPicture({ width: 256, height: 240 });
  channel = fakeChannel();
});

afterEach(() => {
  page.pads = [];
  page.fire("gamepaddisconnected");
  localInput.connect(null);
});

const sit = (...seats) => {
  localInput.setSeats(seats);
  localInput.connect(channel);
  channel.sent.length = 0;
};
const pads = () => channel.sent.splice(0).filter((it) => it[0] === 1).map((it) => ({
  seat: it[1], seq: it.readUInt32LE(4), buttons: it.readUInt16LE(8), lx: it.readInt16LE(10), ly: it.readInt16LE(12), l2: it.readInt16LE(18),
}));
const last = () => pads().at(-1);
const raw = (kind) => channel.sent.splice(0).filter((it) => it[0] === kind);
const keysOf = (message) => Array.from({ length: message[8] }, (_, at) => message.readUInt16LE(9 + at * 2));
const polled = () => sleep(15);
/** From here on time passes only as the function that comes back is told, in milliseconds: what is counted in it depends on no machine. */
function timeOf(context) {
  const real = performance.now;
  let at = performance.now();
  performance.now = () => at;
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  context.after(() => { performance.now = real; });
  return (ms) => {
    for (let i = 0; i < ms; i += 1) {
      at += 1;
      context.mock.timers.tick(1);
    }
  };
}

test("a key goes out in the same call, once, and its browser meaning is taken", () => {
  sit(2);
  const event = page.key("keydown", "KeyZ");
  page.key("keydown", "KeyZ", { repeat: true });
  assert.deepEqual(pads().map(({ seat, buttons }) => [seat, buttons]), [[2, BUTTON.B]]);
  assert.ok(event.defaultPrevented);
  page.key("keyup", "KeyZ");
  assert.equal(last().buttons, 0);
});

test("without a seat nothing is sent, the keys are the browser's, and the panel still shows them", () => {
  localInput.connect(channel);
  const seen = [];
  localInput.onHeld = (device, held) => seen.push([device, held.pad.buttons]);
  assert.ok(!page.key("keydown", "KeyZ").defaultPrevented);
  page.key("keyup", "KeyZ");
  assert.deepEqual(channel.sent, []);
  assert.deepEqual(seen, [["keys0", BUTTON.B], ["keys0", 0]]);
});

test("two layouts play two seats, each with its own numbers; the second needs a second seat", () => {
  sit(1);
  page.key("keydown", "KeyK");
  assert.deepEqual(channel.sent, []);
  page.key("keyup", "KeyK");
  localInput.setSeats([1, 3]);
  channel.sent.length = 0;
  page.key("keydown", "KeyK");
  page.key("keydown", "KeyX");
  const sent = pads();
  assert.deepEqual(sent.map(({ seat, buttons }) => [seat, buttons]), [[3, BUTTON.B], [1, BUTTON.A]]);
  assert.deepEqual(sent.map(({ seq }) => seq), [2, 2]);
  page.key("keyup", "KeyX");
  assert.deepEqual(pads().map(({ seat, seq, buttons }) => [seat, seq, buttons]), [[1, 3, 0]]);
});

test("numbers of a seat go on when it is left and taken again, and what was held is let go first", () => {
  sit(1);
  page.key("keydown", "KeyZ");
  assert.equal(last().seq, 2);
  localInput.setSeats([]);
  assert.deepEqual(pads().map(({ seq, buttons }) => [seq, buttons]), [[3, 0]]);
  localInput.setSeats([1]);
  assert.deepEqual(pads().map(({ seq, buttons }) => [seq, buttons]), [[4, 0]]);
});

test("no gamepad costs nothing; one is polled; the last one that goes ends it", async () => {
  assert.equal(page.intervals, 0);
  page.plug(fakePad(0));
  assert.equal(page.intervals, 1);
  page.plug(fakePad(1));
  assert.equal(page.intervals, 1);
  page.unplug(0);
  page.unplug(1);
  assert.equal(page.intervals, 0);
});

test("two gamepads play two seats, or one together; a third joins the first", async () => {
  sit(4);
  const [first, second, third] = [fakePad(0), fakePad(2), fakePad(3)];
  page.plug(first);
  page.plug(second);
  first.down.add(0);
  second.axes[0] = -1;
  await polled();
  const merged = last();
  assert.deepEqual([merged.seat, merged.buttons, merged.lx], [4, BUTTON.B, -FULL]);
  localInput.setSeats([4, 6]);
  pads();
  page.plug(third);
  third.down.add(9);
  await polled();
  const sent = pads();
  assert.equal(sent.filter(({ seat }) => seat === 4).at(-1).buttons, BUTTON.B | BUTTON.START);
  assert.equal(sent.filter(({ seat }) => seat === 6).at(-1).lx, -FULL);
  assert.deepEqual(localInput.devices.map(({ name, seat }) => [name.replace(/[\u2068\u2069]/g, ""), seat]),
    [["Keyboard", 4], ["Keyboard, second player", 6], ["Test pad (1)", 4], ["Test pad (2)", 6], ["Test pad (3)", 4]]);
});

test("of two gamepads of one make each keeps its player when the other drops out and comes back", async () => {
  sit(0, 1);
  const [first, second] = [fakePad(0), fakePad(1)];
  page.plug(first);
  page.plug(second);
  const keys = localInput.devices.slice(2).map(({ key }) => key);
  page.unplug(0);
  assert.deepEqual(localInput.devices.slice(2).map(({ key, seat }) => [key, seat]), [[keys[1], 1]]);
  second.down.add(0);
  await polled();
  assert.deepEqual([...new Set(pads().filter(({ buttons }) => buttons !== 0).map(({ seat }) => seat))], [1]);
  page.plug(first);
  assert.deepEqual(localInput.devices.slice(2).map(({ key, seat }) => [key, seat]), [[keys[0], 0], [keys[1], 1]]);
});

test("a gamepad can be given another seat or none, and what it held is let go there", async () => {
  sit(0, 1);
  const pad = fakePad(0);
  page.plug(pad);
  pad.down.add(0);
  await polled();
  pads();
  const { key } = localInput.devices[2];
  localInput.setSeat(key, 1);
  await polled();
  const sent = pads();
  assert.equal(sent.filter(({ seat }) => seat === 0).at(-1).buttons, 0);
  assert.equal(sent.filter(({ seat }) => seat === 1).at(-1).buttons, BUTTON.B);
  localInput.setSeat(key, "none");
  await polled();
  assert.equal(pads().filter(({ seat }) => seat === 1).at(-1).buttons, 0);
});

test("a gamepad that is unplugged lets go; plugged in again it is mapped as before", async () => {
  sit(0);
  const pad = fakePad(0, { id: "0079-0011-Old pad", mapping: "" });
  page.plug(pad);
  pad.down.add(0);
  await polled();
  assert.equal(last().buttons, BUTTON.B);
  page.unplug(0);
  assert.equal(last().buttons, 0);
  page.plug(pad);
  assert.equal(localInput.isMapped(localInput.devices[2].pad), false);
  localInput.setBinding(localInput.devices[2].pad, [{ control: "A", part: { kind: "button", at: 0 } }]);
  await polled();
  assert.equal(last().buttons, BUTTON.A);
  assert.equal(page.store.get("hotseat.pads"), '{"0079-0011-Old pad":["A b0"]}');
  localInput.setBinding(localInput.devices[2].pad, null);
  await polled();
  assert.equal(last().buttons, BUTTON.B);
});

test("everything held is let go on blur, when hidden, and when the page goes", async () => {
  sit(0);
  const hide = () => {
    page.document.visibilityState = "hidden";
    page.document.dispatchEvent(new Event("visibilitychange"));
    page.document.visibilityState = "visible";
  };
  for (const go of [() => page.fire("blur"), hide, () => page.fire("pagehide")]) {
    page.key("keydown", "KeyZ");
    assert.equal(last().buttons, BUTTON.B);
    go();
    assert.equal(last().buttons, 0);
    page.key("keyup", "KeyZ");
  }
  const pad = fakePad(0);
  page.plug(pad);
  pad.down.add(1);
  await polled();
  assert.equal(last().buttons, BUTTON.A);
  page.focused = false;
  page.fire("blur");
  await polled();
  assert.equal(last().buttons, 0);
  page.focused = true;
  await polled();
  assert.equal(last().buttons, BUTTON.A, "still held when the player comes back");
});

test("a lost connection lets go; the next begins with a rest", () => {
  sit(0);
  page.key("keydown", "KeyZ");
  localInput.connect(null);
  const next = fakeChannel();
  localInput.connect(next);
  assert.equal(next.sent.length, 1);
  assert.equal(next.sent[0].readUInt16LE(8), 0);
});

test("turbo presses again and again until it is let go", (context) => {
  const pass = timeOf(context);
  sit(0);
  localInput.setPreferences({ turboHz: 30 });
  page.key("keydown", "KeyV");
  assert.deepEqual(pads().map(({ buttons }) => buttons), [BUTTON.A], "the first press at once");
  pass(120);
  const sent = pads();
  const changes = sent.filter((it, at) => at > 0 && it.buttons !== sent[at - 1].buttons).length;
  assert.ok(changes >= 4 && changes <= 8, String(changes));
  page.key("keyup", "KeyV");
  pass(60);
  assert.ok(pads().every(({ buttons }) => buttons === 0));
});

test("keys can be changed and come back after a reload; a reset is one too", () => {
  localInput.setLayout(0, { ...localInput.layouts[0], A: "KeyP", B: undefined });
  sit(0);
  page.key("keydown", "KeyP");
  assert.equal(last().buttons, BUTTON.A);
  page.key("keyup", "KeyP");
  const again = new LocalInput({ stage, frame, touch });
  assert.deepEqual([again.layouts[0].A, again.layouts[0].B], ["KeyP", undefined]);
  again.setLayout(0, null);
  assert.equal(again.layouts[0].A, "KeyX");
  page.store.set("hotseat.keys", "nonsense{");
  assert.equal(new LocalInput({ stage, frame, touch }).layouts[0].A, "KeyX");
});

const finger = (type, id, x, y) => page.fire(type, { pointerId: id, clientX: x, clientY: y }, touch);

test("fingers on the touch screen play the first seat; a cancelled touch lets go", () => {
  sit(5);
  localInput.setSystem("Nintendo - Super Nintendo Entertainment System");
  channel.sent.length = 0;
  // Where the D-pad and the start button are in an area of 390 x 300.
  const unit = Math.min(390 / 8, 300 / 6.1);
  const dpad = { x: 1.95 * unit, y: 300 - 3 * unit };
  finger("pointerdown", 1, dpad.x + unit, dpad.y);
  finger("pointerdown", 2, 195 + 1.05 * unit, 300 - 0.6 * unit);
  assert.deepEqual(pads().map(({ seat, buttons }) => [seat, buttons]), [[5, BUTTON.RIGHT], [5, BUTTON.RIGHT | BUTTON.START]]);
  assert.deepEqual(page.vibrations, [10, 10]);
  finger("pointermove", 1, dpad.x - unit, dpad.y + unit);
  assert.equal(last().buttons, BUTTON.LEFT | BUTTON.DOWN | BUTTON.START);
  finger("pointerup", 2, 0, 0);
  assert.equal(last().buttons, BUTTON.LEFT | BUTTON.DOWN);
  finger("pointercancel", 1, 0, 0);
  assert.equal(last().buttons, 0);
  localInput.setPreferences({ haptics: false });
  page.vibrations.length = 0;
  finger("pointerdown", 1, dpad.x + unit, dpad.y);
  assert.deepEqual(page.vibrations, []);
});

test("the N64's directions move its stick, unless the player does not want that", () => {
  sit(0);
  localInput.setSystem("Nintendo - Nintendo 64");
  channel.sent.length = 0;
  page.key("keydown", "ArrowLeft");
  assert.equal(last().lx, -FULL);
  page.key("keyup", "ArrowLeft");
  localInput.setPreferences({ mirror: false });
  page.key("keydown", "ArrowLeft");
  assert.equal(last().lx, 0);
});

test("rumble shakes the gamepad of that seat again and again, until it ends", (context) => {
  const pass = timeOf(context);
  sit(0, 1);
  const [first, second] = [fakePad(0), fakePad(1)];
  page.plug(first);
  page.plug(second);
  localInput.rumble({ seat: 1, strong: 65535, weak: 0 });
  assert.deepEqual(second.effects, [{ type: "dual-rumble", duration: 400, strongMagnitude: 1, weakMagnitude: 0 }]);
  pass(350);
  assert.equal(second.effects.length, 2);
  localInput.rumble({ seat: 1, strong: 0, weak: 0 });
  assert.equal(second.effects.at(-1), "reset");
  assert.deepEqual(first.effects, []);
  localInput.rumble({ seat: 7, strong: 1, weak: 1 });
  localInput.setPreferences({ rumble: false });
  localInput.rumble({ seat: 0, strong: 65535, weak: 65535 });
  assert.deepEqual(first.effects, []);
});

test("a rumble that lasts rests while the page has no focus, and goes on with the next gamepad, as the host tells only what changes", (context) => {
  const pass = timeOf(context);
  sit(0);
  const [first, second] = [fakePad(0), fakePad(1)];
  page.plug(first);
  localInput.rumble({ seat: 0, strong: 65535, weak: 0 });
  page.fire("blur");
  assert.equal(first.effects.at(-1), "reset");
  const before = first.effects.length;
  localInput.rumble({ seat: 0, strong: 0, weak: 65535 });
  pass(350);
  assert.equal(first.effects.length, before, "also what is told meanwhile");
  page.fire("focus");
  assert.deepEqual(first.effects.slice(before), [{ type: "dual-rumble", duration: 400, strongMagnitude: 0, weakMagnitude: 1 }]);
  localInput.release();
  page.plug(second);
  assert.equal(second.effects.at(-1).weakMagnitude, 1);
  localInput.setSeat(localInput.devices[2].key, "none");
  assert.equal(first.effects.at(-1), "reset");
  assert.equal(second.effects.at(-1).weakMagnitude, 1);
  localInput.setPreferences({ rumble: false });
  assert.equal(second.effects.at(-1), "reset");
  localInput.setPreferences({ rumble: true });
  assert.equal(second.effects.at(-1).weakMagnitude, 1);
  localInput.setSeats([]);
  assert.equal(second.effects.at(-1), "reset");
  const after = second.effects.length;
  localInput.setSeats([0]);
  pass(350);
  assert.equal(second.effects.length, after, "a seat that was left has nothing to go on with");
});

test("without a gamepad the phone that is played by touch shakes; leaving ends it", () => {
  sit(0);
  localInput.rumble({ seat: 0, strong: 30000, weak: 0 });
  assert.deepEqual(page.vibrations, [400]);
  page.fire("blur");
  assert.deepEqual(page.vibrations, [400, 0]);
});

const wants = (...list) => localInput.setControls({ seats: [{ seat: 3, device: "RetroPad", names: { a: "Jump" } }], wants: list });

test("in keyboard mode keys go out as they are, Esc ends it and lets go", () => {
  sit(3);
  wants("keyboard");
  channel.sent.length = 0;
  page.key("keydown", "KeyZ");
  assert.equal(pads().at(-1).buttons, BUTTON.B, "not yet");
  enter();
  assert.equal(last().buttons, 0, "the pad is let go");
  page.key("keydown", "KeyZ");
  assert.ok(page.key("keydown", "ArrowUp").defaultPrevented);
  page.key("keydown", "ArrowUp", { repeat: true });
  const sent = channel.sent.splice(0);
  assert.ok(sent.every((it) => it[0] === 2 && it[1] === 3));
  assert.deepEqual(sent.map(keysOf), [[122], [122, 273]]);
  assert.deepEqual([sent[1][2], sent[1].readUInt32LE(4)], [3, 3], "with the states before it");
  page.key("keyup", "KeyZ");
  assert.deepEqual(raw(2).map(keysOf), [[273]]);
  page.key("keydown", "Escape");
  assert.deepEqual(raw(2).map(keysOf), [[]]);
  page.key("keydown", "KeyZ");
  assert.equal(last().buttons, BUTTON.B);
});

/** Presses the button that enters the mode. */
function enter() {
  const [tools] = stage.children;
  tools.children[1].dispatchEvent(new Event("click"));
}

test("in keyboard mode a key is let go wherever the focus is by then, and with Command", () => {
  sit(3);
  wants("keyboard");
  enter();
  channel.sent.length = 0;
  page.key("keydown", "KeyW");
  page.keyAt("input", "keyup", "KeyW");
  assert.deepEqual(raw(2).map(keysOf), [[119], []], "let go in the chat");
  page.key("keydown", "KeyW");
  page.key("keydown", "MetaLeft", { key: "Meta", metaKey: true });
  page.key("keyup", "KeyW", { metaKey: true });
  assert.deepEqual(raw(2).map(keysOf), [[119], []], "let go while Command is held");
  page.key("keydown", "KeyW");
  page.key("keydown", "KeyA");
  page.key("keydown", "MetaLeft", { key: "Meta", metaKey: true });
  page.key("keyup", "MetaLeft", { key: "Meta" });
  assert.deepEqual(raw(2).map(keysOf), [[119], [119, 97], []], "let go without being told, as on macOS");
  assert.ok(!page.keyAt("input", "keydown", "KeyW").defaultPrevented, "what is typed stays on the page");
  assert.deepEqual(raw(2), []);
});

test("in keyboard mode a button has Enter and the space bar, and no key plays the pad", () => {
  sit(3);
  wants("keyboard");
  enter();
  channel.sent.length = 0;
  assert.ok(!page.keyAt("button", "keydown", "Enter").defaultPrevented);
  assert.ok(!page.keyAt("button", "keydown", "Space").defaultPrevented);
  assert.deepEqual(channel.sent, []);
  assert.ok(page.keyAt("button", "keydown", "KeyX").defaultPrevented);
  page.key("keyup", "KeyX");
  const sent = channel.sent.splice(0);
  assert.deepEqual(sent.map((it) => [it[0], keysOf(it)]), [[2, [120]], [2, []]]);
});

test("a key that played before a handler got the keys is let go all the same", () => {
  sit(0);
  localInput.grabKeys((event) => event.type === "keyup");
  page.key("keydown", "KeyX");
  assert.equal(last().buttons, BUTTON.A);
  page.key("keyup", "KeyX");
  assert.equal(last().buttons, 0);
});

test("when the core wants other devices, the mode ends and lets go first", async () => {
  sit(3);
  wants("keyboard", "mouse");
  enter();
  await sleep(1);
  channel.sent.length = 0;
  page.key("keydown", "KeyA");
  assert.deepEqual(raw(2).map(keysOf), [[97]]);
  wants("mouse");
  assert.deepEqual(raw(2).map(keysOf), [[]]);
  assert.equal(page.document.pointerLockElement, null);
  page.key("keydown", "KeyX");
  assert.equal(last().buttons, BUTTON.A, "the keys play again");
});

test("Ctrl+[ is the game's Esc; what the browser needs stays its own", () => {
  sit(3);
  wants("keyboard");
  enter();
  page.key("keydown", "ControlLeft", { ctrlKey: true });
  page.key("keydown", "BracketLeft", { ctrlKey: true });
  assert.deepEqual(raw(2).map(keysOf).at(-1), [27]);
  page.key("keyup", "BracketLeft", { ctrlKey: true });
  assert.deepEqual(raw(2).map(keysOf).at(-1), []);
  assert.ok(!page.key("keydown", "KeyR", { metaKey: true }).defaultPrevented);
  assert.ok(!page.key("keydown", "MediaPlayPause").defaultPrevented);
  assert.deepEqual(raw(2), []);
  page.key("keydown", "KeyA");
  page.fire("blur");
  assert.deepEqual(raw(2).map(keysOf), [[97], []]);
});

test("a locked mouse sends totals in the picture's pixels; the end of the lock lets go", async () => {
  sit(3);
  wants("mouse");
  channel.sent.length = 0;
  page.fire("mousemove", { movementX: 10, movementY: 10 });
  assert.deepEqual(raw(3), [], "not before it is asked for");
  enter();
  await sleep(1);
  page.fire("mousemove", { movementX: 20, movementY: -8 });
  page.fire("mousemove", { movementX: 20, movementY: -8 });
  page.fire("mousedown", { buttons: 3 });
  const sent = raw(3);
  assert.ok(sent.length >= 2);
  assert.deepEqual([sent.at(-1).readInt32LE(8), sent.at(-1).readInt32LE(12), sent.at(-1).readUInt16LE(28), sent.at(-1).readUInt16LE(30)], [20, -8, 3, 1]);
  page.document.exitPointerLock();
  assert.equal(raw(3).at(-1).readUInt16LE(28), 0);
  page.fire("mousedown", { buttons: 1 });
  assert.deepEqual(raw(3), []);
});

test("a pointer that the browser does not give away is followed instead, until Esc", async () => {
  sit(3);
  wants("mouse");
  page.refuseLock = true;
  enter();
  await sleep(1);
  assert.equal(page.document.pointerLockElement, null);
  assert.equal(stage.dataset.aim, "yes");
  channel.sent.length = 0;
  point("pointermove", 100, 100, 0);
  await sleep(6);
  point("pointermove", 120, 92, 0);
  await sleep(6);
  const moved = raw(3).at(-1);
  assert.deepEqual([moved.readInt32LE(8), moved.readInt32LE(12)], [10, -4]);
  point("pointerdown", 120, 92, 2);
  assert.equal(raw(3).at(-1).readUInt16LE(28), 2);
  page.key("keydown", "KeyZ");
  assert.equal(last().buttons, BUTTON.B, "the keys are still the pad's");
  page.key("keydown", "Escape");
  const shown = (message) => [8, 12, 16, 20, 24].map((at) => message.readInt32LE(at)).concat(message.readUInt32LE(28));
  const released = raw(3).at(-1);
  assert.equal(released.readUInt16LE(28), 0);
  assert.equal(stage.dataset.aim, "no");
  point("pointermove", 200, 200, 0);
  await sleep(6);
  // The last state may be on its way again, in case it was lost.
  for (const again of raw(3)) assert.deepEqual(shown(again), shown(released));
  page.refuseLock = false;
  enter();
  await sleep(1);
  assert.equal(page.document.pointerLockElement, frame, "asked for anew");
});

/** A pointer on the picture. */
function point(type, x, y, buttons, pointerType = "mouse", pointerId = 1) {
  const event = new Event(type, { cancelable: true });
  Object.assign(event, { clientX: x, clientY: y, buttons, pointerId, pointerType });
  Object.defineProperty(event, "target", { value: frame });
  stage.dispatchEvent(event);
  return event;
}

test("of two fingers on the picture the first one counts, until it is lifted", async () => {
  sit(3);
  wants("pointer");
  channel.sent.length = 0;
  let number = 0;
  // Messages are repeated: only one with a new number says something.
  const now = async () => {
    await sleep(6);
    const message = raw(3).filter((it) => it.readUInt32LE(4) > number).at(-1);
    number = message?.readUInt32LE(4) ?? number;
    return message && [message.readInt16LE(24), message.readUInt16LE(28), message.readUInt16LE(30)];
  };
  point("pointerdown", 256, 240, 1, "touch", 7);
  assert.deepEqual(await now(), [0, 1, 1]);
  point("pointerdown", 512, 480, 1, "touch", 8);
  point("pointermove", 500, 480, 1, "touch", 8);
  point("pointermove", 500, 480, 0, "mouse", 1);
  point("pointerup", 500, 480, 0, "touch", 8);
  point("pointerleave", 500, 480, 0, "touch", 8);
  assert.equal(await now(), undefined, "the second one changes nothing");
  point("pointerdown", 512, 480, 1, "touch", 9);
  point("pointermove", 384, 240, 1, "touch", 7);
  assert.deepEqual(await now(), [Math.round(FULL / 2), 1, 1]);
  point("pointerup", 384, 240, 0, "touch", 7);
  assert.equal((await now())[1], 0);
  point("pointermove", 500, 480, 1, "touch", 9);
  assert.equal(await now(), undefined, "the second one does not take over");
  point("pointerdown", 0, 240, 1, "touch", 10);
  assert.deepEqual(await now(), [-FULL, 1, 1]);
  point("pointercancel", 0, 240, 0, "touch", 9);
  assert.equal(await now(), undefined);
  point("pointercancel", 0, 240, 0, "touch", 10);
  assert.deepEqual((await now()).slice(1), [0, 0]);
});

test("a lightgun follows the pointer over the picture without a mode", async () => {
  sit(3);
  wants("lightgun");
  channel.sent.length = 0;
  point("pointermove", 256, 240, 0);
  await sleep(6);
  assert.ok(point("pointerdown", 512, 480, 1).defaultPrevented);
  const shot = raw(3).at(-1);
  assert.deepEqual([shot.readInt16LE(24), shot.readInt16LE(26), shot.readUInt16LE(28), shot.readUInt16LE(30)], [FULL, FULL, 1, 1]);
  point("pointermove", 900, 240, 1);
  await sleep(6);
  const beside = raw(3).at(-1);
  assert.deepEqual([beside.readInt16LE(24), beside.readUInt16LE(30)], [FULL, 0]);
  point("pointerup", 900, 240, 0);
  assert.equal(raw(3).at(-1).readUInt16LE(28), 0);
  page.key("keydown", "KeyZ");
  assert.equal(last().buttons, BUTTON.B, "the keys are still the pad's");
});

test("a mouse that moves a lot is not sent more often than every 4 ms, and ends at its place", async () => {
  sit(3);
  wants("mouse");
  enter();
  await sleep(1);
  channel.sent.length = 0;
  const started = performance.now();
  for (let i = 0; i < 500; i += 1) page.fire("mousemove", { movementX: 2, movementY: 0 });
  const ms = performance.now() - started;
  assert.ok(raw(3).length <= ms / 4 + 2);
  await sleep(10);
  assert.equal(raw(3).at(-1).readInt32LE(8), 500);
});

test("names are the core's, for the seat that is played", () => {
  localInput.setControls({ seats: [{ seat: 0, device: "", names: { a: "Fire" } }, { seat: 3, device: "", names: { a: "Jump" } }], wants: [] });
  localInput.setSeats([3]);
  assert.equal(localInput.nameOf("A", 3), "Jump");
  assert.equal(localInput.nameOf("TURBO_A", 0), "Fire");
  assert.equal(localInput.nameOf("B", 3), "");
  assert.equal(localInput.nameOf("A", null), "Jump");
});
