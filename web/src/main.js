// The player page: reads the link, asks for a name or a code if it must, and wires the parts together.

import { LocalInput } from "./input/local-input.js";
import { codeKey } from "./lang/code-text.js";
import { Motion } from "./input/motion.js";
import { chooseLanguage, fillTexts, setLanguage, text } from "./lang/text.js";
import { BrokerCarrier } from "./net/broker-carrier.js";
import { DirectCarrier } from "./net/carrier.js";
import { Connection } from "./net/connection.js";
import { cleanName, parseLink, socketAddress } from "./net/invite-link.js";
import { isMeetingPage, loadMeetingConfig } from "./net/meeting-config.js";
import { isSecret } from "./net/protocol.js";
import { canSeal } from "./net/sealed.js";
import { isChatKey, seatOf } from "./room/chat-log.js";
import { ChatPanel } from "./room/chat-panel.js";
import { GamePanel } from "./room/game-panel.js";
import { JoinForm } from "./room/join-form.js";
import { PeoplePanel } from "./room/people-panel.js";
import { PlayerStatus } from "./room/player-status.js";
import { Reactions } from "./room/reactions.js";
import { Bar } from "./ui/bar.js";
import { byId } from "./ui/dom.js";
import { attachFraming } from "./ui/framing-settings.js";
import { attachFullScreen } from "./ui/full-screen.js";
import { HelpPanel } from "./ui/help-panel.js";
import { LookView } from "./ui/look.js";
import { NoticeView } from "./ui/notice-view.js";
import { isUnderWay, noticeFor } from "./ui/notice.js";
import { OnScreenView } from "./ui/on-screen.js";
import { Panel } from "./ui/panel.js";
import { PictureView } from "./ui/picture-view.js";
import { Sound } from "./ui/sound.js";
import { StatsPanel } from "./ui/stats-panel.js";
import { recall, recallResume, remember, rememberResume } from "./ui/storage.js";
import { attachLanguage, attachLook, attachMotion, attachStats, attachTouch, openOneAtATime } from "./ui/toggles.js";
import { keepsScreenOn, WakeLock } from "./ui/wake-lock.js";

/** @typedef {import("./ui/notice.js").ActionName} ActionName */
/** @typedef {import("./ui/notice.js").Situation} Situation */
/** @typedef {import("./net/protocol.js").Closing} Closing */
/** @typedef {import("./net/protocol.js").HostMessage} HostMessage */
/** @typedef {import("./net/protocol.js").Denied} Denied */
/** @typedef {import("./net/protocol.js").Refused} Refused */
/** @typedef {import("./net/protocol.js").Room} Room */
/** @typedef {import("./net/protocol.js").RoomRequest} RoomRequest */

const page = document.documentElement;
const link = parseLink(location.href);
/** This page does not come from the host: they meet by brokers. */
const meets = isMeetingPage();
/** Where; null until that is known. @type {import("./net/meeting-config.js").MeetingConfig | null} */
let meeting = null;

/** @type {Situation} */
let situation = {
  phase: "name", reason: "", code: "", room: null, trouble: "", picture: false, linkOnly: meets, hasRoom: isSecret(recall("room") ?? ""),
};
/** @type {Connection | null} */
let connection = null;
/** When the connection was last lost. */
let lostAt = 0;
/** The game takes the whole keyboard. */
let gameTypes = false;

setLanguage(recall("language") ?? chooseLanguage(navigator.languages));

