import assert from "node:assert/strict";
import { test } from "node:test";
import { buttonOfKey, buttonsOfKeys, isForGame, KEYS } from "../keymap.js";
import { Outbox } from "../outbox.js";
import { BUTTON, encodeInput, FULL, IDLE, mergePads, padOfButtons, samePad } from "../pad.js";
import { padOfGamepad } from "../padmap.js";
import { CROSS, crossButtons } from "../touchmap.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

test("an input message has the bytes of the protocol, little endian, newest state first", () => {
  const newest = { buttons: BUTTON.A | BUTTON.B, lx: -32767, ly: 32767, rx: 1, ry: -1, l2: 0, r2: 32767 };
  const bytes = encodeInput(5, 0x01020304, [newest, padOfButtons(BUTTON.R3)]);
  assert.equal(hex(bytes), "01050200" + "04030201"
    + "0101" + "0180" + "ff7f" + "0100" + "ffff" + "0000" + "ff7f"
    + "0080" + "0000".repeat(6));
  assert.equal(encodeInput(0, 1, Array(8).fill(IDLE)).length, 8 + 8 * 14);
});

test("button bits are libretro's joypad numbers", () => {
  const numbers = { B: 0, Y: 1, SELECT: 2, START: 3, UP: 4, DOWN: 5, LEFT: 6, RIGHT: 7, A: 8, X: 9, L: 10, R: 11, L2: 12, R2: 13, L3: 14, R3: 15 };
  for (const [name, number] of Object.entries(numbers)) assert.equal(BUTTON[name], 2 ** number, name);
});

const seqOf = (bytes) => new DataView(bytes.buffer).getUint32(4, true);
const stateAt = (bytes, at) => new DataView(bytes.buffer).getUint16(8 + at * 14, true);

test("a change is sent at once with the last eight states, and numbers start from one", () => {
  const outbox = new Outbox();
  assert.equal(outbox.change(padOfButtons(1), 0), null, "nothing without a seat");
  const first = outbox.open(2, IDLE, 0);
  assert.deepEqual([first[1], first[2], seqOf(first)], [2, 1, 1]);
  let last = first;
  for (let press = 1; press <= 12; press += 1) last = outbox.change(padOfButtons(press), press * 100);
  assert.deepEqual([last[2], seqOf(last)], [8, 13]);
  assert.deepEqual(Array.from({ length: 8 }, (_, at) => stateAt(last, at)), [12, 11, 10, 9, 8, 7, 6, 5]);
});

test("a change is repeated after 8, 16 and 32 ms, then every 200 ms", () => {
  const outbox = new Outbox();
  outbox.open(0, IDLE, 1000);
  const sent = [];
  for (let now = 1000; now < 1700; now += 1) {
    const message = outbox.due(now);
    if (message) {
      sent.push(now - 1000);
      assert.equal(seqOf(message), 1);
    }
  }
  assert.deepEqual(sent, [8, 16, 32, 232, 432, 632]);
});

test("a late timer sends one repeat for those it missed, and a new change starts the repeats anew", () => {
  const outbox = new Outbox();
  outbox.open(0, IDLE, 0);
  assert.ok(outbox.due(20));
  assert.equal(outbox.due(20), null);
  assert.equal(outbox.nextDue(), 32);
  outbox.change(padOfButtons(1), 25);
  assert.equal(outbox.nextDue(), 33);
});

test("another seat gets no states of the seat before, and the numbers go on", () => {
  const outbox = new Outbox();
  outbox.open(0, IDLE, 0);
  outbox.change(padOfButtons(BUTTON.A), 5);
  outbox.close();
  assert.equal(outbox.nextDue(), null);
  assert.equal(outbox.due(500), null);
  const message = outbox.open(3, IDLE, 600);
  assert.deepEqual([message[1], message[2], seqOf(message)], [3, 1, 3]);
});

test("merged pads press every button, and the largest deflection of a stick wins", () => {
  const merged = mergePads([
    { ...IDLE, buttons: 1, lx: 100, ly: 100, l2: 5 },
    { ...IDLE, buttons: 6, lx: -5000, ly: 0, rx: 7, r2: 9, l2: 2 },
  ]);
  assert.deepEqual(merged, { buttons: 7, lx: -5000, ly: 0, rx: 7, ry: 0, l2: 5, r2: 9 });
  assert.ok(samePad(mergePads([]), IDLE));
  assert.ok(!samePad(merged, IDLE));
});

