// A host to try the page on, without the desktop program: serves the page with the host's content
// security policy, and lets a second browser tab (host.html) be the host's end of the connection.
//
//   node tools/mock-host.js [PORT [ADDRESS]]      then open  http://127.0.0.1:PORT/tools/host.html  as the host
//                                     and  http://127.0.0.1:PORT/#MOCKMOCKMOCKMOCKMOCKMO  as a player,
//                                     or   http://127.0.0.1:PORT/  with the code 246810

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PORT = Number(process.argv[2] ?? 7780);
const ADDRESS = process.argv[3] ?? "127.0.0.1";
const SECRET = "MOCKMOCKMOCKMOCKMOCKMO";
const CODE = "246810";
/** A wrong secret or code is answered late. */
const WRONG_MS = 800;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  + "media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
  const file = path === "/" ? "/index.html" : path;
  try {
    const body = await readFile(join(ROOT, file));
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": CSP, "cache-control": "no-store" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});

/** The tab that plays the host: gets {id, join}, answers {id, welcome}. */
let hostTab = null;
const players = new Map();
/** Tokens that were given out. */
const known = new Set();
let nextId = 1;

server.on("upgrade", (request, socket) => {
  const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  if (request.url === "/mock") {
    hostTab = socket;
    readMessages(socket, (text) => {
      const { id, message } = JSON.parse(text);
      const player = players.get(id);
      if (message.resume) known.add(message.resume);
      if (player) send(player, JSON.stringify(message));
    });
    socket.on("close", () => { if (hostTab === socket) hostTab = null; });
    return;
  }
  const id = nextId++;
  players.set(id, socket);
  socket.on("close", () => {
    players.delete(id);
    if (hostTab) send(hostTab, JSON.stringify({ id, left: true }));
  });
  readMessages(socket, (text) => {
    const join = JSON.parse(text);
    // The ways to the page, and that it leaves: the mock host hears of the first on its own connection.
    if (join.type !== "join") return;
    if (join.v !== 3) refuse(socket, "version");
    else if (join.secret !== SECRET && join.code !== CODE && !known.has(join.resume)) setTimeout(() => refuse(socket, "bad_invite"), WRONG_MS);
    else if (join.name.startsWith("Refuse ")) refuse(socket, join.name.slice(7));
    else if (hostTab) send(hostTab, JSON.stringify({ id, join }));
    else socket.end();
  });
});

function refuse(socket, code) {
  send(socket, JSON.stringify({ type: "refused", code, message: "The mock host refuses." }));
  socket.end();
}

/** One unfragmented text frame. */
function send(socket, text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length])
    : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  socket.write(Buffer.concat([head, body]));
}

/** Calls back with each text frame; browsers mask theirs and fragment none of this size. */
function readMessages(socket, onText) {
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
      }
      if (buffer.length < at + 4 + length) return;
      const mask = buffer.subarray(at, at + 4);
      const body = Buffer.from(buffer.subarray(at + 4, at + 4 + length));
      for (let i = 0; i < body.length; i += 1) body[i] ^= mask[i & 3];
      buffer = buffer.subarray(at + 4 + length);
      if (opcode === 8) {
        socket.end();
        return;
      }
      if (opcode === 1) onText(body.toString());
    }
  });
}

server.listen(PORT, ADDRESS, () => {
  console.log(`player: http://${ADDRESS}:${PORT}/#${SECRET}\nhost:   http://${ADDRESS}:${PORT}/tools/host.html`);
});