const look = new LookView(byId("stream", HTMLVideoElement), byId("look", HTMLCanvasElement));
const view = new PictureView(byId("stage", HTMLElement), byId("frame", HTMLElement), byId("stream", HTMLVideoElement), byId("still", HTMLCanvasElement), look);
const sound = new Sound(byId("sound", HTMLAudioElement));
const bar = new Bar(sound);
const notices = new NoticeView(act);
const nameLooks = attachLook(look, (words) => notices.toast(words));
const nameFraming = attachFraming(view);
const localInput = new LocalInput({ stage: byId("stage", HTMLElement), frame: byId("frame", HTMLElement), touch: byId("touch", HTMLElement) });
const help = new HelpPanel(rename, localInput);
const stats = new StatsPanel({ stats: () => connection?.stats() ?? null, picture: () => view.pictureSize });
const joinForm = new JoinForm(({ name, code }) => join(name, link.secret, code), backToRoom, openLink);
const people = new PeoplePanel(request);
const chat = new ChatPanel(request);
const game = new GamePanel(request);
const reactions = new Reactions();
const onScreen = new OnScreenView();
const motion = new Motion();
const wakeLock = new WakeLock();
const peoplePanel = new Panel("people");
const chatPanel = new Panel("chat", byId("chat-field", HTMLInputElement));
const gamePanel = new Panel("game");
const playerStatus = new PlayerStatus();

begin();

function begin() {
  // The connection comes first: everything else can be made ready while it is under way.
  const name = link.name ?? cleanName(recall("name") ?? "");
  const lastRoom = recall("room") ?? "";
  // A tab that came by a code comes back by its token.
  const back = link.secret === null && recallResume(null) !== null;
  joinForm.show({
    byCode: link.secret === null,
    name,
    problem: link.secret === null && location.hash.length > 1 ? "code.incomplete" : "",
    hasRoom: isSecret(lastRoom),
  });
  if (typeof RTCPeerConnection !== "function") change({ phase: "refused", code: "no_webrtc" });
  else if (meets) void beginMeeting(name);
  else if (name !== "" && (link.secret !== null || back)) join(name, link.secret, null);

  attachPage();
  attachPanels();
  showLanguage();
  if (situation.phase === "name") joinForm.focus();
}

/** Learns where the host is met, and goes there. @param {string} name empty: it is asked for meanwhile */
async function beginMeeting(name) {
  if (link.secret === null) {
    // Digits are too few to seal with.
    change({ phase: "refused", code: "no_link" });
  } else if (!canSeal()) {
    change({ phase: "refused", code: "no_seal" });
  } else {
    if (name !== "") change({ phase: "connecting", reason: "" });
    meeting = await loadMeetingConfig();
    if (!meeting) change({ phase: "refused", code: "no_meeting" });
    else if (name !== "") join(name, link.secret, null);
  }
}

/** @param {string | null} secret */
function openCarrier(secret) {
  return meeting && secret !== null ? new BrokerCarrier(meeting, secret) : new DirectCarrier(socketAddress(location.href));
}

/**
 * @param {string} name
 * @param {string | null} secret
 * @param {string | null} code
 */
function join(name, secret, code) {
  if (meets && !meeting) {
    // The name was typed faster than the settings came.
    remember("name", name);
    void beginMeeting(name);
    return;
  }
  // A code serves once: refused after that, it is the place that is gone.
  let unused = code;
  remember("name", name);
  help.setName(name);
  connection?.leave();
  connection = new Connection(
    { openCarrier: () => openCarrier(secret), secret, code, name, resume: recallResume(secret) },
    {
      trying(again) {
        view.freeze();
        stats.forget();
        game.setDiscs(null);
        onScreen.show(null);
        motion.setWants({ accelerometer: 0, gyroscope: 0 });
        change({ phase: again ? "reconnecting" : "connecting", code: "", trouble: "", picture: false });
      },
      asked() {
        change({ phase: "waiting", reason: "" });
      },
      failed(reason) {
        view.freeze();
        const again = situation.phase === "playing" || situation.phase === "reconnecting";
        change({ phase: again ? "reconnecting" : "connecting", reason, picture: false });
      },
      joined() {
        change({ phase: "playing", reason: "", picture: view.shown });
      },
      received: onMessage,
      ended: (message) => onEnd(message, secret, unused),
      video: (track) => view.show(track),
      audio: (track) => sound.play(track),
      input(channel) {
        localInput.connect(channel);
        motion.connect(channel);
      },
      resume(token) {
        unused = null;
        rememberResume(secret, token);
        if (secret !== null) remember("room", secret);
      },
      ping(ms) {
        stats.pingMs = ms;
      },
    },
  );
  connection.start();
}

