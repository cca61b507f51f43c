import assert from "node:assert/strict";
import { test } from "node:test";
import { GamepadCapture } from "../src/input/gamepad-capture.js";
import { bindingTexts, defaultBinding, heldOfGamepad, partOfText, partText, readBinding } from "../src/input/gamepad-mapping.js";
import { gamepadName } from "../src/input/gamepad-name.js";
import { partName } from "../src/input/gamepad-part-names.js";
import { ASKED, MappingSequence } from "../src/input/mapping-sequence.js";
import { BUTTON, FULL, IDLE } from "../src/input/pad-state.js";
import { assignSeats } from "../src/input/seat-assignment.js";

const button = (value) => ({ pressed: value > 0.9, value });
const gamepad = (axes, down = {}, mapping = "standard") =>
  ({ mapping, axes, buttons: Array.from({ length: 17 }, (_, at) => button(down[at] ?? 0)) });
const play = (raw, binding = defaultBinding(raw), deadZone = 0.1) => heldOfGamepad(raw, binding, deadZone).pad;

test("a standard gamepad's buttons lie where libretro's do", () => {
  assert.equal(play(gamepad([0, 0, 0, 0], { 0: 1 })).buttons, BUTTON.B);
  assert.equal(play(gamepad([0, 0, 0, 0], { 1: 1, 2: 1, 3: 1 })).buttons, BUTTON.A | BUTTON.Y | BUTTON.X);
  assert.equal(play(gamepad([0, 0, 0, 0], { 12: 1, 15: 1, 9: 1 })).buttons, BUTTON.UP | BUTTON.RIGHT | BUTTON.START);
  assert.equal(play(gamepad([0, 0, 0, 0], { 16: 1 })).buttons, 0, "the home button is the system's");
  const pulled = play(gamepad([0, 0, 0, 0], { 7: 1 }));
  assert.deepEqual([pulled.buttons, pulled.r2], [BUTTON.R2, FULL]);
  const half = play(gamepad([0, 0, 0, 0], { 6: 0.25 }));
  assert.deepEqual([half.buttons, half.l2], [0, Math.round((32 * FULL) / 127)]);
});

test("sticks have a dead zone and reach full deflection", () => {
  assert.deepEqual(play(gamepad([0.06, -0.06, 0.02, 0])), IDLE);
  const full = play(gamepad([-1, 0, 0, 1]));
  assert.deepEqual([full.lx, full.ly, full.rx, full.ry], [-FULL, 0, 0, FULL]);
  const corner = play(gamepad([1, 1, 0, 0]));
  assert.deepEqual([corner.lx, corner.ly], [FULL, FULL]);
  assert.deepEqual(play({ mapping: "standard", axes: [Number.NaN], buttons: [] }), IDLE);
  assert.equal(play(gamepad([0.3, 0, 0, 0]), undefined, 0.35).lx, 0, "a worn stick");
  assert.ok(play(gamepad([0.3, 0, 0, 0]), undefined, 0).lx > 0);
});

test("gamepads without a mapping: two axes are a D-pad, axis 9 is a hat", () => {
  assert.equal(play(gamepad([-1, 1], {}, "")).buttons, BUTTON.LEFT | BUTTON.DOWN);
  const hat = (place) => play(gamepad([0, 0, 0, 0, 0, 0, 0, 0, 0, place], {}, "")).buttons;
  assert.equal(hat(-1), BUTTON.UP);
  assert.equal(hat(-1 + 2 / 7), BUTTON.UP | BUTTON.RIGHT);
  assert.equal(hat(1), BUTTON.UP | BUTTON.LEFT);
  assert.equal(hat(1.2857), 0);
  assert.equal(hat(0), 0);
  assert.equal(play(gamepad([0, 0, 0, 0, 0, 0, 1, -1], {}, "")).buttons, BUTTON.RIGHT | BUTTON.UP);
});

