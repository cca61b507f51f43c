// Every code that the host sends has a text in each language, and nothing that the host writes in its own is shown.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { codeKey, CODES } from "../src/lang/code-text.js";
import en from "../src/lang/en.js";
import zh from "../src/lang/zh.js";
import { CLOSING_CODES, DENIED_CODES, NO_TROUBLE, PROBLEM_CODES, REFUSED_CODES, TROUBLE_CODES } from "../src/net/codes.js";
import { parseHostMessage } from "../src/net/protocol.js";
import { noticeFor } from "../src/ui/notice.js";

const SRC = fileURLToPath(new URL("../src", import.meta.url));
const HOST = fileURLToPath(new URL("../../src", import.meta.url));
const filesOf = (root, ending) => readdirSync(root, { recursive: true }).filter((file) => file.endsWith(ending)).map((file) => join(root, file));

test("every code has a text of its own in both languages, and an unknown one the general text", () => {
  for (const [kind, { codes, general }] of Object.entries(CODES)) {
    for (const [language, texts] of Object.entries({ en, zh })) {
      const seen = new Set();
      for (const code of new Set([...codes, general])) {
        const words = texts[`${kind}.${code}`];
        assert.ok(words, `${language}: ${kind}.${code}`);
        assert.ok(!seen.has(words), `${language}: ${kind}.${code} says the same as another`);
        seen.add(words);
      }
    }
    for (const code of codes) assert.equal(codeKey(kind, code), `${kind}.${code}`);
    for (const code of ["of_a_newer_host", "", "no_picture.detail", "__proto__"]) assert.equal(codeKey(kind, code), `${kind}.${general}`);
  }
});

test("no text of a code in Chinese is in English", () => {
  for (const [kind, { codes, general }] of Object.entries(CODES)) {
    for (const code of [...codes, general]) {
      const rest = zh[`${kind}.${code}`].replace(/\{\w+\}/g, "").replace(/\b(Hotseat|WebRTC|Chrome|Edge|Firefox|Safari|https)\b/g, "");
      assert.doesNotMatch(rest, /[A-Za-z]/, `${kind}.${code}`);
    }
  }
});

test("the page knows every code of the host's source", () => {
  const source = filesOf(HOST, ".rs").map((file) => readFileSync(file, "utf8")).join("\n");
  const variants = (name) => {
    const [, body] = new RegExp(`pub enum ${name} \\{\\n(.*?)\\n\\}`, "s").exec(source) ?? [];
    assert.ok(body, `no enum ${name} in ${HOST}`);
    return Array.from(body.matchAll(/(?:#\[serde\(rename = "(\w+)"\)\]\n)?^ {4}([A-Z]\w*),/gm), ([, code, variant]) => code ?? variant.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase());
  };
  const [, crash] = /pub enum Crash in crash \{\n(.*?)\n {4}\}/s.exec(source) ?? [];
  assert.ok(crash, `no messages of a crash in ${HOST}`);
  const crashes = Array.from(crash.matchAll(/^ {8}(\w+) => /gm), ([, key]) => `crash.${key}`);
  assert.deepEqual([...crashes, "failed"].sort(), [...PROBLEM_CODES].sort());
  assert.deepEqual(variants("RefusedCode").sort(), [...REFUSED_CODES].sort());
  assert.deepEqual(variants("ClosingCode").sort(), [...CLOSING_CODES].sort());
  assert.deepEqual(variants("TroubleCode").sort(), [...TROUBLE_CODES, NO_TROUBLE].sort());
  assert.deepEqual(variants("(?:No|Denied)").sort(), [...DENIED_CODES].sort());
});

const SENTENCE = "A sentence of the host's.";
const parse = (message) => parseHostMessage(JSON.stringify(message));

test("no sentence of the host's comes through the reading of its messages", () => {
  const room = (state, problem) => ({
    type: "room", you: { peer: 1, name: "Ann", seats: [], rights: [], muted: false, grant: "any" }, host: { name: null }, seats: [], peers: [],
    game: { name: "Arena", core: "Arena core", system: "", state, message: SENTENCE, problem },
  });
  const messages = [
    ...["bad_invite", "of_a_newer_host"].map((code) => ({ type: "refused", code, message: SENTENCE })),
    ...["kicked", "of_a_newer_host"].map((code) => ({ type: "closing", code, message: SENTENCE })),
    ...["starting", "running", "crashed", "stopped"].flatMap((state) => [null, { code: "failed", core: "", message: SENTENCE }].map((problem) => room(state, problem))),
  ];
  for (const message of messages) {
    const read = parse(message);
    assert.ok(read);
    assert.ok(!JSON.stringify(read).includes(SENTENCE), JSON.stringify(message));
  }
});

test("of every problem of a game the notice has a text, with the core's name where there is one", () => {
  for (const state of ["crashed", "stopped"]) {
    for (const code of [...PROBLEM_CODES, "of_a_newer_host"]) {
      for (const core of ["", "Nestopia"]) {
        const { game, ...rest } = parse({
          type: "room", you: { peer: 1, name: "Ann", seats: [], rights: [], muted: false, grant: "any" }, host: { name: null }, seats: [], peers: [],
          game: { name: "Arena", core, system: "", state, message: SENTENCE, problem: { code, core } },
        });
        const { title, detail } = noticeFor({ phase: "playing", reason: "", code: "", room: { ...rest, game }, trouble: "", picture: true });
        assert.equal(detail.key, PROBLEM_CODES.includes(code) ? `problem.${code}` : "problem.failed");
        assert.deepEqual(detail.values, { core: core === "" ? { key: "problem.core" } : core });
        for (const { key } of [title, detail]) assert.ok(en[key] && zh[key], key);
      }
    }
  }
});

test("no module but the one that reads the protocol touches a `message` of the host", () => {
  for (const file of filesOf(SRC, ".js").filter((it) => !it.endsWith(join("net", "protocol.js")))) {
    const source = readFileSync(file, "utf8").replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
    assert.doesNotMatch(source, /\??\.message\b|\["message"\]/, file);
    // Nor takes it out of an object: `const { message } = ...`, `({ code, message }) => ...`.
    assert.doesNotMatch(source, /[{,]\s*message\s*[,}:=]/, file);
  }
  const protocol = readFileSync(join(SRC, "net", "protocol.js"), "utf8");
  assert.deepEqual(Array.from(protocol.matchAll(/\b(\w+)\.message\b/g), ([found]) => found), ["it.message"], "the name of who paused");
  assert.match(protocol, /state === "paused" \? optionalText\(it\.message\) : ""/);
});