/**
 * The host wants this page no longer, or not at all.
 * @param {Refused | Closing} message
 * @param {string | null} secret
 * @param {string | null} code that has not let this page in yet
 */
function onEnd(message, secret, code) {
  if (message.type === "refused" && message.code === "bad_invite" && secret === null) {
    rememberResume(null, "");
    toJoinForm(code === null ? "code.gone" : "code.wrong");
    return;
  }
  change({ phase: message.type === "refused" ? "refused" : "closed", code: message.code, room: null });
}

/** Back to the card that asks for a code and a name. @param {string} problem a key, or empty */
function toJoinForm(problem) {
  change({ phase: "name", room: null });
  joinForm.show({ byCode: true, name: cleanName(recall("name") ?? ""), problem, hasRoom: isSecret(recall("room") ?? "") });
  joinForm.focus();
}

/** An installed page opens without a link; the room of the last one may still be there. */
function backToRoom() {
  location.hash = recall("room") ?? "";
}

/** An invite link was pasted. @param {string} secret @param {string} name */
function openLink(secret, name) {
  if (name !== "") remember("name", name);
  location.hash = secret;
}

/** A button of a notice was pressed. @param {ActionName} name */
function act(name) {
  switch (name) {
    case "retry":
      connection?.start();
      break;
    case "reload":
      location.reload();
      break;
    case "cancel":
      connection?.leave();
      change({ phase: "name", room: null });
      joinForm.focus();
      break;
    case "code":
      // The link that did not work goes first: the page is loaded again without it.
      if (link.secret === null) toJoinForm("");
      else location.hash = "";
      break;
    case "back":
      backToRoom();
      break;
    case "resume":
      request({ type: "do", what: "resume" });
      break;
  }
}

/** @param {RoomRequest} it @returns {boolean} whether the host was told */
function request(it) {
  const told = connection?.request(it) ?? false;
  if (!told && it.type !== "chat" && it.type !== "react") notices.toast(text(codeKey("no", "unsent")));
  return told;
}

/** @param {HostMessage} message */
function onMessage(message) {
  const { room } = situation;
  switch (message.type) {
    case "room":
      change({ room: message });
      break;
    case "controls":
      gameTypes = message.wants.includes("keyboard");
      localInput.setControls(message);
      break;
    case "picture":
      view.announce(message);
      localInput.setPicture(message);
      break;
    case "trouble":
      change({ trouble: message.code });
      break;
    case "stats":
      stats.host = message;
      break;
    case "chat":
      chat.showMessage(message, room);
      showTitle();
      break;
    case "line":
      chat.showPresence(message, room);
      break;
    case "discs":
      game.setDiscs(message);
      change({});
      break;
    case "osd":
      onScreen.show(message);
      break;
    case "disc":
      chat.showDisc(message);
      break;
    case "reaction":
      reactions.show(message, seatOf(message.peer, room));
      break;
    case "lights":
      bar.setActivity(message.seats);
      break;
    case "leds":
      bar.setLeds(message.on);
      break;
    case "sensors":
      motion.setWants(message);
      break;
    case "rumble":
      localInput.rumble(message);
      break;
    case "invited":
      game.invited(message.secret);
      break;
    case "no":
      onDenied(message);
      break;
    default:
      break;
  }
}

/** @param {Denied} message */
function onDenied({ to, code }) {
  if (to === "chat" || (to === "react" && chatPanel.open)) {
    chat.showDenied(code, { restore: to === "chat" });
    return;
  }
  if (to === "rename") keepName();
  notices.toast(text(codeKey("no", code)));
}