test("a binding is stored in a few characters and read back; nonsense is left out", () => {
  const binding = [
    { control: "A", part: { kind: "button", at: 3 } },
    { control: "L2", part: { kind: "axis", at: 2, rest: -1, full: 1 } },
    { control: "LX-", part: { kind: "axis", at: 0, rest: 0, full: -1 } },
    { control: "UP", part: { kind: "hat", at: 9, place: 0 } },
  ];
  assert.deepEqual(bindingTexts(binding), ["A b3", "L2 a2:-1:1", "LX- a0:0:-1", "UP h9:0"]);
  assert.deepEqual(readBinding(bindingTexts(binding)), binding);
  assert.deepEqual(readBinding(["A b3", "HOME b4", "A", 7, "A a1:0:0", "A a1:1:1", "A a1", "A h9:8", "A b1:2", "A bx"]), [binding[0]]);
  for (const nonsense of [null, {}, "A b3"]) assert.equal(readBinding(nonsense), undefined);
  for (const raw of [gamepad([0, 0, 0, 0]), gamepad(Array(10).fill(0), {}, "")]) {
    for (const { part } of defaultBinding(raw)) assert.deepEqual(partOfText(partText(part)), part);
  }
});

test("mapped parts play: a trigger on an axis, a D-pad on sticks, a stick on buttons", () => {
  const raw = gamepad([0, -1, -0.5], { 4: 1 }, "");
  const binding = readBinding(["UP a1:0:-1", "L2 a2:-1:1", "RX+ b4", "TURBO_A b4"]);
  const held = heldOfGamepad(raw, binding, 0.1);
  assert.deepEqual([held.pad.buttons, held.pad.rx, held.turbo], [BUTTON.UP, FULL, BUTTON.A]);
  assert.ok(Math.abs(held.pad.l2 - FULL / 4) < 300);
  assert.equal(play(gamepad([0, 0, 0], {}, ""), binding).l2, 0, "a trigger that never moved reports 0");
  assert.equal(play(gamepad([0, 0, 1], {}, ""), binding).buttons, BUTTON.L2);
  assert.equal(play(gamepad([], {}, ""), binding).buttons, 0);
});

/** Feeds a gamepad's states, 20 ms each, and says what was found, and when. */
function capture(states, wantsAxis = false) {
  const it = new GamepadCapture(wantsAxis);
  let found = null;
  for (const [at, { axes = [0, 0, 0, 0], down = {} }] of states.entries()) {
    assert.equal(found, null, "found before the end");
    found = it.feed(gamepad(axes, down, ""), at * 20);
  }
  return found && partText(found);
}
const hold = (state, times = 10) => Array(times).fill(state);
const REST = {};

test("a button is found when it is let go, not one that was held before", () => {
  assert.equal(capture([REST, { down: { 5: 1 } }, { down: { 5: 1 } }, REST]), "b5");
  assert.equal(capture([{ down: { 2: 1 } }, { down: { 2: 1, 5: 1 } }, { down: { 2: 1 } }]), "b5");
  assert.equal(capture([{ down: { 2: 1 } }, { down: { 2: 1 } }, REST, REST]), null);
  assert.equal(capture([{ down: { 2: 1 } }, REST, { down: { 2: 1 } }, REST]), "b2");
  assert.equal(capture([REST, ...hold({ down: { 5: 1 } }, 50)]), null);
});

test("an axis is found after it has come to rest; a drifting one is not meant", () => {
  assert.equal(capture([REST, { axes: [-0.4, 0.1, 0, 0] }, ...hold({ axes: [-1, 0.2, 0, 0] }), ...hold({ axes: [0.02, 0, 0, 0] }, 7)], true), "a0:0:-1");
  assert.equal(capture([{ axes: [0.2, 0, 0, 0] }, ...hold({ axes: [0.3, 0, 0, 0] })]), null);
  assert.equal(capture([REST, ...hold({ axes: [0, 0, 0.7, 0.95] }), ...hold(REST, 7)], true), "a3:0:1", "the one that moved farthest");
});

test("a trigger that rests at an end is found with its whole way", () => {
  assert.equal(capture([{ axes: [0, 0, -1] }, { axes: [0, 0, 0.2] }, ...hold({ axes: [0, 0, 1] }), ...hold({ axes: [0, 0, -1] }, 7)]), "a2:-1:1");
  assert.equal(capture([{ axes: [0, 0, 0] }, ...hold({ axes: [0, 0, 1] }), ...hold({ axes: [0, 0, -1] }, 7)]), "a2:-1:1", "it never moved before");
  const both = [{ axes: [0, 0, -1] }, ...hold({ axes: [0, 0, 1], down: { 6: 1 } }), ...hold({ axes: [0, 0, -1] }, 7)];
  assert.equal(capture(both), "b6", "a button has depth too, and knows where it rests");
  assert.equal(capture(both, true), "a2:-1:1");
});

