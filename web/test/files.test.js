// The files as they are served: complete, consistent, and within the content security policy.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CODES } from "../src/lang/code-text.js";
import en from "../src/lang/en.js";
import zh from "../src/lang/zh.js";
import { REACTIONS } from "../src/net/protocol.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (file) => readFileSync(join(ROOT, file), "utf8");
const html = read("index.html");
const pages = html + read("secure.html");
const scripts = readdirSync(join(ROOT, "src"), { recursive: true }).map((file) => `src/${file}`).filter((file) => file.endsWith(".js"));
const LANGUAGES = ["src/lang/en.js", "src/lang/zh.js"];

/** The keys that are put together from a part and a word of the protocol, of a control, or of the page's own. */
const MADE = new Set(Object.entries({
  reason: ["network", "offline", "host", "blocked", "broker", "absent", "path", "path_here", "path_there", "dropped"],
  ...Object.fromEntries(Object.entries(CODES).map(([kind, { codes, general }]) => [kind, [...codes, general]])),
  presence: ["joined", "left", "kicked"],
  react: REACTIONS.keys(),
  secure: ["android", "ios", "windows", "mac", "linux", "firefox"].map((system) => `trust.${system}`),
  people: ["take", "ask", "unask", "stand"].flatMap((action) => [action, `${action}.label`]),
  "do": ["reset.sure", "load.sure"],
  // A control or a key without a text of its own is called by its code.
  button: ["UP", "DOWN", "LEFT", "RIGHT", "SELECT", "START", ...["LX", "LY", "RX", "RY"].flatMap((stick) => [`${stick}-`, `${stick}+`]), ...["A", "B", "X", "Y"].map((name) => `TURBO_${name}`)],
  key: ["ShiftRight", "ShiftLeft", "Enter", "Space", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
  stats: ["picture", "video", "fps", "dropped", "bitrate", "loss", "rtt", "ping", "buffer", "decode", "audio_buffer", "host_fps", "host_latency", "ahead", "path",
    ...["direct", "nat", "tcp", "relay"].map((kind) => `way.${kind}`), ...["fps", "ms", "mbit", "percent"].map((unit) => `unit.${unit}`)],
}).flatMap(([part, words]) => Array.from(words, (word) => `${part}.${word}`)));

test("both languages have the same keys and placeholders, and no empty text", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  const holes = (words) => (words.match(/\{\w+\}/g) ?? []).sort().join();
  for (const key of Object.keys(en)) {
    assert.ok(en[key] && zh[key], key);
    assert.equal(holes(zh[key]), holes(en[key]), key);
  }
});

test("every text the page names exists, and every text is named", () => {
  const used = new Set(Array.from(pages.matchAll(/data-(?:text|label|hint)="([^"]+)"/g), (match) => match[1]));
  for (const key of used) assert.ok(Object.hasOwn(en, key), key);
  const sources = pages + scripts.filter((file) => !LANGUAGES.includes(file)).map(read).join("");
  for (const key of MADE) assert.ok(Object.hasOwn(en, key), key);
  for (const part of ["reason", "presence", "react", "people", "button", "key", "stats"]) assert.ok(sources.includes(`\`${part}.\${`), `nothing puts ${part} together`);
  const unused = Object.keys(en).filter((key) => !MADE.has(key) && !sources.includes(`"${key}"`));
  assert.deepEqual(unused, [], "nothing names these");
});

test("there is no inline script or style, and nothing from elsewhere", () => {
  assert.doesNotMatch(pages, /<style|\sstyle=|\son\w+=|javascript:/i);
  assert.doesNotMatch(pages, /<script(?![^>]*\ssrc=)/i);
  assert.doesNotMatch(pages.replace(/<!--.*?-->/gs, ""), /(?:src|href)="(?:https?:)?\/\//);
  for (const file of scripts) {
    assert.doesNotMatch(read(file), /\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|setAttribute\("style"/, file);
  }
  for (const file of readdirSync(join(ROOT, "css"))) assert.doesNotMatch(read(`css/${file}`), /@import|url\(/, file);
});

test("index.html preloads exactly the modules that main.js needs", () => {
  const needed = new Set();
  const visit = (file) => {
    for (const [, from] of read(file).matchAll(/^import (?:.*? from )?"(\.\.?\/[^"]+)"/gm)) {
      const path = normalize(join(dirname(file), from));
      if (!needed.has(path)) {
        needed.add(path);
        visit(path);
      }
    }
  };
  visit("src/main.js");
  // Scripts of a page's own; that of the page beside it is small, and opened once.
  const beside = ["src/reload.js", "src/secure.js"];
  const preloaded = Array.from(html.matchAll(/rel="modulepreload" href="([^"]+)"/g), (match) => match[1]);
  assert.deepEqual(preloaded.sort(), [...needed].sort());
  assert.deepEqual([...needed, "src/main.js", ...beside].sort(), scripts.sort(), "a script that no other imports");
});

test("every id that a script asks for is in its page once", () => {
  const idsOf = (page) => Array.from(read(page).matchAll(/\sid="([^"]+)"/g), (match) => match[1]);
  for (const file of scripts) {
    const ids = idsOf(file === "src/secure.js" ? "secure.html" : "index.html");
    assert.equal(new Set(ids).size, ids.length);
    for (const [, id] of read(file).matchAll(/byId\("([^"]+)"/g)) assert.ok(ids.includes(id), `${file}: ${id}`);
  }
});
