// The mock host's end: draws a picture, answers offers, and offers `mock` for the console and the check.

const canvas = document.getElementById("screen");
const pen = canvas.getContext("2d");
const SEATS = 4;
const game = { name: "Arena", core: "Hotseat Arena", system: "Nintendo - Nintendo Entertainment System", state: "running", message: "", problem: null, can_rewind: true };
const RIGHTS = ["pause", "states", "discs", "time", "seats", "invite"];
/** What a canvas pixel is: every one of the game's is two by two. */
const K = 2;
const COLOURS = ["#ff8a5c", "#6aa8ff", "#5fd38d", "#f5c84c"];
const peers = new Map();
let picture = { type: "picture", width: 256, height: 240, aspect: 1.219, coded_width: 512, coded_height: 480 };
let frame = 0;

function draw() {
  frame += 1;
  const dot = (x, y, w, h, colour) => {
    pen.fillStyle = colour;
    pen.fillRect(x * K, y * K, w * K, h * K);
  };
  const { width, height } = picture;
  dot(0, 0, width + 1, height + 1, "#f0f");
  dot(0, 0, width, height, "#1b2a4a");
  for (let y = 0; y < height; y += 16) for (let x = (y / 16) % 2 * 16; x < width; x += 32) dot(x, y, 16, 16, "#22345a");
  dot(0, height - 40, width, 40, "#3f6b3a");
  dot(0, height - 40, width, 4, "#7fc063");
  for (let block = 0; block < 5; block += 1) dot(40 + block * 40, 120 + (block % 2) * 32, 32, 12, "#a0623c");
  for (let seat = 0; seat < SEATS; seat += 1) {
    const pad = [...peers.values()].find((peer) => peer.seats.includes(seat))?.buttons ?? 0;
    const x = (30 + seat * 54 + Math.round(Math.sin(frame / 20 + seat) * 12)) | 0;
    const y = height - 64 - (pad & 1 ? 24 : 0);
    dot(x, y, 16, 24, COLOURS[seat]);
    dot(x + 3, y + 5, 4, 4, "#fff");
    dot(x + 10, y + 5, 4, 4, "#fff");
  }
  dot(0, 0, width, 1, "#fff");
  dot(0, 0, 1, height, "#fff");
  dot(width - 1, 0, 1, height, "#fff");
  dot(0, height - 1, width, 1, "#fff");
}
setInterval(draw, 16);
const video = canvas.captureStream(60).getVideoTracks()[0];

const audio = new AudioContext();
const tone = audio.createOscillator();
const out = audio.createMediaStreamDestination();
tone.connect(out);
tone.start();

const socket = new WebSocket(`ws://${location.host}/mock`);
socket.addEventListener("message", ({ data }) => {
  const { id, join, left, said } = JSON.parse(data);
  if (said) {
    hearCarried(id, said);
  } else if (left) {
    mock.asking.delete(id);
    held.delete(id);
  } else if (mock.holds) {
    held.set(id, join);
  } else if (mock.asks && !join.resume) {
    mock.asking.set(id, join);
    reply(id, { type: "waiting" });
  } else {
    answer(id, join);
  }
});

function reply(id, message) {
  socket.send(JSON.stringify({ id, message }));
}

/** What a player says on its carrier once it is in. */
async function hearCarried(id, message) {
  mock.carried.push({ id, ...message });
  const peer = peers.get(id);
  if (message.type === "bye") {
    mock.asking.delete(id);
  } else if (message.type === "candidate") {
    if (message.candidate !== "" && !mock.nowhere) await peer?.pc.addIceCandidate({ candidate: message.candidate, sdpMLineIndex: 0 }).catch(() => {});
  } else if (message.type === "restart" && peer && mock.restarts) {
    await peer.pc.setRemoteDescription({ type: "offer", sdp: message.sdp });
    reply(id, { type: "restarted", sdp: await localAnswer(peer.pc) });
  }
}

/** The answer with its addresses: the page's own only. Chromium offers no candidate for loopback, but a socket for every address hears it too. */
async function localAnswer(pc) {
  await pc.setLocalDescription();
  await new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") resolve();
    pc.addEventListener("icegatheringstatechange", () => { if (pc.iceGatheringState === "complete") resolve(); });
  });
  return pc.localDescription.sdp.split("\r\n")
    .filter((line) => !line.startsWith("a=candidate") || / udp .* typ host/.test(line))
    .map((line) => line.replace(/^(a=candidate:\S+ \d udp \d+) \S+ (\d+)/, mock.nowhere ? "$1 127.0.0.9 9" : `$1 ${location.hostname} $2`)).join("\r\n");
}

