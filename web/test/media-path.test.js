// By which way media flows, as browsers tell it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readStreamStats } from "../src/net/stream-stats.js";

const transport = { id: "T", type: "transport", selectedCandidatePairId: "P" };
const pair = { id: "P", type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", state: "succeeded", currentRoundTripTime: 0.02 };
const host = { candidateType: "host", protocol: "udp", address: "192.168.1.5" };

function path(local, remote, more = [transport, pair]) {
  const reports = [...more, { id: "L", type: "local-candidate", ...host, ...local }, { id: "R", type: "remote-candidate", ...host, ...remote }];
  return readStreamStats(reports, null, 0).stats.path;
}

test("a way within a network is direct, and one that a router rewrites goes through it", () => {
  assert.deepEqual(path({}, {}), { kind: "direct", server: null });
  const nat = { kind: "nat", server: null };
  assert.deepEqual(path({ candidateType: "srflx", address: "192.0.2.1" }, {}), nat);
  assert.deepEqual(path({}, { candidateType: "srflx", address: "192.0.2.1" }), nat);
  assert.deepEqual(path({ candidateType: "prflx", address: "192.0.2.1" }, {}), nat);
  assert.deepEqual(path({}, { candidateType: "prflx", address: undefined }), nat, "a browser that hides the address");
  // Learned from a check before it was named, or named by multicast DNS only.
  assert.deepEqual(path({}, { candidateType: "prflx", address: "192.168.1.9" }), { kind: "direct", server: null });
  for (const address of ["fe80::1", "fd00::2", "::ffff:127.0.0.1", "::1"]) assert.deepEqual(path({ candidateType: "prflx", address }, {}), { kind: "direct", server: null }, address);
  for (const address of ["::ffff:192.0.2.1", "2001:db8::1", "172.32.0.1", "100.128.0.1", "fd.example"]) assert.deepEqual(path({ candidateType: "prflx", address }, {}), nat, address);
});

test("a relay is told by its name, whoever's it is", () => {
  const relay = (url) => path({ candidateType: "relay", url, relayProtocol: "tls" }, {});
  assert.deepEqual(relay("turn:relay.example:3478?transport=udp"), { kind: "relay", server: "relay.example" });
  assert.deepEqual(relay("turns:[2001:db8::1]:5349"), { kind: "relay", server: "[2001:db8::1]" });
  for (const unknown of [undefined, "", "turn:", 7]) assert.deepEqual(relay(unknown), { kind: "relay", server: null });
  assert.equal(relay(`turn:${"a".repeat(5000)}`).server.length, 100);
  assert.deepEqual(path({}, { candidateType: "relay", address: "192.0.2.7" }), { kind: "relay", server: "192.0.2.7" });
});

test("TCP is told as such", () => {
  assert.deepEqual(path({ protocol: "tcp" }, { protocol: "tcp" }), { kind: "tcp", server: null });
});

test("without a way, or where the browser does not tell, there is none to show", () => {
  assert.equal(path({}, {}, []), null);
  assert.equal(path({}, {}, [transport]), null);
  assert.equal(path({}, {}, [{ ...transport, selectedCandidatePairId: undefined }, { ...pair, nominated: false }]), null);
  assert.equal(readStreamStats([transport, pair], null, 0).stats.path, null);
  // Firefox has no transport report; it marks the pair.
  assert.deepEqual(path({}, {}, [{ ...pair, selected: true }]), { kind: "direct", server: null });
});
