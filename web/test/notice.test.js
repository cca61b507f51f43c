import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, hasText, setLanguage, text } from "../src/lang/text.js";
import { isUnderWay, noticeFor } from "../src/ui/notice.js";

const room = (state, { pausedBy = "", problem = null, rights = [], flow = "normal", flowBy = "" } = {}) => ({
  type: "room", you: { peer: 1, name: "Ann", seats: [0], rights, muted: false, grant: "any" }, host: { name: null }, seats: [], peers: [],
  game: { name: "Arena", core: "", system: "", state, pausedBy, problem, flow, flowBy },
});
const situation = (more) => ({ phase: "playing", reason: "", code: "", trouble: "", room: null, picture: true, ...more });
const notice = (more) => noticeFor(situation(more));

test("nothing stands between the player and a running game", () => {
  assert.equal(notice({ room: room("running") }), null);
  assert.equal(notice({ room: room("running"), picture: false }).title.key, "state.picture");
  assert.equal(notice({ phase: "name" }), null);
  assert.equal(notice({ room: room("running"), trouble: "no_picture" }).title.key, "trouble.no_picture");
});

test("an unknown trouble is told beside the picture, and one that is over is not", () => {
  assert.deepEqual(notice({ room: room("running"), trouble: "new_one" }), { shape: "pill", busy: false, title: { key: "trouble.other" }, detail: null, action: null });
  assert.equal(notice({ room: room("running"), trouble: "none" }), null);
});

test("every state of the game that is not running is told", () => {
  assert.equal(notice({ room: room("starting") }).title.key, "game.starting");
  assert.equal(notice({ room: room("paused") }).shape, "pill");
  assert.equal(notice({ room: room("crashed") }).detail.key, "game.crashed.detail");
  assert.equal(notice({ room: room("stopped") }).title.key, "game.stopped");
});

test("a game that is brought back moves; one that is not says why, and for whom it waits", () => {
  assert.ok(notice({ room: room("crashed") }).busy);
  const stopped = (core, code = "crash.memory") => {
    const it = room("stopped", { problem: { code, core } });
    return notice({ room: { ...it, game: { ...it.game, core } } });
  };
  assert.deepEqual(stopped("Arena core"),
    { shape: "card", busy: false, title: { key: "game.failed" }, detail: { key: "problem.crash.memory", values: { core: "Arena core" } }, action: null });
  assert.equal(stopped("").title.key, "game.unstarted", "a core that never told its name");
  assert.deepEqual(stopped("").detail.values, { core: { key: "problem.core" } });
  assert.deepEqual([stopped("Arena core", "failed").title.key, stopped("Arena core", "failed").detail.key], ["game.unstarted", "problem.failed"]);
  assert.equal(notice({ room: room("crashed", { problem: { code: "crash.hung", core: "" } }) }).detail.key, "problem.crash.hung");
});

test("refusals and closings have a sentence of the page's, unknown ones a general one", () => {
  assert.equal(notice({ phase: "refused", code: "bad_invite" }).detail.key, "refused.bad_invite");
  assert.deepEqual(notice({ phase: "refused", code: "new_one" }).detail, { key: "refused.other" });
  for (const code of ["new_one", "bad_message", "version"]) assert.equal(notice({ phase: "refused", code }).action.name, "reload", code);
  assert.equal(notice({ phase: "closed", code: "new_one" }).detail.key, "closing.other");
  assert.equal(notice({ phase: "closed", code: "replaced" }).action.key, "action.here");
  assert.equal(notice({ phase: "refused", code: "no_webrtc" }).action, null);
  assert.equal(notice({ phase: "refused", code: "banned" }).action, null);
});

test("a request to come in can be taken back, and a link that does not work leads to a code", () => {
  assert.equal(notice({ phase: "waiting" }).action.name, "cancel");
  const bad = notice({ phase: "refused", code: "bad_invite" });
  assert.deepEqual([bad.action.name, bad.second.name], ["retry", "code"]);
  assert.equal(notice({ phase: "closed", code: "revoked" }).action.name, "code");
});

test("a page that the browser brings back goes on if it was under way, and one that was sent away throws no other tab out", () => {
  const phases = ["name", "connecting", "waiting", "playing", "reconnecting", "refused", "closed"];
  assert.deepEqual(phases.filter(isUnderWay), ["connecting", "waiting", "playing", "reconnecting"]);
});