async function answer(id, join) {
  const pc = new RTCPeerConnection();
  const before = away.get(join.resume);
  away.delete(join.resume);
  const seats = before?.seats ?? (mock.nextSeat === null ? [] : [mock.nextSeat]);
  const peer = { id, pc, name: join.name, seats, rights: mock.rights, muted: false, wants: null, grant: mock.grant, buttons: 0, inputs: [], mice: [], motions: [], control: null, sdp: join.sdp };
  const greet = () => {
    send(peer, picture);
    tellAll();
    send(peer, { type: "controls", seats: seats.map((seat) => ({ seat, device: "RetroPad", names: { b: "Jump", start: "Start" } })), wants: mock.wants });
    if (mock.discs.names.length > 0) send(peer, { type: "discs", ...mock.discs });
    for (const other of peers.values()) if (other !== peer && !before) send(other, { type: "line", what: "joined", name: peer.name });
  };
  pc.addEventListener("datachannel", ({ channel }) => {
    if (channel.label === "control") {
      peer.control = channel;
      channel.addEventListener("open", greet);
      channel.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        mock.heard.push(message);
        if (!mock.silent) hear(peer, message);
      });
      // Already open where it was made; the event may have passed.
      if (channel.readyState === "open") greet();
    } else {
      channel.binaryType = "arraybuffer";
      channel.addEventListener("message", ({ data }) => {
        const view = new DataView(data);
        if (view.getUint8(0) === 4) peer.motions.push({ at: performance.timeOrigin + performance.now(), seat: view.getUint8(1), seq: view.getUint32(4, true), axes: [0, 1, 2, 3, 4, 5].map((axis) => view.getInt16(8 + axis * 2, true)) });
        if (view.getUint8(0) === 3) peer.mice.push({ x: view.getInt16(24, true), y: view.getInt16(26, true), over: (view.getUint16(30, true) & 1) === 1 });
        if (view.getUint8(0) !== 1) return;
        peer.buttons = view.getUint16(8, true);
        peer.inputs.push({ at: performance.timeOrigin + performance.now(), seat: view.getUint8(1), count: view.getUint8(2), seq: view.getUint32(4, true), buttons: peer.buttons });
      });
    }
  });
  await pc.setRemoteDescription({ type: "offer", sdp: join.sdp });
  pc.addTrack(video, new MediaStream());
  pc.addTrack(out.stream.getAudioTracks()[0], new MediaStream());
  // Its candidates may come while the answer is made.
  peers.set(id, peer);
  const sdp = await localAnswer(pc);
  reply(id, { type: "welcome", v: 3, peer: id, resume: `token-${id}`, sdp });
}

/** What a player wants. */
function hear(peer, message) {
  switch (message.type) {
    case "ping":
      send(peer, { type: "pong", t: message.t });
      break;
    case "rename":
      if (mock.slow) send(peer, { type: "no", to: "rename", code: "slow" });
      else peer.name = message.name;
      break;
    case "bye":
      drop(peer);
      for (const other of peers.values()) send(other, { type: "line", what: "left", name: peer.name });
      break;
    case "chat":
      if (peer.muted || mock.slow) send(peer, { type: "no", to: "chat", code: peer.muted ? "muted" : "slow" });
      else for (const other of peers.values()) send(other, { type: "chat", peer: peer.id, name: peer.name, text: message.text });
      break;
    case "react":
      for (const other of peers.values()) send(other, { type: "reaction", peer: peer.id, name: peer.name, emoji: message.emoji });
      break;
    case "ask":
      if (message.seat !== null && holders(message.seat).length === 0 && peer.grant === "any") peer.seats = [...peer.seats, message.seat].sort();
      else peer.wants = message.seat ?? "any";
      break;
    case "unask":
      peer.wants = null;
      break;
    case "stand":
      peer.seats = peer.seats.filter((seat) => seat !== message.seat);
      break;
    case "sit": {
      const other = [...peers.values(), ...bots].find(({ id }) => id === message.peer);
      if (!other) send(peer, { type: "no", to: "sit", code: "gone" });
      else other.seats = message.on ? [...other.seats, message.seat].sort() : other.seats.filter((seat) => seat !== message.seat);
      break;
    }
    case "do":
      if (message.what === "pause") mock.setGame("paused", { pausedBy: peer.name });
      if (message.what === "disc" && !peer.rights.includes("discs")) send(peer, { type: "no", to: "do", code: "right" });
      else if (message.what === "disc" && message.disc >= mock.discs.names.length) send(peer, { type: "no", to: "do", code: "gone" });
      else if (message.what === "disc") {
        mock.setDiscs({ ...mock.discs, inserted: message.disc });
        mock.tell({ type: "disc", name: peer.name, disc: message.disc, label: mock.discs.names[message.disc] });
      }
      if (message.what === "resume" || message.what === "normal") mock.setGame("running");
      if (message.what === "rewind") mock.setGame("running", { flow: "rewind", flowBy: peer.name });
      break;
    case "invite":
      send(peer, { type: "invited", secret: "MOCKMOCKMOCKMOCKMOCKMO" });
      break;
    default:
      break;
  }
  if (message.type !== "ping") tellAll();
}

