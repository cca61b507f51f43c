// Put into the page before its own scripts by the tests: sees every decoded frame, hears the sound, and has the peer
// connections and channels in its hands.
(() => {
  const COLUMNS = 16;
  const ROWS = 8;
  const MOST_FRAMES = 20000;

  const connections = [];
  const channels = {};
  const messages = [];
  const histories = {};
  let frames = [];
  let shown = 0;
  const canvas = document.createElement("canvas");
  canvas.width = COLUMNS;
  canvas.height = ROWS;
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  paper.imageSmoothingEnabled = false;

  class Watched extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }
    createDataChannel(label, ...rest) {
      const channel = super.createDataChannel(label, ...rest);
      channels[label] = channel;
      if (label === "control") {
        channel.addEventListener("message", ({ data }) => {
          const text = typeof data === "string" ? data : new TextDecoder().decode(data);
          try {
            messages.push(JSON.parse(text));
          } catch {
            messages.push({ type: "unreadable", text });
          }
        });
      }
      return channel;
    }
  }
  window.RTCPeerConnection = Watched;

  // One bit a cell: drawn without smoothing, each pixel of the small canvas is the middle of a cell.
  function cells(source, width, height) {
    paper.drawImage(source, 0, 0, width, height, 0, 0, COLUMNS, ROWS);
    const { data } = paper.getImageData(0, 0, COLUMNS, ROWS);
    let text = "";
    for (let i = 0; i < data.length; i += 4) text += 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2] >= 128 ? "1" : "0";
    return text;
  }

  function look(source, width, height) {
    const pictures = messages.filter((it) => it.type === "picture" && it.coded_width === width && it.coded_height === height);
    const sizes = new Map();
    for (const it of pictures.reverse()) sizes.set(`${it.width}x${it.height}`, it);
    if (sizes.size === 0) sizes.set("", { width, height });
    const readings = [];
    for (const it of sizes.values()) {
      // Enlarged by a whole number; what the grid does not cover is left out, and so is padding.
      const scale = Math.max(1, Math.floor(width / it.width));
      const across = Math.floor(it.width / COLUMNS) * COLUMNS * scale;
      const down = Math.floor(it.height / ROWS) * ROWS * scale;
      readings.push([it.width, it.height, across > 0 && down > 0 ? cells(source, across, down) : ""]);
    }
    if (frames.length < MOST_FRAMES) frames.push([performance.now(), width, height, readings]);
  }

  let reader = null;
  async function follow(track) {
    reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 120 }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      try {
        look(value, value.displayWidth, value.displayHeight);
      } finally {
        value.close();
      }
    }
  }

  // Firefox has no MediaStreamTrackProcessor in a page: there only the frames that are shown can be seen.
  const everyFrame = typeof MediaStreamTrackProcessor === "function";
  let followed = null;
  let counted = null;
  let blind = false;
  function attach() {
    if (blind) return;
    const video = document.getElementById("stream");
    const track = video?.srcObject?.getVideoTracks?.()[0];
    if (everyFrame && track && track !== followed) {
      followed = track;
      follow(track).catch((error) => messages.push({ type: "probe_failed", text: String(error) }));
    }
    if (video && video !== counted) {
      counted = video;
      const count = (_now, { width, height }) => {
        if (blind) return;
        shown += 1;
        if (!everyFrame) look(video, width, height);
        video.requestVideoFrameCallback(count);
      };
      video.requestVideoFrameCallback(count);
    }
  }
  setInterval(attach, 20);

  function remember() {
    for (const [name, value] of Object.entries(document.documentElement.dataset)) {
      const history = (histories[name] ??= []);
      if (history.at(-1) !== value) history.push(value);
    }
  }
  document.addEventListener("DOMContentLoaded", () => {
    remember();
    new MutationObserver(remember).observe(document.documentElement, { attributes: true });
  });

  async function listen() {
    const audio = document.getElementById("sound");
    const context = new AudioContext({ sampleRate: 48000 });
    await context.resume();
    const source = context.createMediaStreamSource(audio.srcObject);
    const splitter = context.createChannelSplitter(2);
    source.connect(splitter);
    const analysers = [0, 1].map((side) => {
      const analyser = context.createAnalyser();
      analyser.fftSize = 32768;
      analyser.smoothingTimeConstant = 0;
      splitter.connect(analyser, side);
      return analyser;
    });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const loudest = analysers.map((analyser) => {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      let best = 1;
      for (let i = 2; i < bins.length - 1; i += 1) if (bins[i] > bins[best]) best = i;
      // The true peak lies between bins: a parabola through the three highest finds it.
      const [a, b, c] = [bins[best - 1], bins[best], bins[best + 1]];
      const shift = a - 2 * b + c === 0 ? 0 : (a - c) / (2 * (a - 2 * b + c));
      return [(best + shift) * context.sampleRate / analyser.fftSize, b];
    });
    await context.close();
    return loudest;
  }

  async function inbound(kind) {
    const report = await connections.at(-1)?.getStats();
    for (const entry of report?.values() ?? []) if (entry.type === "inbound-rtp" && entry.kind === kind) return { ...entry };
    return null;
  }

  /** Ways to the host that work: protocol and address of its end, and whether the media takes it. */
  async function paths() {
    const report = await connections.at(-1)?.getStats();
    const entries = [...(report?.values() ?? [])];
    const chosen = entries.find((it) => it.type === "transport")?.selectedCandidatePairId;
    return entries.filter((it) => it.type === "candidate-pair" && it.state === "succeeded").map((it) => {
      const { protocol, address, port, candidateType } = report.get(it.remoteCandidateId);
      const kinds = [report.get(it.localCandidateId)?.candidateType, candidateType];
      return { protocol, address, port, kinds, chosen: it.id === chosen };
    });
  }

  window.probe = {
    connections,
    paths,
    channels,
    inbound,
    listen,
    say: (message) => channels.control.send(JSON.stringify(message)),
    heard: (type) => messages.filter((it) => it.type === type),
    history: (name) => histories[name] ?? [],
    shown: () => shown,
    // For those who read the frames themselves: twice is more than the machine may have time for.
    lookAway() {
      blind = true;
      reader?.cancel();
    },
    takeFrames() {
      const taken = frames;
      frames = [];
      return taken;
    },
  };
})();