test("a hat is found by its place, also one that never moved", () => {
  const hat = (value) => ({ axes: [0, 0, 0, 0, 0, 0, 0, 0, 0, value] });
  const rest = hat(1.2857);
  for (const [place, value] of [[0, -1], [2, -3 / 7], [4, 1 / 7], [6, 5 / 7]]) {
    assert.equal(capture([rest, ...hold(hat(value)), ...hold(rest, 7)]), `h9:${place}`);
    assert.equal(capture([hat(0), ...hold(hat(value)), ...hold(rest, 7)]), `h9:${place}`, "it never moved before");
  }
  assert.equal(capture([rest, hat(-1 + 2 / 7), ...hold(hat(-3 / 7)), ...hold(rest, 7)]), "h9:2", "rolled over the diagonal");
});

test("questions can be skipped and taken back, and what was not asked stays", () => {
  const sequence = new MappingSequence(["A", "B", "X"]);
  assert.deepEqual([sequence.current, sequence.step, sequence.canGoBack], ["A", { n: 1, of: 3 }, false]);
  sequence.back();
  sequence.answer({ kind: "button", at: 7 });
  sequence.answer(null);
  assert.equal(sequence.current, "X");
  const before = readBinding(["A b0", "B b1", "X b2", "Y b3"]);
  assert.deepEqual(bindingTexts(sequence.over(before)), ["X b2", "Y b3", "A b7"]);
  sequence.back();
  assert.equal(sequence.current, "B");
  sequence.answer({ kind: "button", at: 8 });
  sequence.answer({ kind: "button", at: 9 });
  assert.equal(sequence.current, null);
  sequence.answer(null);
  assert.deepEqual(bindingTexts(sequence.over(before)), ["Y b3", "A b7", "B b8", "X b9"]);
  assert.equal(new Set(ASKED).size, 24);
});

test("names are what is printed on the box, in every browser", () => {
  const names = {
    "Xbox 360 Controller (XInput STANDARD GAMEPAD)": "Xbox 360 Controller",
    "Wireless Controller (STANDARD GAMEPAD Vendor: 054c Product: 09cc)": "Wireless Controller",
    "USB Gamepad (Vendor: 0079 Product: 0011)": "USB Gamepad",
    "045e-028e-Microsoft X-Box 360 pad": "Microsoft X-Box 360 pad",
    "54c-5c4-Wireless Controller": "Wireless Controller",
    "Xbox Wireless Controller Extended Gamepad": "Xbox Wireless Controller",
    "8Bitdo SN30 Pro": "8Bitdo SN30 Pro",
    "045e-028e-": "045e-028e-",
    "  A   B  ": "A B",
  };
  for (const [id, name] of Object.entries(names)) assert.equal(gamepadName(id), name);
});

test("parts have names, by place where it is known", () => {
  assert.equal(partName({ kind: "button", at: 0 }, true), "A / ✕");
  assert.equal(partName({ kind: "button", at: 0 }, false), "Button 1");
  assert.equal(partName({ kind: "button", at: 20 }, true), "Button 21");
  assert.equal(partName({ kind: "axis", at: 1, rest: 0, full: -1 }, true), "L ↑");
  assert.equal(partName({ kind: "axis", at: 2, rest: -1, full: 1 }, false), "Axis 3+");
  assert.equal(partName({ kind: "hat", at: 9, place: 6 }, false), "Hat ←");
});

test("devices play one seat after the other; gamepads that are left over play the first too, layouts none", () => {
  const seats = (devices, held, choices, share) => [...assignSeats(devices, held, new Map(Object.entries(choices)), share).values()];
  assert.deepEqual(seats(["a"], [2], {}, true), [2]);
  assert.deepEqual(seats(["a", "b"], [2], {}, true), [2, 2]);
  assert.deepEqual(seats(["a", "b", "c"], [2, 5], {}, true), [2, 5, 2]);
  assert.deepEqual(seats(["a", "b"], [2], {}, false), [2, null]);
  assert.deepEqual(seats(["a", "b"], [], {}, true), [null, null]);
  assert.deepEqual(seats(["a", "b"], [2, 5], { a: 5, b: "none" }, true), [5, null]);
  assert.deepEqual(seats(["a", "b"], [2, 3], { b: 7 }, true), [2, 3], "a seat that is held no more is no choice");
});