test("a pause says whose it is, and those who may end it", () => {
  assert.deepEqual(notice({ room: room("paused", { pausedBy: "Bo" }) }).title, { key: "game.paused.by", values: { name: "Bo" } });
  assert.equal(notice({ room: room("paused") }).title.key, "game.paused");
  assert.equal(notice({ room: room("paused", { pausedBy: "Bo" }) }).action, null);
  assert.equal(notice({ room: room("paused", { pausedBy: "Bo", rights: ["pause"] }) }).action.name, "resume");
});

test("whoever goes through time is named, also over a paused game", () => {
  assert.equal(notice({ room: room("running") }), null);
  assert.deepEqual(notice({ room: room("running", { flow: "rewind", flowBy: "Bo" }) }).title, { key: "flow.rewind.by", values: { name: "Bo" } });
  assert.equal(notice({ room: room("running", { flow: "fast_forward" }) }).title.key, "flow.fast_forward");
  assert.equal(notice({ room: room("paused", { flow: "rewind" }) }).title.key, "flow.rewind");
  assert.equal(notice({ room: room("paused", { flow: "fast_forward" }) }).title.key, "game.paused");
});

test("every text a notice can name exists", () => {
  const codes = ["bad_invite", "bad_message", "room_full", "no_codec", "host_codec", "version", "host_error", "declined", "banned", "busy", "kicked", "revoked", "host_closed", "replaced", ""];
  const all = [
    ...["", "network", "offline", "host", "dropped"].flatMap((reason) => [notice({ phase: "connecting", reason }), notice({ phase: "reconnecting", reason })]),
    ...codes.flatMap((code) => [notice({ phase: "refused", code }), notice({ phase: "closed", code })]),
    notice({ phase: "waiting" }),
    notice({ room: room("running"), trouble: "no_picture" }),
    ...["fast_forward", "slow_motion", "rewind"].flatMap((flow) => ["", "Bo"].map((flowBy) => notice({ room: room("running", { flow, flowBy }) }))),
    notice({ room: room("paused", { pausedBy: "Bo", rights: ["pause"] }) }),
    ...["starting", "running", "paused", "crashed", "stopped"].flatMap((state) => [null, { code: "failed", core: "" }].map((problem) => notice({ room: room(state, { problem }), picture: false }))),
  ];
  for (const { title, detail, action, second = null } of all) {
    for (const words of [title, detail, action, second]) if (words && "key" in words) assert.ok(hasText(words.key), words.key);
  }
});

test("a name in a sentence keeps its direction to itself; numbers and signs need no fence", () => {
  assert.equal(text("seat.is.you", { n: 2, name: "עדי" }), "Player 2: \u2068עדי\u2069 (you)");
  assert.equal(text("seat.you.many", { list: "1, 2" }), "You are Players 1, 2");
  assert.equal(text("stats.unit.ms", { n: "1.5" }), "1.5 ms");
  assert.equal(text("seat.you", { n: 2 }), "You are Player 2");
});

test("the language is the first wanted one that exists, and values are filled in", () => {
  assert.equal(chooseLanguage(["fr-FR", "zh-CN", "en"]), "zh");
  assert.equal(chooseLanguage(["de"]), "en");
  assert.equal(chooseLanguage(["__proto__"]), "en");
  setLanguage("zh");
  assert.equal(text("seat.you", { n: 2 }), "你是玩家 2");
  setLanguage("en");
  assert.equal(text("seat.you", { n: 2 }), "You are Player 2");
  assert.equal(text("seat.is", { n: 1, name: "{n}" }), "Player 1: \u2068{n}\u2069");
});

test("where codes lead nowhere none is asked for, and a page without a link leads to the last room", () => {
  const meets = (code, more = {}) => notice({ phase: "refused", code, linkOnly: true, ...more });
  assert.deepEqual(meets("bad_invite").action, { key: "action.again", name: "retry" });
  assert.equal(meets("bad_invite").second, undefined);
  assert.equal(notice({ phase: "closed", code: "revoked", linkOnly: true }).action, null);
  assert.equal(meets("no_link").action, null);
  assert.deepEqual(meets("no_link", { hasRoom: true }).action, { key: "code.back", name: "back" });
  assert.equal(meets("no_seal").action, null);
  assert.equal(meets("no_meeting").action.name, "reload");
});

test("what keeps a page from the host is told while it tries, where a person can do something about it", () => {
  for (const reason of ["offline", "blocked", "broker", "absent", "path", "path_here", "path_there"]) {
    assert.equal(notice({ phase: "connecting", reason }).detail.key, `reason.${reason}`);
    assert.equal(notice({ phase: "reconnecting", reason }).detail.key, `reason.${reason}`);
  }
  assert.equal(notice({ phase: "connecting", reason: "host" }).detail.key, "state.connecting.retry");
});
