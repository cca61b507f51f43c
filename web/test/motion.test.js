// The motion of a phone, in a browser that is made up.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { encodeMotion, readMotion } from "../src/input/motion-reading.js";
import { fakeBrowser, fakeChannel, page } from "../tools/fake-page.js";

fakeBrowser();
const { Motion } = await import("../src/input/motion.js");

const G = 9.80665;
const UPRIGHT = { angle: 0, inverted: false };
const BOTH = (seat) => ({ accelerometer: 1 << seat, gyroscope: 1 << seat });
let time = 1000;

beforeEach(() => {
  fakeBrowser();
  navigator.maxTouchPoints = 5;
  navigator.vendor = "Google Inc.";
  window.DeviceMotionEvent = class {};
  window.screen = { orientation: { angle: 0 } };
  performance.now = () => time;
  time += 1000;
});

const event = ([x, y, z], turn = [0, 0, 0]) => ({
  accelerationIncludingGravity: { x, y, z }, rotationRate: { alpha: turn[0], beta: turn[1], gamma: turn[2] },
});
const tilt = (...axes) => page.window.dispatchEvent(Object.assign(new Event("devicemotion"), event(axes)));

test("a phone on the table has one g upwards, and a turn is in radians", () => {
  assert.deepEqual(readMotion(event([0, 0, G], [180 / Math.PI, 0, -90]), UPRIGHT), { acceleration: [0, 0, 2048], rotation: [512, 0, Math.round(-Math.PI / 2 * 512)] });
  assert.deepEqual(readMotion(event([-G / 2, G, 0]), UPRIGHT).acceleration, [-1024, 2048, 0]);
});

test("axes are those of the screen, however the phone is held", () => {
  const read = (angle) => readMotion(event([1 * G, 2 * G, 3 * G], [10, 20, 30]), { angle, inverted: false });
  assert.deepEqual([0, 90, 180, 270, -90, 360].map((angle) => read(angle).acceleration.map((axis) => axis / 2048)),
    [[1, 2, 3], [-2, 1, 3], [-1, -2, 3], [2, -1, 3], [2, -1, 3], [1, 2, 3]]);
  const [x, y, z] = read(0).rotation;
  assert.deepEqual(read(90).rotation, [-y, x, z]);
});

test("where gravity has the other sign it is turned around, and turning is not", () => {
  assert.deepEqual(readMotion(event([0, 0, -G], [10, 0, 0]), { angle: 0, inverted: true }), { acceleration: [0, 0, 2048], rotation: [89, 0, 0] });
});

test("what is no number is nothing, and what is too much is the most", () => {
  assert.equal(readMotion(event([null, null, null], [null, null, null]), UPRIGHT), null);
  assert.equal(readMotion({}, UPRIGHT), null);
  assert.equal(readMotion({ accelerationIncludingGravity: null, rotationRate: null }, UPRIGHT), null);
  assert.deepEqual(readMotion(event([NaN, Infinity, 1e9], [-1e9, 0, 0]), UPRIGHT), { acceleration: [0, 0, 32767], rotation: [-32767, 0, 0] });
});

test("a message is twenty bytes, as the host reads it", () => {
  const bytes = encodeMotion(3, 5, { acceleration: [0, -2048, 2048], rotation: [-32767, 32767, 512] });
  assert.equal(Buffer.from(bytes).toString("hex"), "04030000050000000000" + "00f8" + "0008" + "0180" + "ff7f" + "0002");
});

test("nothing is told before the player says so, and only for a seat that the game asks about", async () => {
  const motion = new Motion();
  const uses = [];
  const channel = fakeChannel();
  motion.onUse = (use) => uses.push(use);
  motion.connect(channel);
  motion.setSeats([1]);
  motion.setWants(BOTH(0));
  tilt(0, 0, G);
  assert.deepEqual([uses, channel.sent.length], [[], 0], "another's seat");
  motion.setWants(BOTH(1));
  tilt(0, 0, G);
  assert.deepEqual([uses, channel.sent.length], [["asked"], 0]);
  await motion.allow();
  tilt(0, 0, G);
  assert.deepEqual([uses, channel.sent.length, channel.sent[0][1]], [["asked", "on"], 1, 1]);
  motion.setSeats([]);
  time += 100;
  tilt(0, 0, G);
  const still = (message) => message.subarray(8).every((byte) => byte === 0);
  assert.deepEqual([uses.at(-1), channel.sent.length], ["off", 2], "the seat was given up");
  assert.ok(!still(channel.sent[0]) && still(channel.sent[1]), "and is level again");
  motion.setSeats([0, 1]);
  tilt(0, 0, G);
  assert.deepEqual([uses.at(-1), channel.sent.length], ["on", 3], "said once, it holds");
  motion.stop();
  time += 100;
  tilt(0, 0, G);
  assert.deepEqual([uses.at(-1), channel.sent.length], ["stopped", 4]);
  assert.ok(still(channel.sent[3]));
});

test("of more than sixty a second the newest are told, with rising numbers", async () => {
  const motion = new Motion();
  const channel = fakeChannel();
  motion.connect(channel);
  motion.setSeats([0]);
  motion.setWants(BOTH(0));
  await motion.allow();
  for (let ms = 0; ms < 1000; ms += 4) {
    tilt(0, 0, G * ms / 1000);
    time += 4;
  }
  assert.ok(channel.sent.length > 40 && channel.sent.length <= 64, String(channel.sent.length));
  assert.deepEqual(channel.sent.map((bytes) => bytes.readUInt32LE(4)), channel.sent.map((_, at) => at + 1));
  channel.readyState = "closed";
  time += 100;
  tilt(0, 0, G);
  assert.ok(channel.sent.length <= 64, "a channel that is closed is not written to");
});

test("a browser that wants to be asked is asked at the press, and its no is told", async () => {
  let answer = "denied";
  let asked = 0;
  window.DeviceMotionEvent.requestPermission = async () => {
    asked += 1;
    return answer;
  };
  const motion = new Motion();
  const channel = fakeChannel();
  motion.connect(channel);
  motion.setSeats([0]);
  motion.setWants(BOTH(0));
  assert.equal(asked, 0);
  await motion.allow();
  assert.deepEqual([asked, motion.use], [1, "refused"]);
  answer = "granted";
  await motion.allow();
  navigator.vendor = "Apple Computer, Inc.";
  tilt(0, 0, -G);
  assert.equal(motion.use, "on");
  assert.equal(channel.sent[0].readInt16LE(12), 2048, "there gravity has the other sign");
});

test("without a secure link, or a finger, there is nothing to ask", () => {
  window.isSecureContext = false;
  const motion = new Motion();
  motion.setSeats([0]);
  motion.setWants(BOTH(0));
  assert.equal(motion.use, "insecure");
  window.isSecureContext = true;
  navigator.maxTouchPoints = 0;
  motion.setWants(BOTH(0));
  assert.equal(motion.use, "off");
});
