// The mock host's end: draws a picture, answers offers, and offers `mock` for the console and the check.

const canvas = document.getElementById("screen");
const pen = canvas.getContext("2d");
const SEATS = 4;
const game = { name: "Arena", core: "Hotseat Arena", state: "running", message: "" };
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
    const pad = [...peers.values()].find((peer) => peer.seat === seat)?.buttons ?? 0;
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
  const { id, join } = JSON.parse(data);
  answer(id, join);
});

async function answer(id, join) {
  const pc = new RTCPeerConnection();
  const peer = { id, pc, name: join.name, seat: mock.nextSeat, buttons: 0, inputs: [], control: null, sdp: join.sdp };
  pc.addEventListener("datachannel", ({ channel }) => {
    if (channel.label === "control") {
      peer.control = channel;
      channel.addEventListener("open", () => {
        send(peer, picture);
        tellAll();
      });
      channel.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        mock.heard.push(message);
        if (mock.silent) return;
        if (message.type === "ping") send(peer, { type: "pong", t: message.t });
        if (message.type === "rename") {
          peer.name = message.name;
          tellAll();
        }
        if (message.type === "bye") drop(peer);
      });
      // Already open where it was made; the event may have passed.
      if (channel.readyState === "open") {
        send(peer, picture);
        tellAll();
      }
    } else {
      channel.binaryType = "arraybuffer";
      channel.addEventListener("message", ({ data }) => {
        const view = new DataView(data);
        peer.buttons = view.getUint16(8, true);
        peer.inputs.push({ at: performance.timeOrigin + performance.now(), seat: view.getUint8(1), count: view.getUint8(2), seq: view.getUint32(4, true), buttons: peer.buttons });
      });
    }
  });
  await pc.setRemoteDescription({ type: "offer", sdp: join.sdp });
  pc.addTrack(video, new MediaStream());
  pc.addTrack(out.stream.getAudioTracks()[0], new MediaStream());
  await pc.setLocalDescription();
  await new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") resolve();
    pc.addEventListener("icegatheringstatechange", () => { if (pc.iceGatheringState === "complete") resolve(); });
  });
  peers.set(id, peer);
  // Loopback only. Chromium offers no candidate for it, but a socket for every address hears it too.
  const sdp = pc.localDescription.sdp.split("\r\n")
    .filter((line) => !line.startsWith("a=candidate") || / udp .* typ host/.test(line))
    .map((line) => line.replace(/^(a=candidate:\S+ \d udp \d+) \S+/, "$1 127.0.0.1")).join("\r\n");
  socket.send(JSON.stringify({ id, message: { type: "welcome", v: 1, peer: id, resume: `token-${id}`, sdp } }));
}

function send(peer, message) {
  if (peer.control?.readyState === "open") peer.control.send(JSON.stringify(message));
}

function drop(peer) {
  peers.delete(peer.id);
  peer.pc.close();
  tellAll();
}

function tellAll() {
  const seats = Array.from({ length: SEATS }, (_, seat) => {
    const holder = [...peers.values()].find((peer) => peer.seat === seat);
    return seat === 0 && !holder ? { seat, name: "Host", peer: null } : { seat, name: holder?.name ?? null, peer: holder?.id ?? null };
  });
  for (const peer of peers.values()) {
    send(peer, {
      type: "room", you: { peer: peer.id, name: peer.name, seat: peer.seat }, seats,
      peers: [...peers.values()].map(({ id, name, seat }) => ({ peer: id, name, seat })), game,
    });
  }
}
setInterval(() => {
  if (mock.silent) return;
  for (const peer of peers.values()) send(peer, { type: "stats", fps: 60.1, latency_ms: 2.3, kbit_s: 2400 });
}, 1000);

/** For the console and the check. */
const mock = {
  nextSeat: 1,
  silent: false,
  heard: [],
  peers,
  setGame(state, message = "") {
    Object.assign(game, { state, message });
    tellAll();
  },
  seat(seat) {
    mock.nextSeat = seat;
    for (const peer of peers.values()) peer.seat = seat;
    tellAll();
  },
  picture(news) {
    picture = { ...picture, ...news };
    canvas.width = picture.coded_width;
    canvas.height = picture.coded_height;
    for (const peer of peers.values()) send(peer, picture);
  },
  close(code) {
    for (const peer of peers.values()) send(peer, { type: "closing", code, message: "The mock host closes." });
  },
  cut() {
    for (const peer of [...peers.values()]) drop(peer);
  },
};
window.mock = mock;
