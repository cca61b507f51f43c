// The player page: reads the link, asks for a name if it must, and wires the parts together.

import { Bar } from "./bar.js";
import { Connection } from "./connection.js";
import { byId } from "./dom.js";
import { attachFullScreen } from "./fullscreen.js";
import { Hands } from "./hands.js";
import { HelpPanel } from "./help.js";
import { cleanName, parseLink, socketAddress } from "./link.js";
import { noticeFor } from "./notice.js";
import { NoticeView } from "./noticeview.js";
import { recall, recallResume, remember, rememberResume } from "./settings.js";
import { Sound } from "./sound.js";
import { StatsPanel } from "./statspanel.js";
import { chooseLanguage, currentLanguage, fillTexts, hasText, otherLanguage, setLanguage, text } from "./text.js";
import { View } from "./view.js";

/** @typedef {import("./notice.js").Situation} Situation */
/** @typedef {import("./protocol.js").HostMessage} HostMessage */
/** @typedef {import("./protocol.js").Room} Room */

const page = document.documentElement;
const link = parseLink(location.href);

/** @type {Situation} */
let situation = { phase: "name", reason: "", code: "", message: "", room: null, trouble: "", picture: false };
/** @type {Connection | null} */
let connection = null;
/** Where this player sat when last told; undefined: not told yet. @type {number | null | undefined} */
let seatSaid;

setLanguage(recall("language") ?? chooseLanguage(navigator.languages));

const view = new View(byId("stage", HTMLElement), byId("frame", HTMLElement), byId("stream", HTMLVideoElement), byId("still", HTMLCanvasElement));
const sound = new Sound(byId("sound", HTMLAudioElement));
const bar = new Bar(sound);
const notices = new NoticeView((does) => (does === "reload" ? location.reload() : connection?.start()));
const hands = new Hands({ stage: byId("stage", HTMLElement), frame: byId("frame", HTMLElement), touch: byId("touch", HTMLElement) });
const help = new HelpPanel(rename, hands);
const stats = new StatsPanel({ stats: () => connection?.stats() ?? null, picture: () => view.pictureSize });

const nameForm = byId("name-form", HTMLFormElement);
const nameField = byId("name-field", HTMLInputElement);
const helpButton = byId("help-toggle", HTMLButtonElement);
const statsButton = byId("stats-toggle", HTMLButtonElement);
const touchButton = byId("touch-toggle", HTMLButtonElement);

begin();

function begin() {
  // The connection comes first: everything else can be made ready while it is under way.
  const name = link.name ?? cleanName(recall("name") ?? "");
  if (link.secret === null) change({ phase: "refused", code: "no_secret" });
  else if (typeof RTCPeerConnection !== "function") change({ phase: "refused", code: "no_webrtc" });
  else if (name !== "") join(name);

  attachPage();
  showLanguage();
  if (situation.phase === "name") nameField.focus();
}

/** @param {string} name */
function join(name) {
  if (link.secret === null) return;
  const secret = link.secret;
  remember("name", name);
  help.setName(name);
  connection = new Connection(
    { address: socketAddress(location.href), secret, name, resume: recallResume(secret) },
    {
      trying(again) {
        view.freeze();
        stats.forget();
        change({ phase: again ? "reconnecting" : "connecting", code: "", message: "", trouble: "", picture: false });
      },
      waiting(reason) {
        view.freeze();
        const again = situation.phase === "playing" || situation.phase === "reconnecting";
        change({ phase: again ? "reconnecting" : "connecting", reason, picture: false });
      },
      joined() {
        change({ phase: "playing", reason: "", picture: view.shown });
      },
      message: onMessage,
      ended(message) {
        change({ phase: message.type === "refused" ? "refused" : "closed", code: message.code, message: message.message, room: null });
      },
      video: (track) => view.show(track),
      audio: (track) => sound.play(track),
      input: (channel) => hands.connect(channel),
      resume: (token) => rememberResume(secret, token),
      ping(ms) {
        stats.pingMs = ms;
      },
    },
  );
  connection.start();
}

