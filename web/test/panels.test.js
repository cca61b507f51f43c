// The panels and the bar, in a browser that is made up.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setLanguage, text } from "../src/lang/text.js";
import { fakeBrowser, page } from "../tools/fake-page.js";

fakeBrowser();
const { Bar } = await import("../src/ui/bar.js");
const { ChatPanel } = await import("../src/room/chat-panel.js");
const { LocalInput } = await import("../src/input/local-input.js");
const { HelpPanel } = await import("../src/ui/help-panel.js");
const { Panel } = await import("../src/ui/panel.js");
const { PlayerStatus } = await import("../src/room/player-status.js");
const { fillTexts } = await import("../src/lang/text.js");
const { openOneAtATime } = await import("../src/ui/toggles.js");

beforeEach(() => {
  fakeBrowser();
  page.store = new Map();
  page.document.activeElement = page.document.body;
  for (const id of ["help", "people"]) page.byId(id).hidden = true;
});

const room = (you) => ({
  type: "room", you: { peer: 3, name: "Ann", seats: [1], rights: [], muted: false, grant: "any", ...you }, host: { name: null },
  seats: [{ seat: 0, device: "", holders: [] }, { seat: 1, device: "", holders: [{ peer: 3, name: "Ann", away: false }] }],
  peers: [{ peer: 3, name: "Ann", seats: [1], wants: null, muted: false }],
  game: { name: "Arena", core: "", system: "", state: "running", pausedBy: "", problem: null, unsaved: false, flow: "normal", flowBy: "", canRewind: true, ahead: 0, lateLatch: false },
});
const escape = (target) => {
  // The keyboard takes the focus away before the panel hears of it.
  page.document.activeElement.blur();
  page.fire("keydown", { key: "Escape", code: "Escape", isComposing: false }, target);
};

test("Esc in the help gives the focus back to what opened it with the keyboard", () => {
  const help = new HelpPanel(() => {}, new LocalInput({ stage: page.element(), frame: page.element(), touch: page.element() }));
  const toggle = page.byId("help-toggle");
  toggle.focus();
  toggle.click();
  assert.ok(help.open);
  assert.equal(page.document.activeElement, page.byId("help-close"));
  escape(page.byId("help"));
  assert.ok(!help.open);
  assert.equal(page.document.activeElement, toggle);
  help.show(true);
  page.fire("keydown", { key: "Escape", code: "Escape" });
  assert.ok(!help.open, "also while the game has the focus");
});

test("an opener is remembered for one time only", () => {
  const panel = new Panel("people");
  page.byId("people-toggle").focus();
  panel.showFocused();
  panel.show(false);
  page.document.activeElement.blur();
  panel.show(true);
  page.byId("people-close").focus();
  escape(page.byId("people"));
  assert.equal(page.document.activeElement, page.document.body);
});

test("of those that cover the picture one is open at a time", () => {
  const told = [];
  const covers = ["help", "people"].map((name) => new Panel(name));
  openOneAtATime(covers.map((cover, at) => [cover, (open) => told.push([at, open])]));
  covers[0].show(true);
  covers[1].show(true);
  assert.deepEqual(covers.map(({ open }) => open), [false, true]);
  assert.deepEqual(told, [[0, true], [0, false], [1, true]]);
});

function chatWith(told = true) {
  const chat = new ChatPanel(() => told);
  const field = page.byId("chat-field");
  return { chat, field, say(words) {
    field.value = words;
    page.fire("submit", {}, page.byId("chat-form"));
  } };
}

test("a chat message that is refused is given back, once; a refused reaction gives nothing back", () => {
  const { chat, field, say } = chatWith();
  say("hello");
  assert.equal(field.value, "");
  chat.showDenied("slow");
  assert.equal(field.value, "", "a reaction");
  chat.showDenied("slow", { restore: true });
  assert.equal(field.value, "hello");
  field.value = "";
  chat.showDenied("slow", { restore: true });
  assert.equal(field.value, "");
});

test("a chat message that was passed on is not given back", () => {
  const { chat, field, say } = chatWith();
  say("hello");
  chat.showMessage({ type: "chat", peer: 3, name: "Ann", text: "hello" }, room());
  chat.showDenied("slow", { restore: true });
  assert.equal(field.value, "");
});

test("what could not be sent stays in the field", () => {
  const { field, say } = chatWith(false);
  say("hello");
  assert.equal(field.value, "hello");
});

test("a player is told where they sit when it changes, and that they are muted or no longer", () => {
  const playerStatus = new PlayerStatus();
  assert.deepEqual(playerStatus.changes(room()), { key: "seat.you", values: { n: 2 }, seat: 1 });
  assert.equal(playerStatus.changes(room()), null);
  assert.deepEqual(playerStatus.changes(room({ seats: [0, 1] })), { key: "seat.you.many", values: { list: "1, 2" }, seat: 0 });
  assert.equal(playerStatus.changes(room({ seats: [] })).key, "seat.watching.free");
  assert.equal(playerStatus.changes(room({ seats: [], muted: true })).key, "no.muted");
  assert.equal(playerStatus.changes(room({ seats: [], muted: true })), null);
  assert.equal(playerStatus.changes(room({ seats: [] })).key, "muted.over");
});

