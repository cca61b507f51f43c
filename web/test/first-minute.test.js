// What a guest is told in the first minute, and that it is told once.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeBrowser, page } from "../tools/fake-page.js";

fakeBrowser();
const { LAYOUTS } = await import("../src/input/keyboard-mapping.js");
const { setLanguage } = await import("../src/lang/text.js");
const { FirstMinute, firstWords: words } = await import("../src/ui/first-minute.js");

/** The same without the marks around names. */
const plain = (text) => text.replace(/[\u2068\u2069]/g, "");
const firstWords = (...all) => {
  const { title, lines } = words(...all);
  return { title, lines: lines.map(plain) };
};

const [keys] = LAYOUTS;
const room = (mine, holders = [[], [1]]) => ({ you: { seats: mine }, seats: holders.map((held, seat) => ({ seat, holders: held })) });
const means = (more = {}) => ({ touch: false, pads: [], keys, ...more });
const card = () => page.byId("first");
const begin = (has = means()) => new FirstMinute(() => has);

beforeEach(() => {
  page.store.clear();
  page.ids.clear();
  card().hidden = true;
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a player reads the seat and the keys, as they are now", () => {
  const { title, lines } = firstWords(room([1]), means());
  assert.equal(title, "You are Player 2");
  assert.match(lines[0], /^Arrow keys to move, Z and X for B and A, Enter for Start\.$/);
  assert.match(lines[1], /gamepad/);
  const other = firstWords(room([0]), means({ keys: { ...keys, UP: "KeyI", B: "KeyN", START: undefined } }));
  assert.match(other.lines[0], /^I .* to move, N and X for B and A, – for Start\.$/);
});

test("who has a touch screen or a gamepad is not told of keys", () => {
  assert.match(firstWords(room([0]), means({ touch: true })).lines[0], /on the screen/);
  assert.match(firstWords(room([0]), means({ touch: true, pads: ["8BitDo"] })).lines[0], /8BitDo/);
  assert.match(firstWords(room([0]), means({ touch: true })).lines.at(-1), /tap/);
});

test("who watches is told how to get a seat", () => {
  assert.match(firstWords(room([]), means()).lines[0], /^A seat is free/);
  assert.match(firstWords(room([], [[2], [1]]), means()).lines[0], /^All seats are taken/);
});

test("it is shown while the game is, and never again once it was closed", () => {
  const first = begin();
  assert.equal(card().hidden, true);
  first.setRoom(room([0]));
  assert.equal(card().hidden, false);
  first.setRoom(null);
  assert.equal(card().hidden, true);
  first.setRoom(room([0]));
  page.byId("first-close").click();
  assert.equal(card().hidden, true);
  first.setRoom(room([0]));
  assert.equal(card().hidden, true);
  begin().setRoom(room([0]));
  assert.equal(card().hidden, true, "another visit");
});

test("it goes by itself, but not from under the focus", () => {
  begin().setRoom(room([0]));
  page.document.activeElement = card();
  mock.timers.tick(45_000);
  assert.equal(card().hidden, false);
  page.document.activeElement = page.document.body;
  mock.timers.tick(45_000);
  assert.equal(card().hidden, true);
  assert.equal(page.store.get("hotseat.welcomed"), "yes");
});

test("a gamepad that comes meanwhile is named", () => {
  const has = means();
  begin(has).setRoom(room([0]));
  has.pads = ["Pad"];
  page.fire("gamepadconnected");
  assert.match(plain(page.byId("first-lines").children[0].textContent), /^Play with .*Pad/);
});

test("another language says it in its own words", () => {
  setLanguage("zh");
  assert.equal(firstWords(room([0]), means()).lines[0], "方向键移动，Z 和 X 是 B 和 A，Enter 是 Start。");
  setLanguage("en");
});
