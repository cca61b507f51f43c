// Giving a control another key or another part of a gamepad, from the question to what is stored.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bindingTexts } from "../src/input/gamepad-mapping.js";
import { BUTTON } from "../src/input/pad-state.js";
import { fakeBrowser, fakeChannel, fakePad, page } from "../tools/fake-page.js";

fakeBrowser();
const { LocalInput } = await import("../src/input/local-input.js");
const { Remap } = await import("../src/ui/remap.js");

let localInput, remap, channel;

beforeEach(() => {
  fakeBrowser();
  page.pads = [];
  page.focused = true;
  page.store = new Map();
  localInput = new LocalInput({ stage: page.element(), frame: page.element(), touch: page.element() });
  remap = new Remap(localInput, (control) => control);
  localInput.onChange = () => remap.check();
  channel = fakeChannel();
  localInput.setSeats([0]);
  localInput.connect(channel);
  channel.sent.length = 0;
});

afterEach(() => {
  page.pads = [];
  page.fire("gamepaddisconnected");
  localInput.connect(null);
});

const dialog = () => page.document.body.children.at(-1);
const asked = () => dialog().children[0].children[1].textContent;
const note = () => dialog().children[0].children[2].textContent;
const choices = () => dialog().children[1].children;
const choose = (key) => choices().find((it) => it.dataset.choice === key).click();
const key = (code, more) => {
  const event = page.key("keydown", code, more);
  page.key("keyup", code, more);
  return event.defaultPrevented;
};
/** A key while one of the dialog's buttons has the focus. */
const keyOnButton = (code) => page.keyAt("button", "keydown", code).defaultPrevented;

test("the next key is the answer; it does not play, and is remembered", () => {
  remap.key(0, "A");
  assert.ok(dialog().open);
  assert.equal(asked(), "A");
  assert.ok(key("KeyP"));
  assert.ok(!dialog().open);
  assert.equal(localInput.layouts[0].A, "KeyP");
  assert.deepEqual(channel.sent, []);
  key("KeyP");
  assert.equal(channel.sent[0].readUInt16LE(8), BUTTON.A);
});

test("Esc leaves it as it is; Tab and the buttons stay the browser's", () => {
  remap.key(0, "A");
  assert.ok(!key("Tab"));
  assert.ok(!keyOnButton("Enter"));
  assert.ok(!keyOnButton("Space"));
  assert.ok(dialog().open);
  key("Escape");
  assert.ok(!dialog().open);
  assert.equal(localInput.layouts[0].A, "KeyX");
});

test("Shift is an answer when it is let go alone, not on the way to Shift+Tab", () => {
  remap.key(1, "SELECT");
  page.key("keydown", "ShiftLeft");
  page.key("keydown", "Tab");
  page.key("keyup", "Tab");
  page.key("keyup", "ShiftLeft");
  assert.ok(dialog().open);
  key("ShiftLeft");
  assert.equal(localInput.layouts[1].SELECT, "ShiftLeft");
});

test("keys of the browser are refused, and why is said", () => {
  remap.key(0, "A");
  assert.ok(key("F5"));
  assert.match(note(), /browser/);
  assert.ok(key("KeyR", { ctrlKey: true }));
  assert.ok(dialog().open);
  assert.equal(localInput.layouts[0].A, "KeyX");
});

test("a control can have no key at all", () => {
  remap.key(0, "A");
  choose("remap.remove");
  assert.equal(localInput.layouts[0].A, undefined);
  assert.ok(!dialog().open);
});

/** Presses and lets go, long enough for the poll to see both. */
async function press(pad, at) {
  pad.down.add(at);
  await sleep(15);
  pad.down.delete(at);
  await sleep(15);
}

test("one control of a gamepad is pressed once, and the rest stays", async () => {
  const pad = fakePad(0);
  page.plug(pad);
  const info = localInput.devices[2].pad;
  remap.gamepad(info, ["A"]);
  await sleep(15);
  await press(pad, 10);
  assert.ok(!dialog().open);
  assert.deepEqual(bindingTexts(localInput.bindingOf(0)).filter((it) => /^[AB] /.test(it)), ["B b0", "A b10"]);
  assert.ok(channel.sent.every((it) => it.readUInt16LE(8) === 0), "it did not play");
});

test("while a gamepad is asked for, keys do not play, but move around in the dialog", () => {
  page.plug(fakePad(0));
  remap.gamepad(localInput.devices[2].pad, ["A"]);
  assert.ok(key("KeyX"));
  assert.ok(key("Enter"));
  assert.deepEqual(channel.sent.filter((it) => it.readUInt16LE(8) !== 0), []);
  assert.ok(!key("Tab"));
  assert.ok(!keyOnButton("Enter"));
  assert.ok(!keyOnButton("Space"));
  assert.ok(keyOnButton("KeyX"));
  assert.ok(!key("KeyR", { ctrlKey: true }), "the browser's");
  assert.ok(dialog().open);
  key("Escape");
  assert.ok(!dialog().open);
});

test("a whole gamepad is asked for step by step, with steps back and skipped ones", async () => {
  const pad = fakePad(0, { id: "1234-5678-Strange", mapping: "" });
  page.plug(pad);
  remap.gamepad(localInput.devices[2].pad);
  await sleep(15);
  assert.equal(asked(), "UP");
  assert.ok(choices().find((it) => it.dataset.choice === "remap.back").disabled);
  await press(pad, 3);
  assert.equal(asked(), "DOWN");
  choose("remap.back");
  assert.equal(asked(), "UP");
  await sleep(15);
  await press(pad, 4);
  choose("remap.skip");
  assert.equal(asked(), "LEFT");
  await sleep(15);
  pad.axes = [-1, 0, 0, 0];
  await sleep(30);
  pad.axes = [0, 0, 0, 0];
  await sleep(200);
  assert.equal(asked(), "RIGHT");
  choose("remap.finish");
  const texts = bindingTexts(localInput.bindingOf(0));
  assert.deepEqual(texts.filter((it) => /^(UP|DOWN|LEFT|RIGHT) /.test(it)), ["RIGHT b15", "UP b4", "LEFT a0:0:-1"]);
  assert.ok(localInput.isMapped(localInput.devices[2].pad));
});

test("cancelled, nothing is changed; a gamepad that is unplugged ends it", async () => {
  const pad = fakePad(0);
  page.plug(pad);
  const before = bindingTexts(localInput.bindingOf(0));
  remap.gamepad(localInput.devices[2].pad);
  await sleep(15);
  await press(pad, 3);
  choose("remap.cancel");
  assert.deepEqual(bindingTexts(localInput.bindingOf(0)), before);
  remap.gamepad(localInput.devices[2].pad);
  page.unplug(0);
  assert.ok(!dialog().open);
  key("KeyZ");
  assert.equal(channel.sent.at(-2).readUInt16LE(8), BUTTON.B, "the keys play again");
});
