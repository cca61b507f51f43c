// What brokers say, however it is cut, and what is no MQTT.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, PacketReader, publish, subscribe } from "../src/net/mqtt-packets.js";

const CONNACK = [0x20, 2, 0, 0];
const SUBACK = [0x90, 3, 0, 1, 1];
const PINGRESP = [0xd0, 0];

test("packets are those of the standard", () => {
  assert.deepEqual([...connect("p1", 60)], [0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 2, 0x70, 0x31]);
  assert.deepEqual([...subscribe(1, "a/b")], [0x82, 8, 0, 1, 0, 3, 0x61, 0x2f, 0x62, 1]);
  assert.deepEqual([...publish(258, "a", Uint8Array.of(9))], [0x32, 6, 0, 1, 0x61, 1, 2, 9]);
  const long = publish(1, "a", new Uint8Array(300));
  assert.deepEqual([...long.slice(0, 3)], [0x32, 0xb1, 0x02], "305 bytes follow, in two bytes of seven bits");
});

test("it does not matter where the frames end", () => {
  const published = publish(7, "a/b", Uint8Array.from({ length: 200 }, (_, i) => i));
  const stream = Uint8Array.from([...CONNACK, ...SUBACK, ...published, ...PINGRESP]);
  const whole = new PacketReader().take(stream);
  assert.deepEqual(whole?.map(({ type }) => type), ["connected", "subscribed", "published", "other"]);
  assert.deepEqual({ ...whole?.[2], payload: [] }, { type: "published", topic: "a/b", id: 7, retained: false, payload: [] });
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const reader = new PacketReader();
    const parts = [...(reader.take(stream.slice(0, cut)) ?? []), ...(reader.take(stream.slice(cut)) ?? [])];
    assert.deepEqual(parts, whole, `cut at ${cut}`);
  }
  const reader = new PacketReader();
  assert.deepEqual(Array.from(stream).flatMap((byte) => reader.take(Uint8Array.of(byte)) ?? []), whole);
});

test("a broker that refuses, and one that is none", () => {
  const take = (...bytes) => new PacketReader().take(Uint8Array.from(bytes));
  assert.deepEqual(take(0x20, 2, 0, 5), [{ type: "connected", accepted: false }]);
  assert.deepEqual(take(0x90, 3, 0, 1, 0x80), [{ type: "subscribed", accepted: false }]);
  assert.deepEqual(take(), []);
  for (const bad of [
    [0x00, 0], [0xf0, 0], [0x20, 1, 0], [0x20, 0], [0x90, 2, 0, 1],
    [0x30, 1, 0], [0x30, 2, 0, 9], [0x36, 4, 0, 0, 0, 1], [0x34, 4, 0, 0, 0, 1],
    [0x30, 0xff, 0xff, 0xff, 0xff, 1], [0x30, 0xff, 0xff, 0xff, 0x7f],
  ]) assert.equal(take(...bad), null, bad.join());
});

test("random bytes neither throw nor are kept without bound", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647);
  for (let round = 0; round < 2000; round += 1) {
    const reader = new PacketReader();
    for (let part = 0; part < 4; part += 1) {
      const bytes = Uint8Array.from({ length: random() % 40 }, () => random() & 255);
      if (reader.take(bytes) === null) break;
    }
  }
});
