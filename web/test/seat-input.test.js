import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../src/input/outbox.js";
import { BUTTON, encodePad, IDLE, mergePads, samePad } from "../src/input/pad-state.js";
import { Turbo } from "../src/input/turbo.js";

const padOfButtons = (buttons) => ({ ...IDLE, buttons });
const hex = (bytes) => Buffer.from(bytes).toString("hex");

test("an input message has the bytes of the protocol, little endian, newest state first", () => {
  const newest = { buttons: BUTTON.A | BUTTON.B, lx: -32767, ly: 32767, rx: 1, ry: -1, l2: 0, r2: 32767 };
  const bytes = encodePad(5, 0x01020304, [newest, padOfButtons(BUTTON.R3)]);
  assert.equal(hex(bytes), "01050200" + "04030201"
    + "0101" + "0180" + "ff7f" + "0100" + "ffff" + "0000" + "ff7f"
    + "0080" + "0000".repeat(6));
  assert.equal(encodePad(0, 1, Array(8).fill(IDLE)).length, 8 + 8 * 14);
});

test("button bits are libretro's joypad numbers", () => {
  const numbers = { B: 0, Y: 1, SELECT: 2, START: 3, UP: 4, DOWN: 5, LEFT: 6, RIGHT: 7, A: 8, X: 9, L: 10, R: 11, L2: 12, R2: 13, L3: 14, R3: 15 };
  for (const [name, number] of Object.entries(numbers)) assert.equal(BUTTON[name], 2 ** number, name);
});

const seqOf = (bytes) => new DataView(bytes.buffer).getUint32(4, true);
const stateAt = (bytes, at) => new DataView(bytes.buffer).getUint16(8 + at * 14, true);

test("a change is sent at once with the last eight states, and numbers start from one", () => {
  const outbox = new Outbox(encodePad);
  assert.equal(outbox.change(padOfButtons(1), 0), null, "nothing without a seat");
  const first = outbox.open(2, IDLE, 0);
  assert.deepEqual([first[1], first[2], seqOf(first)], [2, 1, 1]);
  let last = first;
  for (let press = 1; press <= 12; press += 1) last = outbox.change(padOfButtons(press), press * 100);
  assert.deepEqual([last[2], seqOf(last)], [8, 13]);
  assert.deepEqual(Array.from({ length: 8 }, (_, at) => stateAt(last, at)), [12, 11, 10, 9, 8, 7, 6, 5]);
});

test("a change is repeated after 8, 16 and 32 ms, then every 200 ms", () => {
  const outbox = new Outbox(encodePad);
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
  const outbox = new Outbox(encodePad);
  outbox.open(0, IDLE, 0);
  assert.ok(outbox.due(20));
  assert.equal(outbox.due(20), null);
  assert.equal(outbox.nextDue(), 32);
  outbox.change(padOfButtons(1), 25);
  assert.equal(outbox.nextDue(), 33);
});

test("another seat gets no states of the seat before, and the numbers go on", () => {
  const outbox = new Outbox(encodePad);
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

test("turbo begins with a press, and each button keeps its own time", () => {
  const turbo = new Turbo();
  turbo.setRate(10);
  assert.equal(turbo.nextDue(0), null);
  assert.equal(turbo.buttons(BUTTON.A, 0), BUTTON.A);
  assert.equal(turbo.nextDue(0), 50);
  assert.equal(turbo.buttons(BUTTON.A, 49), BUTTON.A);
  assert.equal(turbo.buttons(BUTTON.A, 50), 0);
  assert.equal(turbo.buttons(BUTTON.A | BUTTON.B, 60), BUTTON.B);
  assert.equal(turbo.nextDue(60), 100);
  assert.equal(turbo.buttons(BUTTON.A | BUTTON.B, 100), BUTTON.A | BUTTON.B);
  assert.equal(turbo.buttons(BUTTON.B, 110), 0);
  assert.equal(turbo.buttons(0, 120), 0);
  assert.equal(turbo.nextDue(120), null);
  assert.equal(turbo.buttons(BUTTON.A, 130), BUTTON.A, "a new press begins anew");
});

test("turbo changes when its timer says so, at any rate", () => {
  for (const hz of [4, 7, 12, 13, 30]) {
    const turbo = new Turbo();
    turbo.setRate(hz);
    let now = 1234.56789;
    let before = turbo.buttons(BUTTON.Y, now);
    let changes = 0;
    for (const end = now + 1000; now < end;) {
      now = turbo.nextDue(now);
      const after = turbo.buttons(BUTTON.Y, now);
      assert.notEqual(after, before, `${hz} ${now}`);
      before = after;
      changes += 1;
    }
    assert.ok(Math.abs(changes - hz * 2) <= 1, `${hz}: ${changes}`);
  }
});