test("keys are RetroArch's defaults, by place", () => {
  assert.equal(buttonOfKey("KeyZ"), BUTTON.B);
  assert.equal(buttonOfKey("KeyX"), BUTTON.A);
  assert.equal(buttonOfKey("KeyA"), BUTTON.Y);
  assert.equal(buttonOfKey("KeyS"), BUTTON.X);
  assert.equal(buttonOfKey("ShiftRight"), BUTTON.SELECT);
  assert.equal(buttonOfKey("ShiftLeft"), 0);
  assert.equal(buttonOfKey("toString"), 0);
  assert.equal(Object.keys(KEYS).length, 12);
  assert.equal(buttonsOfKeys(["KeyQ", "KeyW", "Escape"]), BUTTON.L | BUTTON.R);
});

test("a key is for the game only outside of fields and without the browser's modifiers", () => {
  const press = (code, more = {}) => ({ code, ctrlKey: false, altKey: false, metaKey: false, ...more });
  assert.ok(isForGame(press("KeyZ"), "page"));
  assert.ok(isForGame(press("KeyZ"), "button"));
  assert.ok(!isForGame(press("KeyZ"), "field"));
  assert.ok(!isForGame(press("Enter"), "button"));
  assert.ok(isForGame(press("Enter"), "page"));
  assert.ok(!isForGame(press("KeyW", { ctrlKey: true }), "page"));
  assert.ok(!isForGame(press("KeyA", { metaKey: true }), "page"));
  assert.ok(!isForGame(press("Tab"), "page"));
});

const button = (value) => ({ pressed: value > 0.9, value });
const gamepad = (axes, down = {}, mapping = "standard") =>
  ({ mapping, axes, buttons: Array.from({ length: 17 }, (_, at) => button(down[at] ?? 0)) });

test("a standard gamepad's buttons lie where libretro's do", () => {
  assert.equal(padOfGamepad(gamepad([0, 0, 0, 0], { 0: 1 })).buttons, BUTTON.B);
  assert.equal(padOfGamepad(gamepad([0, 0, 0, 0], { 1: 1, 2: 1, 3: 1 })).buttons, BUTTON.A | BUTTON.Y | BUTTON.X);
  assert.equal(padOfGamepad(gamepad([0, 0, 0, 0], { 12: 1, 15: 1, 9: 1 })).buttons, BUTTON.UP | BUTTON.RIGHT | BUTTON.START);
  assert.equal(padOfGamepad(gamepad([0, 0, 0, 0], { 16: 1 })).buttons, 0, "the home button is the system's");
  const pulled = padOfGamepad(gamepad([0, 0, 0, 0], { 7: 1 }));
  assert.deepEqual([pulled.buttons, pulled.r2], [BUTTON.R2, FULL]);
});

test("sticks have a dead zone and reach full deflection", () => {
  assert.deepEqual(padOfGamepad(gamepad([0.06, -0.06, 0.02, 0])), IDLE);
  const full = padOfGamepad(gamepad([-1, 0, 0, 1]));
  assert.deepEqual([full.lx, full.ly, full.rx, full.ry], [-FULL, 0, 0, FULL]);
  const corner = padOfGamepad(gamepad([1, 1, 0, 0]));
  assert.deepEqual([corner.lx, corner.ly], [FULL, FULL]);
  const odd = padOfGamepad({ mapping: "standard", axes: [Number.NaN], buttons: [] });
  assert.deepEqual(odd, IDLE);
});

test("gamepads without a mapping: two axes are a D-pad, axis 9 is a hat", () => {
  assert.equal(padOfGamepad(gamepad([-1, 1], {}, "")).buttons, BUTTON.LEFT | BUTTON.DOWN);
  const hat = (place) => padOfGamepad(gamepad([0, 0, 0, 0, 0, 0, 0, 0, 0, place], {}, "")).buttons;
  assert.equal(hat(-1), BUTTON.UP);
  assert.equal(hat(-1 + 2 / 7), BUTTON.UP | BUTTON.RIGHT);
  assert.equal(hat(1), BUTTON.UP | BUTTON.LEFT);
  assert.equal(hat(1.2857), 0);
  assert.equal(hat(0), 0);
  assert.equal(padOfGamepad(gamepad([0, 0, 0, 0, 0, 0, 1, -1], {}, "")).buttons, BUTTON.RIGHT | BUTTON.UP);
});

test("a finger on the cross presses one direction, two on a diagonal, none in the middle", () => {
  assert.equal(crossButtons(CROSS.dpad, 0.1, 0.05), 0);
  assert.equal(crossButtons(CROSS.dpad, 0.8, 0.1), BUTTON.RIGHT);
  assert.equal(crossButtons(CROSS.dpad, 0.6, -0.6), BUTTON.RIGHT | BUTTON.UP);
  assert.equal(crossButtons(CROSS.dpad, 0, 3), BUTTON.DOWN);
  assert.equal(crossButtons(CROSS.face, -0.9, 0), BUTTON.Y);
  assert.equal(crossButtons(CROSS.face, 0.5, 0.5), BUTTON.A | BUTTON.B);
});
