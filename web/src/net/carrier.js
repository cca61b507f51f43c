// What page and host talk by before media flows, and beside it: a WebSocket to the host, or message brokers.

/** @typedef {"host" | "broker" | "absent"} CarrierProblem why it closed: the host hung up, no broker was reached, or the host does not answer there */

/**
 * @typedef {object} CarrierEvents
 * @property {() => void} opened something can be sent
 * @property {(text: string) => void} heard
 * @property {(problem: CarrierProblem) => void} closed once, and not after `close`
 */

/**
 * @typedef {object} Carrier
 * @property {boolean} isOpen
 * @property {boolean} endsWithHost its end is a sign that the host is gone
 * @property {RTCIceServer[]} iceServers by which this page learns its own address
 * @property {(events: CarrierEvents) => void} listen
 * @property {(text: string) => void} send
 * @property {() => void} renew this device may be in another network: what can be connected anew is
 * @property {() => void} close
 */

/** A WebSocket to the host that the page came from. @implements {Carrier} */
export class DirectCarrier {
  endsWithHost = true;
  /** The host is reached at its own addresses. @type {RTCIceServer[]} */
  iceServers = [];
  #socket;
  #closed = false;

  /** @param {string} address */
  constructor(address) {
    this.#socket = new WebSocket(address);
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** @param {CarrierEvents} events */
  listen(events) {
    this.#socket.addEventListener("open", () => {
      if (!this.#closed) events.opened();
    }, { once: true });
    this.#socket.addEventListener("message", ({ data }) => {
      if (!this.#closed && typeof data === "string") events.heard(data);
    });
    this.#socket.addEventListener("close", () => {
      if (!this.#closed) events.closed("host");
    });
  }

  /** @param {string} text */
  send(text) {
    if (this.isOpen) this.#socket.send(text);
  }

  /** One that is lost ends the attempt: the next has another. */
  renew() {}

  close() {
    this.#closed = true;
    this.#socket.close();
  }
}