/**
 * Something about the situation has changed: everything that shows it follows.
 * @param {Partial<Situation>} news
 */
function change(news) {
  if (news.phase === "reconnecting" && situation.phase !== "reconnecting") lostAt = performance.now();
  situation = { ...situation, ...news };
  const { phase, room } = situation;
  const playing = phase === "playing";
  const seats = playing ? room?.you.seats ?? [] : [];
  const running = playing && room?.game.state === "running";

  localInput.setSystem(room?.game.system ?? "");
  localInput.setSeats(seats);
  motion.setSeats(seats);
  page.dataset.state = phase;
  page.dataset.seat = String(seats[0] ?? "none");
  page.dataset.game = room?.game.state ?? "none";
  notices.show(noticeFor(situation));
  bar.setRoom(room);
  bar.setPlaying(running && !help.open && !peoplePanel.open && !gamePanel.open);
  people.setRoom(room);
  chat.setRoom(room);
  game.setRoom(room);
  stats.game = room?.game ?? null;
  wakeLock.want(keepsScreenOn(situation, performance.now() - lostAt));
  if (!room) for (const panel of [peoplePanel, chatPanel]) panel.show(false);
  if (!game.useful) gamePanel.show(false);
  if (room) help.setName(room.you.name);
  showTitle();
  if (playing && room) tellStatus(room);
}

function showTitle() {
  const name = situation.room?.game.name;
  const unread = chat.unread > 0 ? `(${chat.unread}) ` : "";
  document.title = unread + (name ? `${name} – Hotseat` : "Hotseat");
}

/** Tells the player what has changed about their place. @param {Room} room */
function tellStatus(room) {
  const told = playerStatus.changes(room);
  if (told) notices.toast(text(told.key, told.values), told.seat);
}

/** @param {string} name */
function rename(name) {
  remember("name", name);
  if (connection && !connection.rename(name)) {
    keepName();
    notices.toast(text(codeKey("no", "unsent")));
  }
}

/** The host has not taken another name: the one that the others see stays. */
function keepName() {
  const name = situation.room?.you.name;
  if (name === undefined) return;
  remember("name", name);
  help.setName(name);
  connection?.setName(name);
}

function attachPage() {
  view.onPart = (part, whole) => localInput.setShown(part, whole);
  view.onFirstPicture = () => change({ picture: situation.phase === "playing" });
  attachFullScreen(byId("full-toggle", HTMLButtonElement), () => notices.toast(text("bar.full.missing")));
  attachStats(stats);
  attachTouch(localInput);
  attachMotion(motion, (words) => notices.toast(words));
  attachLanguage(showLanguage);

  window.addEventListener("pagehide", () => connection?.leave());
  window.addEventListener("pageshow", (event) => {
    // Back from the browser's cache: the connection was let go on the way there. A page that was sent away stays away.
    if (event.persisted && isUnderWay(situation.phase)) connection?.start();
  });
  // Another invite link was pasted into the same tab.
  window.addEventListener("hashchange", () => location.reload());
}

function attachPanels() {
  openOneAtATime([
    [help, () => change({})],
    [peoplePanel, () => change({})],
    [chatPanel, (open) => {
      page.dataset.chat = open ? "open" : "closed";
      chat.setOpen(open);
      showTitle();
    }],
    [gamePanel, (open) => {
      if (!open) game.closed();
      change({});
    }],
  ]);
  game.onRequested = (words) => notices.toast(words);

  window.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (situation.phase !== "playing" || typing || event.defaultPrevented || !isChatKey(event)) return;
    // A game with a keyboard needs this key itself.
    if (gameTypes && page.dataset.seat !== "none") return;
    event.preventDefault();
    chatPanel.showFocused();
  });
}

function showLanguage() {
  fillTexts(document);
  localInput.fill();
  nameLooks();
  nameFraming();
  help.fill();
  joinForm.fill();
  people.fill();
  chat.fill();
  game.fill();
  change({});
}
