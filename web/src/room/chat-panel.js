// The chat and its reactions.

import { hasText, setLabel, text } from "../lang/text.js";
import { CHAT_LIMIT, REACTIONS } from "../net/protocol.js";
import { byId, make, makeButton, makeForeign } from "../ui/dom.js";
import { Chat, cleanChat } from "./chat-log.js";

/** @typedef {import("./chat-log.js").Line} Line */
/** @typedef {import("../net/protocol.js").ChatLine} ChatLine */
/** @typedef {import("../net/protocol.js").ChatSaid} ChatSaid */
/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").Wish} Wish */

/** How long what was said stands on the picture while the chat is closed. */
const PEEK_MS = 6000;
/** The same for who came or went. */
const PEEK_LINE_MS = 3500;
/** A problem is about the last message, and old after this. */
const PROBLEM_MS = 6000;
/** Closer than this to the end, one follows the chat. */
const NEAR_END_PX = 40;

export class ChatPanel {
  #chat = new Chat();
  #wish;
  #log = byId("chat-log", HTMLElement);
  #field = byId("chat-field", HTMLInputElement);
  #send = byId("chat-send", HTMLButtonElement);
  #problem = byId("chat-problem", HTMLElement);
  #badge = byId("chat-badge", HTMLElement);
  #toggle = byId("chat-toggle", HTMLButtonElement);
  #peek = byId("peek", HTMLElement);
  #reactions = byId("chat-reactions", HTMLElement);
  /** What stands on the picture, or stood there last. @type {Line["kind"]} */
  #peeked = "line";
  #open = false;
  #muted = false;
  /** The last message: given back if the host refuses it. */
  #last = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #peekTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #problemTimer;

  /** @param {(wish: Wish) => boolean} wish */
  constructor(wish) {
    this.#wish = wish;
    byId("chat-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    REACTIONS.forEach((emoji, at) => {
      const button = makeButton("reaction", emoji, () => {
        if (!this.#wish({ type: "react", emoji })) this.refused("unsent");
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

  /** @param {ChatSaid} message @param {Room | null} room */
  said(message, room) {
    const line = this.#chat.said(message, room);
    if (line.mine) this.#last = "";
    this.#append(line);
    if (!line.mine && !this.#open) this.#showPeek(line);
    this.#showUnread();
  }

  /** @param {ChatLine} message @param {Room | null} room */
  happened(message, room) {
    const line = this.#chat.happened(message);
    this.#append(line);
    // One knows of oneself; and what somebody said is not taken away while it is read.
    const own = room === null || message.name === room.you.name;
    const read = this.#peek.dataset.shown === "yes" && this.#peeked === "said";
    if (!own && !read && !this.#open) this.#showPeek(line);
  }

  /**
   * A message or a reaction was refused.
   * @param {string} code
   * @param {{restore?: boolean}} [what] `restore`: it was the last message, which is given back
   */
  refused(code, { restore = false } = {}) {
    const key = `no.${code}`;
    this.#showProblem(text(hasText(key) ? key : "no.other"), true);
    if (!restore) return;
    if (this.#field.value === "") this.#field.value = this.#last;
    this.#last = "";
  }

  /** Writes everything anew, in the present language. */
  fill() {
    this.#log.replaceChildren(...this.#chat.lines.map(lineElement));
    this.#showUnread();
  }

  #say() {
    const said = cleanChat(this.#field.value, CHAT_LIMIT);
    if (said === "") return;
    if (!this.#wish({ type: "chat", text: said })) {
      this.refused("unsent");
      return;
    }
    this.#last = said;
    this.#field.value = "";
    this.#showProblem("", false);
  }

  /** @param {Line} line */
  #append(line) {
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END_PX;
    this.#log.append(lineElement(line));
    while (this.#log.childElementCount > this.#chat.lines.length) this.#log.firstElementChild?.remove();
    if (atEnd || (line.kind === "said" && line.mine)) this.#log.scrollTop = this.#log.scrollHeight;
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

  /** @param {Line} line */
  #showPeek(line) {
    clearTimeout(this.#peekTimer);
    this.#peeked = line.kind;
    const seat = line.kind === "said" ? line.seat : null;
    this.#peek.replaceChildren(...lineElement(line).childNodes);
    this.#peek.dataset.player = seat === null ? "none" : String(seat);
    this.#peek.dataset.shown = "yes";
    this.#peekTimer = setTimeout(() => this.#hidePeek(), line.kind === "said" ? PEEK_MS : PEEK_LINE_MS);
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

/** @param {Line} line */
function lineElement(line) {
  if (line.kind === "line") return make("p", "line", text(`line.${line.what}`, { name: line.name }));
  const element = make("p", line.mine ? "said mine" : "said");
  element.dataset.player = line.seat === null ? "none" : String(line.seat);
  const name = makeForeign("name", line.name);
  element.append(name);
  if (line.host) element.append(make("span", "tag", text("people.host")));
  element.append(" ", makeForeign("text", line.text));
  return element;
}