test("who plays is told once when the game cannot be saved, and when it can again", () => {
  const playerStatus = new PlayerStatus();
  const told = (unsaved, you = {}) => {
    const news = room(you);
    return playerStatus.changes({ ...news, game: { ...news.game, unsaved } })?.key ?? null;
  };
  assert.equal(told(false), "seat.you");
  assert.deepEqual([true, true, false, false].map((unsaved) => told(unsaved)), ["game.unsaved", null, "game.saved.again", null]);
  assert.equal(told(true, { seats: [] }), "seat.watching.free");
  assert.equal(told(true, { seats: [] }), null, "who watches has nothing to lose");
  assert.equal(told(true), "game.unsaved");
});

test("the chip of a muted player says so to them", () => {
  const bar = new Bar({ muted: false, blocked: false, volume: 1 });
  const marks = () => page.byId("seats").children.flatMap((chip) => chip.children.filter(({ className }) => className === "tag").map(({ textContent }) => textContent));
  bar.setRoom(room());
  assert.deepEqual(marks(), []);
  bar.setRoom(room({ muted: true }));
  assert.deepEqual(marks(), [text("people.muted")]);
});

const silent = () => ({ mute() {}, setVolume() {}, muted: false, blocked: false, volume: 1 });
/** A pointer over an element that is inside these. */
function point(type, y, inside, more = {}) {
  const target = Object.assign(page.element(), { closest: (selector) => (inside.includes(selector) ? target : null) });
  const event = Object.assign(new Event(type), { clientX: 100, clientY: y, buttons: 0, pointerType: "mouse", ...more });
  Object.defineProperty(event, "target", { value: target });
  page.window.dispatchEvent(event);
}

test("the bar comes for a pointer that moves, but not for one that plays or aims", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const AIMED = "#stage[data-aim='yes']";
  const bar = new Bar(silent());
  const shown = () => page.document.documentElement.dataset.bar === "shown";
  const hide = () => {
    context.mock.timers.tick(3000);
    assert.ok(!shown());
  };
  bar.setPlaying(true);
  assert.ok(shown());
  hide();
  point("pointermove", 300, []);
  assert.ok(shown());
  hide();
  for (const y of [300, 40, 3]) for (const type of ["pointermove", "pointerdown"]) point(type, y, [AIMED, "#frame"]);
  point("pointermove", 300, ["#touch [data-part]"]);
  page.document.pointerLockElement = page.element();
  point("pointermove", 0, []);
  page.document.pointerLockElement = null;
  point("pointermove", 1, [AIMED, "#frame"], { buttons: 1 });
  context.mock.timers.tick(1000);
  assert.ok(!shown(), "shots, buttons and a mouse that is the game's");
  point("pointermove", 0, [AIMED, "#frame"]);
  context.mock.timers.tick(300);
  point("pointermove", 30, [AIMED, "#frame"]);
  context.mock.timers.tick(1000);
  assert.ok(!shown(), "the edge was only passed");
  point("pointermove", 0, [AIMED, "#frame"]);
  point("pointermove", 1, [AIMED, "#frame"]);
  context.mock.timers.tick(600);
  assert.ok(shown(), "the pointer stayed at the edge");
  hide();
  point("pointerdown", 300, [AIMED], { pointerType: "touch", buttons: 1 });
  assert.ok(shown(), "a finger beside the picture");
  hide();
  page.fire("focusin");
  assert.ok(shown(), "the keyboard");
});

test("a dot for each seat that has a holder lights up with its chip", () => {
  const bar = new Bar(silent());
  bar.setRoom(room());
  const dots = () => page.byId("activity").children;
  assert.deepEqual(dots().map(({ dataset, className }) => [dataset.player, className]), [["1", "mine"]]);
  const lit = new Map();
  for (const sign of [...dots(), ...page.byId("seats").children]) sign.classList = { toggle: (name, on) => lit.set(sign, [name, on]) };
  bar.setActivity(2);
  assert.deepEqual(lit.get(dots()[0]), ["lit", true]);
  bar.setRoom(null);
  assert.deepEqual(dots(), []);
});

test("comings and goings are told on the picture, but not the reader's own, and not over a fresh message", () => {
  const { chat } = chatWith();
  const peek = page.byId("peek");
  const told = () => (peek.dataset.shown === "yes" ? peek.children.map((it) => it.textContent ?? it).join("") : null);
  const line = (name) => chat.showPresence({ type: "line", what: "joined", name }, room());
  line("Ann");
  assert.notEqual(peek.dataset.shown, "yes");
  chat.showPresence({ type: "line", what: "joined", name: "Bo" }, null);
  assert.notEqual(peek.dataset.shown, "yes", "the room is not there yet");
  line("Bo");
  assert.equal(peek.dataset.shown, "yes");
  chat.showMessage({ type: "chat", peer: 4, name: "Bo", text: "hello" }, room());
  const said = told();
  line("Cid");
  assert.equal(told(), said);
  chat.setOpen(true);
  line("Di");
  assert.notEqual(peek.dataset.shown, "yes", "the chat is open");
});

test("the button of the other language is marked as written in it", () => {
  const button = page.element();
  const root = { documentElement: {}, querySelectorAll: (selector) => (selector.includes("language.other") ? [button] : []) };
  for (const [language, other] of [["zh", "en"], ["en", "zh-Hans"]]) {
    setLanguage(language);
    fillTexts(root);
    assert.equal(button.getAttribute("lang"), other);
  }
});
