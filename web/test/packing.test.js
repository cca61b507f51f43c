// Packing, with vectors that Node's own zlib made; the host's tests read the same file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { pack, unpack } from "../src/net/packing.js";

const cases = JSON.parse(readFileSync(new URL("packing-vectors.json", import.meta.url), "utf8"));

test("long texts are packed, and read whoever packed them", async () => {
  for (const { text, packed } of cases) {
    assert.equal(await unpack(Uint8Array.from(Buffer.from(packed, "hex"))), text);
    const own = await pack(text);
    assert.equal(own[0], 1);
    assert.equal(inflateRawSync(own.subarray(1)).toString(), text);
    assert.ok(own.length < text.length);
  }
});

test("short texts are sent as they are, and so are all where a browser cannot pack", async () => {
  assert.equal(Buffer.from(await pack('{"type":"bye"}')).toString(), '{"type":"bye"}');
  const { CompressionStream } = globalThis;
  globalThis.CompressionStream = class {
    constructor() { throw new TypeError("no such format"); }
  };
  const [plain] = cases;
  assert.equal(Buffer.from(await pack(plain.text)).toString(), plain.text);
  globalThis.CompressionStream = CompressionStream;
  assert.equal(await unpack(Uint8Array.from(Buffer.from(plain.text))), plain.text);
});

test("what is cut short, broken or too long is no text", async () => {
  const whole = Buffer.from(cases[0].packed, "hex");
  for (let length = 1; length < whole.length; length += 7) assert.equal(await unpack(Uint8Array.from(whole.subarray(0, length))), null);
  assert.equal(await unpack(Uint8Array.of(1, ...new Uint8Array(40).fill(1))), null);
  assert.equal(await unpack(Uint8Array.of(0xff, 0xfe)), null, "no UTF-8");
  const bomb = deflateRawSync(Buffer.alloc(50_000_000, " "));
  assert.equal(await unpack(Uint8Array.of(1, ...bomb)), null);
  const most = deflateRawSync(Buffer.alloc(65_536, " "));
  assert.equal((await unpack(Uint8Array.of(1, ...most)))?.length, 65_536);
});
