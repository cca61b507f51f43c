// Sealing, against vectors that were made without this code; the host's tests read the same file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { InviteKeys, parseHeader, toBase64Url } from "../src/net/sealed.js";

const cases = JSON.parse(readFileSync(new URL("meeting-vectors.json", import.meta.url), "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (array) => Buffer.from(array).toString("hex");

test("keys, topics and envelopes are those of the protocol", async () => {
  for (const it of cases) {
    const keys = await InviteKeys.of(it.secret);
    assert.equal(await keys.topic(), it.topic);
    assert.equal(toBase64Url(bytes(it.session)), it.session_topic);
    const page = await keys.pageKey(bytes(it.session));
    const host = await keys.hostKey(bytes(it.session), bytes(it.host_nonce));
    for (const { counter, text, envelope } of it.page) {
      assert.equal(hex(await page.seal({ id: bytes(it.session), counter }, text)), envelope);
    }
    for (const { counter, text, envelope } of it.host) {
      const header = parseHeader(bytes(envelope));
      assert.deepEqual({ id: hex(header.id), counter: header.counter }, { id: it.host_nonce, counter });
      assert.equal(await host.open(header, bytes(envelope)), text);
      assert.equal(await page.open(header, bytes(envelope)), null, "with the other side's key");
    }
  }
});

test("what was changed, cut short or made up does not open", async () => {
  const it = cases[0];
  const keys = await InviteKeys.of(it.secret);
  const host = await keys.hostKey(bytes(it.session), bytes(it.host_nonce));
  const whole = bytes(it.host[0].envelope);
  const open = async (envelope) => {
    const header = parseHeader(envelope);
    return header && host.open(header, envelope);
  };
  assert.equal(await open(whole), it.host[0].text);
  for (let at = 0; at < whole.length; at += 1) {
    const changed = whole.slice();
    changed[at] ^= 1;
    assert.equal(await open(changed), null, `byte ${at}`);
    assert.equal(await open(whole.slice(0, at)), null, `${at} bytes`);
  }
  assert.equal(parseHeader(new Uint8Array(70_000).fill(1)), null);
});
