// When the screen stays on, with a browser that takes its time.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { keepsScreenOn, WakeLock } from "../src/ui/wake-lock.js";

let locks, answers, visible;

/** A promise that the test settles. */
function later(value) {
  let does;
  const promise = new Promise((resolve, reject) => { does = { now: () => resolve(value()), never: () => reject(new Error("refused")) }; });
  answers.push(does);
  return promise;
}

class Sentinel {
  released = false;
  constructor() { locks.push(this); }
  release() { return later(() => { this.released = true; }); }
}

const settled = async () => { for (let i = 0; i < 10; i += 1) await Promise.resolve(); };
const answer = async (how = "now") => {
  answers.shift()[how]();
  await settled();
};
const held = () => locks.filter(({ released }) => !released).length;
const show = async (state) => {
  visible.visibilityState = state;
  visible.dispatchEvent(new Event("visibilitychange"));
  await settled();
};

beforeEach(() => {
  locks = [];
  answers = [];
  visible = Object.assign(new EventTarget(), { visibilityState: "visible" });
  Object.defineProperty(globalThis, "document", { value: visible, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: { wakeLock: { request: () => later(() => new Sentinel()) } }, configurable: true });
});

test("a request that changes while the browser lets go is granted after it", async () => {
  const lock = new WakeLock();
  lock.want(true);
  await answer();
  assert.equal(held(), 1);
  lock.want(false);
  lock.want(true);
  assert.equal(answers.length, 1, "the release is under way");
  await answer();
  assert.equal(held(), 0);
  assert.equal(answers.length, 1, "and asked for again");
  await answer();
  assert.equal(held(), 1);
});

test("a request that ends while the browser is asked is let go of", async () => {
  const lock = new WakeLock();
  lock.want(true);
  lock.want(false);
  await answer();
  await answer();
  assert.deepEqual([locks.length, held(), answers.length], [1, 0, 0]);
});

test("a refusal is not asked about again until the page is seen anew", async () => {
  const lock = new WakeLock();
  lock.want(true);
  await answer("never");
  assert.deepEqual([held(), answers.length], [0, 0]);
  await show("hidden");
  assert.equal(answers.length, 0);
  await show("visible");
  await answer();
  assert.equal(held(), 1);
});

test("the screen stays on while a player plays, pauses, waits, or has just been lost", () => {
  const room = (state) => ({ game: { state } });
  const on = (phase, state, lostMs = 0) => keepsScreenOn({ phase, room: state ? room(state) : null }, lostMs);
  for (const state of ["starting", "running", "paused", "crashed"]) assert.ok(on("playing", state), state);
  assert.ok(!on("playing", "stopped"));
  assert.ok(on("waiting", null));
  assert.ok(on("reconnecting", "running", 59_000) && !on("reconnecting", "running", 60_000));
  for (const phase of ["name", "connecting", "refused", "closed"]) assert.ok(!on(phase, null), phase);
});
