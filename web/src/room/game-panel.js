// What a guest with permissions may do to the game: pause, time, states, discs, invites.

import { text } from "../lang/text.js";
import { inviteLink } from "../net/invite-link.js";
import { SLOTS } from "../net/protocol.js";
import { byId } from "../ui/dom.js";
import { InviteShare } from "./invite-share.js";
import { TimeButtons } from "./time-buttons.js";

/** @typedef {import("../net/protocol.js").GameCommand} GameCommand */
/** @typedef {import("../net/protocol.js").SeatGrant} SeatGrant */
/** @typedef {import("../net/protocol.js").Discs} Discs */
/** @typedef {import("../net/protocol.js").Permission} Permission */
/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").RoomRequest} RoomRequest */

/** A second press within this time confirms the first. */
const CONFIRM_MS = 4000;

export class GamePanel {
  #toggle = byId("game-toggle", HTMLButtonElement);
  #pause = byId("do-pause", HTMLButtonElement);
  #slot = byId("slot", HTMLSelectElement);
  #disc = byId("disc", HTMLSelectElement);
  #changeDisc = byId("do-disc", HTMLButtonElement);
  #grant = byId("invite-grant", HTMLSelectElement);
  #share = new InviteShare();
  #time;
  #request;
  /** @type {Room | null} */
  #room = null;
  /** Of a game that has several. @type {Discs | null} */
  #discs = null;
  /** Called with a few words about what was requested. @type {(words: string) => void} */
  onRequested = () => {};

  /** @param {(request: RoomRequest) => boolean} request */
  constructor(request) {
    this.#request = request;
    this.#time = new TimeButtons(request);
    this.#pause.addEventListener("click", () => this.#do({ type: "do", what: this.#paused ? "resume" : "pause" }));
    confirmed(byId("do-reset", HTMLButtonElement), "do.reset", () => this.#do({ type: "do", what: "reset" }));
    byId("do-save", HTMLButtonElement).addEventListener("click", () => {
      if (this.#do({ type: "do", what: "save", slot: this.#chosen })) this.onRequested(text("state.saving", { n: this.#chosen + 1 }));
    });
    confirmed(byId("do-load", HTMLButtonElement), "do.load", () => {
      if (this.#do({ type: "do", what: "load", slot: this.#chosen })) this.onRequested(text("state.loading", { n: this.#chosen + 1 }));
    });
    this.#changeDisc.addEventListener("click", () => {
      const disc = Number(this.#disc.value);
      if (this.#do({ type: "do", what: "disc", disc })) this.onRequested(text("disc.changing", { n: disc + 1 }));
    });
    this.#disc.addEventListener("change", () => this.#allow());
    byId("do-invite", HTMLButtonElement).addEventListener("click", () => request({ type: "invite", grant: readGrant(this.#grant.value) }));
    this.fill();
  }

  /** Whether this guest may do any of it. */
  get useful() {
    return this.#may("pause") || this.#may("time") || this.#may("states") || this.#mayChangeDiscs || this.#may("invite");
  }

  /** @param {Room | null} room */
  setRoom(room) {
    const seats = this.#room?.seats.length;
    this.#room = room;
    this.#toggle.hidden = !this.useful;
    byId("game-play", HTMLElement).hidden = !this.#may("pause");
    this.#time.setRoom(room, this.#may("time"));
    byId("game-states", HTMLElement).hidden = !this.#may("states");
    byId("game-discs", HTMLElement).hidden = !this.#mayChangeDiscs;
    byId("game-invite", HTMLElement).hidden = !this.#may("invite");
    this.#pause.textContent = text(this.#paused ? "do.resume" : "do.pause");
    this.#allow();
    if (seats !== room?.seats.length) this.#fillGrants();
  }

  /** The game's discs, or none of it are known. @param {Discs | null} discs */
  setDiscs(discs) {
    const { inserted = null } = discs ?? {};
    const news = inserted !== (this.#discs?.inserted ?? null);
    this.#discs = discs;
    this.#fillDiscs();
    if (news && inserted !== null) this.#disc.value = String(inserted);
    this.setRoom(this.#room);
  }

  /** The host has made an invite. @param {string} secret */
  invited(secret) {
    this.#share.show(inviteLink(location.href, secret));
  }

  /** The panel is closed: the link is no longer shown. */
  closed() {
    this.#share.hide();
    this.#time.closed();
  }

  /** Writes the texts that index.html cannot name. */
  fill() {
    // People count from one.
    fillChoices(this.#slot, Array.from({ length: SLOTS }, (_, slot) => [String(slot), text("state.slot", { n: slot + 1 })]));
    this.#time.fill();
    this.#fillGrants();
    this.#fillDiscs();
    this.setRoom(this.#room);
  }

  /** Buttons of a game that is there, and of what would change something. */
  #allow() {
    const alive = this.#room?.game.state === "running" || this.#room?.game.state === "paused";
    for (const id of ["do-pause", "do-reset", "do-save", "do-load"]) byId(id, HTMLButtonElement).disabled = !alive;
    this.#changeDisc.disabled = !alive || Number(this.#disc.value) === this.#discs?.inserted;
  }

  #fillDiscs() {
    const { names = [], inserted = null } = this.#discs ?? {};
    const called = names.map((name, disc) => (name === "" ? text("disc.nth", { n: disc + 1 }) : name));
    fillChoices(this.#disc, called.map((name, disc) => [String(disc), disc === inserted ? text("disc.in", { disc: name }) : name]));
    byId("disc-open", HTMLElement).hidden = inserted !== null;
  }

  #fillGrants() {
    fillChoices(this.#grant, [
      ["any", text("invite.any")],
      ["watch", text("invite.watch")],
      .../** @type {[string, string][]} */ (this.#room?.seats.map(({ seat }) => [String(seat), text("seat.player", { n: seat + 1 })]) ?? []),
    ]);
  }

  get #mayChangeDiscs() {
    return this.#may("discs") && (this.#discs?.names.length ?? 0) > 0;
  }

  get #paused() {
    return this.#room?.game.state === "paused";
  }

  get #chosen() {
    return Number(this.#slot.value);
  }

  /** @param {Permission} permission */
  #may(permission) {
    return this.#room?.you.rights.includes(permission) ?? false;
  }

  /** @param {GameCommand} command */
  #do(command) {
    return this.#request(command);
  }
}

/**
 * A button whose effect cannot be undone asks for a second press.
 * @param {HTMLButtonElement} button
 * @param {"do.reset" | "do.load"} key of its text; with `.sure` that of the question
 * @param {() => void} run
 */
function confirmed(button, key, run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const calm = () => {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = text(key);
    button.classList.remove("sure");
  };
  button.addEventListener("click", () => {
    if (timer !== undefined) {
      calm();
      run();
      return;
    }
    button.textContent = text(`${key}.sure`);
    button.classList.add("sure");
    timer = setTimeout(calm, CONFIRM_MS);
  });
}

/** @param {HTMLSelectElement} select @param {readonly [string, string][]} choices values and their texts */
function fillChoices(select, choices) {
  const chosen = select.value;
  select.replaceChildren(...choices.map(([value, words]) => new Option(words, value, false, value === chosen)));
}

/** @param {string} value @returns {SeatGrant} */
function readGrant(value) {
  return value === "any" || value === "watch" ? value : Number(value);
}
