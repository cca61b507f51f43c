// The chat and its reactions.

import { codeKey } from "../lang/code-text.js";
import { setLabel, text } from "../lang/text.js";
import { CHAT_LIMIT, REACTIONS } from "../net/protocol.js";
import { byId, make, makeButton, makeForeign } from "../ui/dom.js";
import { ChatLog, cleanChat } from "./chat-log.js";

/** @typedef {import("./chat-log.js").ChatEntry} ChatEntry */
/** @typedef {import("../net/protocol.js").DiscChange} DiscChange */
/** @typedef {import("../net/protocol.js").Presence} Presence */
/** @typedef {import("../net/protocol.js").ChatMessage} ChatMessage */
/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").RoomRequest} RoomRequest */

/** How long a message stands on the picture while the chat is closed. */
const PEEK_MESSAGE_MS = 6000;
/** The same for guests that joined or left. */
const PEEK_PRESENCE_MS = 3500;
/** A problem is about the last message, and old after this. */
const PROBLEM_MS = 6000;
/** Closer than this to the end, the log follows the chat. */
const NEAR_END_PX = 40;

export class ChatPanel {
  #chat = new ChatLog();
  #request;
  #log = byId("chat-log", HTMLElement);
  #field = byId("chat-field", HTMLInputElement);
  #send = byId("chat-send", HTMLButtonElement);
  #problem = byId("chat-problem", HTMLElement);
  #badge = byId("chat-badge", HTMLElement);
  #toggle = byId("chat-toggle", HTMLButtonElement);
  #peek = byId("peek", HTMLElement);
  #reactions = byId("chat-reactions", HTMLElement);
  /** What stands on the picture, or stood there last. @type {ChatEntry["kind"]} */
  #peeked = "presence";
  #open = false;
  #muted = false;
  /** The last message: given back if the host denies it. */
  #last = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #peekTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #problemTimer;

  /** @param {(request: RoomRequest) => boolean} request */
  constructor(request) {
    this.#request = request;
    byId("chat-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    REACTIONS.forEach((emoji, at) => {
      const button = makeButton("reaction", emoji, () => {
        if (!this.#request({ type: "react", emoji })) this.showDenied("unsent");
      });
      button.dataset.label = `react.${at}`;
      this.#reactions.append(button);
    });
  }

  get unread() {
    return this.#chat.unread;
  }

  /** @param {boolean} open */
  setOpen(open) {
    this.#open = open;
    this.#watch();
    if (!open) return;
    this.#hidePeek();
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** @param {Room | null} room */
  setRoom(room) {
    const muted = room?.you.muted ?? false;
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#field.disabled = muted;
    this.#send.disabled = muted;
    for (const button of this.#reactions.querySelectorAll("button")) button.disabled = muted;
    this.#showProblem(muted ? text("no.muted") : "", false);
  }

  /** @param {ChatMessage} message @param {Room | null} room */
  showMessage(message, room) {
    const entry = this.#chat.addMessage(message, room);
    if (entry.mine) this.#last = "";
    this.#append(entry);
    if (!entry.mine && !this.#open) this.#showPeek(entry);
    this.#showUnread();
  }

  /** @param {Presence} message @param {Room | null} room */
  showPresence(message, room) {
    const entry = this.#chat.addPresence(message);
    // A reader knows of their own arrival.
    this.#showLine(entry, room === null || message.name === room.you.name);
  }

  /** Another disc is in. @param {DiscChange} message */
  showDisc(message) {
    this.#showLine(this.#chat.addDisc(message), false);
  }

  /**
   * The host denied a message or a reaction.
   * @param {string} code
   * @param {{restore?: boolean}} [what] `restore`: it was the last message, which is given back
   */
  showDenied(code, { restore = false } = {}) {
    this.#showProblem(text(codeKey("no", code)), true);
    if (!restore) return;
    if (this.#field.value === "") this.#field.value = this.#last;
    this.#last = "";
  }

  /** Writes everything anew, in the present language. */
  fill() {
    this.#log.replaceChildren(...this.#chat.entries.map(entryElement));
    this.#showUnread();
  }

  #submit() {
    const words = cleanChat(this.#field.value, CHAT_LIMIT);
    if (words === "") return;
    if (!this.#request({ type: "chat", text: words })) {
      this.showDenied("unsent");
      return;
    }
    this.#last = words;
    this.#field.value = "";
    this.#showProblem("", false);
  }

  /** @param {ChatEntry} entry @param {boolean} own the reader knows already */
  #showLine(entry, own) {
    this.#append(entry);
    // A message is not taken away while it is read.
    const read = this.#peek.dataset.shown === "yes" && this.#peeked === "message";
    if (!own && !read && !this.#open) this.#showPeek(entry);
  }

  /** @param {ChatEntry} entry */
  #append(entry) {
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END_PX;
    this.#log.append(entryElement(entry));
    while (this.#log.childElementCount > this.#chat.entries.length) this.#log.firstElementChild?.remove();
    if (atEnd || (entry.kind === "message" && entry.mine)) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #watch() {
    this.#chat.watch(this.#open);
    this.#showUnread();
  }

  #showUnread() {
    const { unread } = this.#chat;
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? "99+" : String(unread);
    setLabel(this.#toggle, "chat.title");
    if (unread > 0) this.#toggle.setAttribute("aria-label", text("chat.unread", { n: unread }));
  }

  /** @param {ChatEntry} entry */
  #showPeek(entry) {
    clearTimeout(this.#peekTimer);
    this.#peeked = entry.kind;
    const seat = entry.kind === "message" ? entry.seat : null;
    this.#peek.replaceChildren(...entryElement(entry).childNodes);
    this.#peek.dataset.player = seat === null ? "none" : String(seat);
    this.#peek.dataset.shown = "yes";
    this.#peekTimer = setTimeout(() => this.#hidePeek(), entry.kind === "message" ? PEEK_MESSAGE_MS : PEEK_PRESENCE_MS);
  }

  #hidePeek() {
    this.#peek.dataset.shown = "no";
  }

  /** @param {string} words @param {boolean} passing it goes away by itself */
  #showProblem(words, passing) {
    clearTimeout(this.#problemTimer);
    this.#problem.textContent = words;
    if (passing) this.#problemTimer = setTimeout(() => this.#showProblem(this.#muted ? text("no.muted") : "", false), PROBLEM_MS);
  }
}

/** @param {ChatEntry} entry */
function entryElement(entry) {
  if (entry.kind === "presence") return make("p", "presence", text(`presence.${entry.what}`, { name: entry.name }));
  if (entry.kind === "disc") {
    const { name, disc, label } = entry;
    return make("p", "presence", text(label === "" ? "disc.changed" : "disc.changed.named", { name, n: disc + 1, disc: label }));
  }
  const element = make("p", entry.mine ? "message mine" : "message");
  element.dataset.player = entry.seat === null ? "none" : String(entry.seat);
  const name = makeForeign("name", entry.name);
  element.append(name);
  if (entry.host) element.append(make("span", "tag", text("people.host")));
  element.append(" ", makeForeign("text", entry.text));
  return element;
}
