// WebSockets of the mock servers (RFC 6455): the greeting, and frames that are not fragmented.

import { createHash } from "node:crypto";

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;

/** Says yes to an upgrade. @param {string} [protocol] that was asked for */
export function accept(request, socket, protocol) {
  const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n`
    + (protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n` : "\r\n"));
}

/** One unfragmented frame. @param {string | Uint8Array} data */
export function send(socket, data) {
  const body = Buffer.from(data);
  const first = 0x80 | (typeof data === "string" ? TEXT : BINARY);
  const head = body.length < 126 ? Buffer.from([first, body.length])
    : body.length < 65536 ? Buffer.from([first, 126, body.length >> 8, body.length & 255])
      : Buffer.concat([Buffer.from([first, 127, 0, 0, 0, 0]), Buffer.from(new Uint32Array([body.length]).buffer).swap32()]);
  socket.write(Buffer.concat([head, body]));
}

/** Calls back with each frame, text as such; browsers mask theirs and fragment none of this size. */
export function readMessages(socket, onMessage) {
  let buffer = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      if (buffer.length < 2) return;
      const opcode = buffer[0] & 15;
      let length = buffer[1] & 127;
      let at = 2;
      if (length === 126) {
        if (buffer.length < 4) return;
        length = buffer.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (buffer.length < 10) return;
        length = Number(buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (buffer.length < at + 4 + length) return;
      const mask = buffer.subarray(at, at + 4);
      const body = Buffer.from(buffer.subarray(at + 4, at + 4 + length));
      for (let i = 0; i < body.length; i += 1) body[i] ^= mask[i & 3];
      buffer = buffer.subarray(at + 4 + length);
      if (opcode === CLOSE) {
        socket.end();
        return;
      }
      if (opcode === TEXT) onMessage(body.toString());
      else if (opcode === BINARY) onMessage(body);
    }
  });
}
