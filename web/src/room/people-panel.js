// The panel of seats and people, with buttons to request, take and leave seats.

import { setLabel, text } from "../lang/text.js";
import { byId, make, makeButton, makeForeign, refill } from "../ui/dom.js";
import { peopleView } from "./people-view.js";

/** @typedef {import("./people-view.js").PeerRow} PeerRow */
/** @typedef {import("./people-view.js").PeopleView} PeopleView */
/** @typedef {import("./people-view.js").SeatAction} SeatAction */
/** @typedef {import("./people-view.js").SeatRow} SeatRow */
/** @typedef {import("../net/protocol.js").Room} Room */
/** @typedef {import("../net/protocol.js").RoomRequest} RoomRequest */

export class PeoplePanel {
  #seats = byId("people-seats", HTMLElement);
  #others = byId("people-others", HTMLElement);
  #othersTitle = byId("people-others-title", HTMLElement);
  #any = byId("people-any", HTMLButtonElement);
  #badge = byId("people-badge", HTMLElement);
  #toggle = byId("people-toggle", HTMLButtonElement);
  #request;
  /** @type {PeopleView | null} */
  #view = null;
  /** What is on the page: the same again would disturb a screen reader. */
  #shown = "";

  /** @param {(request: RoomRequest) => void} request */
  constructor(request) {
    this.#request = request;
    this.#any.addEventListener("click", () => {
      if (this.#view?.any === "ask") request({ type: "ask", seat: null });
      else if (this.#view?.any === "unask") request({ type: "unask" });
    });
  }

  /** @param {Room | null} room */
  setRoom(room) {
    this.#view = room && peopleView(room);
    const next = JSON.stringify(this.#view);
    if (next === this.#shown) return;
    this.#shown = next;
    this.fill();
  }

  /** Writes everything anew, in the present language. */
  fill() {
    const view = this.#view;
    refill(this.#seats, view?.seats.map((row) => this.#seatRow(row)) ?? []);
    const others = view?.people.map((row) => this.#peerRow(row, view.movable)) ?? [];
    if (view?.hostWatches) {
      const row = make("li", "person");
      row.append(nameOf({ name: view.hostWatches, you: false, host: true, away: false }));
      others.unshift(row);
    }
    refill(this.#others, others);
    this.#othersTitle.textContent = text(view?.movable ? "people.all" : "people.watching");
    this.#othersTitle.hidden = others.length === 0;
    this.#any.hidden = view === null || view.any === null;
    this.#any.textContent = text(view?.any === "unask" ? "people.unask" : "people.ask.any");
    // Their number calls only a reader who can do something about them.
    const requests = view?.movable ? view.requests : 0;
    this.#badge.hidden = requests === 0;
    this.#badge.textContent = String(requests);
    setLabel(this.#toggle, "people.title");
    if (requests > 0) this.#toggle.setAttribute("aria-label", text("people.requests", { n: requests }));
  }

  /** @param {SeatRow} row */
  #seatRow({ seat, device, holders, action }) {
    const n = seat + 1;
    const item = make("li", holders.length === 0 ? "person free" : "person");
    item.dataset.player = String(seat);
    const who = make("div", "who");
    who.append(...(holders.length === 0 ? [make("span", "", text("seat.free"))] : holders.map(nameOf)));
    if (device !== "") who.append(makeForeign("device", device));
    const button = makeButton(action === "take" ? "secondary strong" : "secondary", text(`people.${action}`), () => this.#act(action, seat));
    button.dataset.key = `seat-${seat}`;
    button.setAttribute("aria-label", text(`people.${action}.label`, { n }));
    const chip = make("b", "chip", text("seat.short", { n }));
    chip.setAttribute("aria-hidden", "true");
    item.append(chip, make("span", "unseen", text("seat.player", { n })), who, button);
    return item;
  }

  /** @param {PeerRow} row @param {boolean} movable */
  #peerRow({ peer, name, you, muted, wants, sits }, movable) {
    const item = make("li", "person");
    const who = make("div", "who");
    who.append(nameOf({ name, you, host: false, away: false }));
    if (muted) who.append(make("span", "tag", text("people.muted")));
    if (wants !== null) who.append(make("span", "tag request", wants === "any" ? text("people.wants.any") : text("people.wants", { n: wants + 1 })));
    item.append(who);
    if (!movable) return item;
    const seats = make("div", "moves");
    seats.setAttribute("role", "group");
    seats.setAttribute("aria-label", text("people.move", { name }));
    for (const { seat, on } of sits) {
      const n = seat + 1;
      const button = makeButton("move", text("seat.short", { n }), () => this.#request({ type: "sit", peer, seat, on: !on }));
      button.dataset.player = String(seat);
      button.dataset.key = `move-${peer}-${seat}`;
      button.setAttribute("aria-pressed", String(on));
      button.setAttribute("aria-label", text("people.move.seat", { n, name }));
      seats.append(button);
    }
    item.append(seats);
    return item;
  }

  /** @param {SeatAction} action @param {number} seat */
  #act(action, seat) {
    switch (action) {
      case "take": case "ask":
        this.#request({ type: "ask", seat });
        break;
      case "unask":
        this.#request({ type: "unask" });
        break;
      case "stand":
        this.#request({ type: "stand", seat });
        break;
    }
  }
}

/** @param {import("./people-view.js").Person} person */
function nameOf({ name, you, host, away }) {
  const all = make("span", away ? "name away" : "name");
  all.append(makeForeign("", name));
  if (you) all.append(make("span", "tag", text("people.you")));
  if (host) all.append(make("span", "tag", text("people.host")));
  if (away) all.append(make("span", "tag", text("people.away")));
  return all;
}