/** @param {HostMessage} message */
function onMessage(message) {
  switch (message.type) {
    case "room":
      change({ room: message });
      break;
    case "picture":
      view.announce(message);
      hands.setPicture(message);
      break;
    case "trouble":
      change({ trouble: message.code });
      break;
    case "stats":
      stats.host = message;
      break;
    default:
      break;
  }
}

/**
 * Something about the situation has changed: everything that shows it follows.
 * @param {Partial<Situation>} news
 */
function change(news) {
  situation = { ...situation, ...news };
  const { phase, room } = situation;
  const playing = phase === "playing";
  const seat = playing ? room?.you.seat ?? null : null;

  hands.setSeats(seat === null ? [] : [seat]);
  page.dataset.state = phase;
  page.dataset.seat = seat === null ? "none" : String(seat);
  page.dataset.game = room?.game.state ?? "none";
  notices.show(noticeFor(situation, hasText));
  bar.setRoom(room);
  bar.setPlaying(playing && room?.game.state === "running" && !help.open);
  if (room) help.setName(room.you.name);
  document.title = room?.game.name ? `${room.game.name} – Hotseat` : "Hotseat";
  if (playing && room) saySeat(room);
}

/** Tells the player where they sit, when it has changed. @param {Room} room */
function saySeat(room) {
  const { seat } = room.you;
  if (seat === seatSaid) return;
  seatSaid = seat;
  if (seat !== null) notices.toast(text("seat.you", { n: seat + 1 }), seat);
  else notices.toast(text(room.seats.some((it) => it.name === null) ? "seat.watching.free" : "seat.watching"), null);
}

/** @param {string} name */
function rename(name) {
  remember("name", name);
  connection?.rename(name);
}

function attachPage() {
  nameForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = cleanName(nameField.value);
    const problem = byId("name-problem", HTMLElement);
    problem.textContent = name === "" ? text("name.needed") : "";
    nameField.setAttribute("aria-invalid", String(name === ""));
    if (name === "") nameField.focus();
    else {
      nameField.blur();
      join(name);
    }
  });

  view.onFirstPicture = () => change({ picture: situation.phase === "playing" });
  attachFullScreen(byId("full-toggle", HTMLButtonElement));

  helpButton.addEventListener("click", (event) => {
    // Opened with the keyboard, it is read with the keyboard.
    if (event.detail === 0 && !help.open) help.showFocused();
    else help.show(!help.open);
  });
  help.onToggle = (open, focused) => {
    helpButton.setAttribute("aria-expanded", String(open));
    if (!open && focused) helpButton.focus();
    change({});
  };
  statsButton.addEventListener("click", () => showStats(!stats.open));
  showStats(recall("stats") === "yes");
  touchButton.addEventListener("click", () => showTouch(page.dataset.touch !== "yes"));
  showTouch((recall("touch") ?? (matchMedia("(pointer: coarse)").matches ? "yes" : "no")) === "yes");

  for (const button of document.querySelectorAll("[data-does='language']")) {
    button.addEventListener("click", () => {
      setLanguage(otherLanguage());
      remember("language", currentLanguage());
      showLanguage();
    });
  }

  window.addEventListener("pagehide", () => connection?.leave());
  window.addEventListener("pageshow", (event) => {
    // Back from the browser's cache: the connection was let go on the way there.
    if (event.persisted) connection?.start();
  });
  // Another invite link was pasted into the same tab.
  window.addEventListener("hashchange", () => location.reload());
}

/** @param {boolean} open */
function showStats(open) {
  stats.show(open);
  statsButton.setAttribute("aria-pressed", String(open));
  remember("stats", open ? "yes" : "no");
}

/** @param {boolean} shown */
function showTouch(shown) {
  page.dataset.touch = shown ? "yes" : "no";
  touchButton.setAttribute("aria-pressed", String(shown));
  if (matchMedia("(pointer: coarse)").matches) remember("touch", shown ? "yes" : "no");
  hands.release();
}

function showLanguage() {
  fillTexts(document);
  hands.fill();
  help.fill();
  change({});
}
