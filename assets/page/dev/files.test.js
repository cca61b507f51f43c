// The files as they are served: complete, consistent, and within the content security policy.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import en from "../lang/en.js";
import zh from "../lang/zh.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (file) => readFileSync(join(ROOT, file), "utf8");
const html = read("index.html");
const scripts = [...readdirSync(ROOT), ...readdirSync(join(ROOT, "lang")).map((file) => `lang/${file}`)].filter((file) => file.endsWith(".js"));

test("both languages have the same keys and placeholders, and no empty text", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  const holes = (words) => (words.match(/\{\w+\}/g) ?? []).sort().join();
  for (const key of Object.keys(en)) {
    assert.ok(en[key] && zh[key], key);
    assert.equal(holes(zh[key]), holes(en[key]), key);
  }
});

test("every text the page names exists, and every text is named", () => {
  const used = new Set(Array.from(html.matchAll(/data-(?:text|label|hint)="([^"]+)"/g), (match) => match[1]));
  for (const key of used) assert.ok(Object.hasOwn(en, key), key);
  const sources = html + scripts.filter((file) => !file.startsWith("lang/")).map(read).join("");
  const made = /^(reason|refused|closing|button|key|game|stats|line|no|react)\.|^people\.(take|ask|unask|stand)\b|\.sure$/;
  for (const key of Object.keys(en)) assert.ok(made.test(key) || sources.includes(`"${key}"`), `${key} is not used`);
});

test("there is no inline script or style, and nothing from elsewhere", () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/i);
  assert.doesNotMatch(html.replace(/<!--.*?-->/gs, ""), /(?:src|href)="(?:https?:)?\/\//);
  for (const file of scripts) {
    assert.doesNotMatch(read(file), /\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|setAttribute\("style"/, file);
  }
  for (const file of readdirSync(ROOT).filter((it) => it.endsWith(".css"))) assert.doesNotMatch(read(file), /@import|url\(/, file);
});

test("index.html preloads exactly the modules that main.js needs", () => {
  const needed = new Set();
  const visit = (file) => {
    for (const [, from] of read(file).matchAll(/^import (?:.*? from )?"(\.\/[^"]+)"/gm)) {
      const path = normalize(join(dirname(file), from));
      if (!needed.has(path)) {
        needed.add(path);
        visit(path);
      }
    }
  };
  visit("main.js");
  const preloaded = Array.from(html.matchAll(/rel="modulepreload" href="([^"]+)"/g), (match) => match[1]);
  assert.deepEqual(preloaded.sort(), [...needed].sort());
  assert.deepEqual([...needed, "main.js"].sort(), scripts.sort(), "a script that nobody imports");
});

test("every id that a script asks for is in index.html once", () => {
  const ids = Array.from(html.matchAll(/\sid="([^"]+)"/g), (match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
  for (const file of scripts) {
    for (const [, id] of read(file).matchAll(/byId\("([^"]+)"/g)) assert.ok(ids.includes(id), `${file}: ${id}`);
  }
});