function send(peer, message) {
  if (peer.control?.readyState === "open") peer.control.send(JSON.stringify(message));
}

function drop(peer) {
  peers.delete(peer.id);
  peer.pc.close();
  tellAll();
}

/** Players that are made up, for pictures. */
let bots = [];
/** Joins that are not answered while `mock.holds`. */
const held = new Map();
/** Players that may come back, by their token. */
const away = new Map();

function holders(seat) {
  const here = [...peers.values(), ...bots].filter((peer) => peer.seats.includes(seat)).map(({ id, name, away: gone }) => ({ peer: id, name, away: gone ?? false }));
  const host = seat === mock.hostSeat ? [{ peer: null, name: mock.host, away: false }] : [];
  return [...host, ...here];
}

function tellAll() {
  const seats = Array.from({ length: SEATS }, (_, seat) => ({ seat, device: "RetroPad", holders: holders(seat) }));
  const all = [...peers.values(), ...bots].map(({ id, name, seats: theirs, wants, muted }) => ({ peer: id, name, seats: theirs, wants, muted }));
  for (const peer of peers.values()) {
    const { id, name, seats: mine, rights, muted, grant } = peer;
    send(peer, { type: "room", you: { peer: id, name, seats: mine, rights, muted, grant }, host: { name: mock.host }, seats, peers: all, game });
  }
}
setInterval(() => {
  if (mock.silent) return;
  for (const peer of peers.values()) send(peer, { type: "stats", fps: 60.1, latency_ms: 2.3, kbit_s: 2400 });
}, 1000);
let activity = 0;
setInterval(() => {
  let now = 0;
  for (const peer of peers.values()) for (const seat of peer.seats) if (peer.buttons !== 0) now |= 1 << seat;
  if (now === activity) return;
  activity = now;
  mock.tell({ type: "lights", seats: now });
}, 100);

/** For the console and the check. */
const mock = {
  nextSeat: 1,
  host: "Host",
  hostSeat: 0,
  rights: [],
  discs: { names: [], inserted: null },
  grant: "any",
  wants: [],
  silent: false,
  slow: false,
  /** Newcomers wait for an answer. */
  asks: false,
  /** Newcomers and those who come back hear nothing for now. */
  holds: false,
  letGo() {
    mock.holds = false;
    for (const [id, join] of held) answer(id, join);
    held.clear();
  },
  /** Restarts are answered. */
  restarts: true,
  /** Newcomers are told an address at which nobody is. */
  nowhere: false,
  /** The broker ends every connection. */
  hangUp() { socket.send(JSON.stringify({ hangUp: true })); },
  /** What players said on their carriers. */
  carried: [],
  asking: new Map(),
  heard: [],
  peers,
  admit() {
    for (const [id, join] of mock.asking) answer(id, join);
    mock.asking.clear();
  },
  decline(code = "declined") {
    for (const id of mock.asking.keys()) reply(id, { type: "refused", code, message: "" });
    mock.asking.clear();
  },
  tell(message) {
    for (const peer of peers.values()) send(peer, message);
  },
  /** Changes what a player is or may. */
  set(news) {
    for (const peer of peers.values()) Object.assign(peer, news);
    tellAll();
  },
  setBots(news) {
    bots = news.map((bot, at) => ({ id: 100 + at, seats: [], wants: null, muted: false, ...bot }));
    tellAll();
  },
  setGame(state, { pausedBy = "", problem = null, flow = "normal", flowBy = "" } = {}) {
    // As older hosts do, a sentence beside the code: the page does not show it.
    Object.assign(game, { state, message: problem ? "The mock host's own words." : pausedBy, problem, flow, flow_by: flowBy, can_rewind: true });
    tellAll();
  },
  setDiscs(discs) {
    mock.discs = discs;
    mock.tell({ type: "discs", ...discs });
  },
  seat(seat) {
    mock.nextSeat = seat;
    for (const peer of peers.values()) peer.seats = seat === null ? [] : [seat];
    tellAll();
  },
  picture(news) {
    picture = { ...picture, ...news };
    canvas.width = picture.coded_width;
    canvas.height = picture.coded_height;
    mock.tell(picture);
  },
  close(code) {
    mock.tell({ type: "closing", code, message: "The mock host closes." });
  },
  cut() {
    for (const peer of [...peers.values()]) {
      away.set(`token-${peer.id}`, peer);
      drop(peer);
    }
  },
};
window.mock = mock;
