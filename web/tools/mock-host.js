// A host to try the page on, without the desktop program: serves the page with the host's content
// security policy, and lets a second browser tab (host.html) be the host's end of the connection.
//
//   node tools/mock-host.js [PORT [ADDRESS]]      then open  http://127.0.0.1:PORT/tools/host.html  as the host
//                                     and  http://127.0.0.1:PORT/#MOCKMOCKMOCKMOCKMOCKMO  as a player,
//                                     or   http://127.0.0.1:PORT/  with the code 246810,
//                                     or   http://127.0.0.1:PORT/meet/#MOCKMOCKMOCKMOCKMOCKMO  through a broker

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { accept, readMessages, send } from "./frames.js";
import { MockBroker } from "./mock-broker.js";
import { meetAt } from "./mock-meeting.js";

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

/** Of /deaf nobody hears anything; /no lets nobody in. */
const BROKERS = { "/mqtt": new MockBroker(), "/deaf": new MockBroker(), "/no": Object.assign(new MockBroker(), { refusal: 5 }) };
/** The page as it stands on a server of its own, by the folder, with the brokers of its settings. */
const MEETINGS = { meet: ["/no", "/mqtt"], absent: ["/deaf"], unreached: ["/no"], damaged: null };

const server = createServer(async (request, response) => {
  const whole = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
  const [, folder = ""] = /^\/(\w+)\//.exec(whole) ?? [];
  const meets = folder in MEETINGS;
  const path = meets ? whole.slice(folder.length + 1) : whole;
  const file = path === "/" ? "/index.html" : path;
  try {
    let body = meets && file === "/config.json" ? config(MEETINGS[folder]) : await readFile(join(ROOT, file));
    if (meets && file === "/index.html") body = body.toString().replace('name="hotseat-carrier" content="direct"', 'name="hotseat-carrier" content="broker"');
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": CSP, "cache-control": "no-store" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});

/** @param {string[] | null} brokers null: the file is damaged */
function config(brokers) {
  return brokers === null ? "{" : JSON.stringify({ v: 1, brokers: brokers.map((path) => `ws://${ADDRESS}:${PORT}${path}`), ice: [], host: null });
}

/** The tab that plays the host: gets {id, join}, answers {id, welcome}. */
let hostTab = null;
/** What says something to a player. */
const players = new Map();
/** Tokens that were given out. */
const known = new Set();
let nextId = 1;

server.on("upgrade", (request, socket) => {
  const url = request.url ?? "";
  if (url in BROKERS) {
    accept(request, socket, "mqtt");
    BROKERS[url].serve(socket);
    return;
  }
  accept(request, socket);
  if (url === "/mock") {
    hostTab = socket;
    readMessages(socket, (text) => {
      const { id, message, hangUp } = JSON.parse(text);
      if (hangUp) BROKERS["/mqtt"].hangUp();
      if (message?.resume) known.add(message.resume);
      if (message) players.get(id)?.(JSON.stringify(message));
    });
    socket.on("close", () => { if (hostTab === socket) hostTab = null; });
    return;
  }
  const hears = greet((text) => send(socket, text), () => socket.end());
  socket.on("close", hears.left);
  readMessages(socket, (text) => hears(JSON.parse(text)));
});
meetAt(BROKERS["/mqtt"], SECRET, (say) => greet(say, () => {}));

/**
 * A player has come, by whatever carrier.
 * @param {(text: string) => void} say
 * @param {() => void} end
 */
function greet(say, end) {
  const id = nextId++;
  players.set(id, say);
  const tell = (it) => {
    if (hostTab) send(hostTab, JSON.stringify({ id, ...it }));
  };
  const refuse = (code) => {
    say(JSON.stringify({ type: "refused", code, message: "The mock host refuses." }));
    end();
  };
  const left = () => {
    players.delete(id);
    tell({ left: true });
  };
  return Object.assign((message) => {
    // Its candidates, a restart, goodbye.
    if (message.type !== "join") tell({ said: message });
    else if (message.v !== 3) refuse("version");
    else if (message.secret !== SECRET && message.code !== CODE && !known.has(message.resume)) setTimeout(() => refuse("bad_invite"), WRONG_MS);
    else if (message.name.startsWith("Refuse ")) refuse(message.name.slice(7));
    else if (hostTab) tell({ join: message });
    else end();
  }, { left });
}

server.listen(PORT, ADDRESS, () => {
  console.log(`player: http://${ADDRESS}:${PORT}/#${SECRET}\nhost:   http://${ADDRESS}:${PORT}/tools/host.html`);
});
