// Candidates that are found one after the other (RFC 8838): those of this page on their way to the host, and the host's.

/** So many lines the host takes between two offers. */
const MAX_SENT = 64;
/** Of the host's lines so many wait for its answer, and so many are remembered. */
const MAX_HEARD = 64;
/** The longest line the host takes, in bytes; a candidate is ASCII. */
const MAX_LENGTH = 512;

/** The kind and the address of a line, or null if it is none (RFC 8839, 5.1). @param {string} line */
export function parseCandidate(line) {
  const match = /^(?:a=)?candidate:\S+ \d+ (\S+) \d+ (\S+) \d+ typ (host|srflx|prflx|relay)\b/i.exec(line);
  if (!match) return null;
  const [, transport = "", address = "", kind = ""] = match;
  return { transport: transport.toLowerCase(), address, kind: kind.toLowerCase() };
}

/** Those in a session description. @param {string} sdp @returns {string[]} from `candidate:` on */
export function candidatesIn(sdp) {
  return Array.from(sdp.matchAll(/^a=(candidate:[^\r\n]*)/gm), (match) => match[1] ?? "").slice(0, MAX_HEARD);
}

/** Networks that nobody outside them reaches (RFC 6890), and names of multicast DNS. */
const INNER = /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|\[?(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1\]?$))|\.local$/i;

/** Whether an address is of use only inside its own network. @param {string} address */
export function isInner(address) {
  return INNER.test(address.replace(/^::ffff:/i, ""));
}

export class Candidates {
  #pc;
  #send;
  #sent = 0;
  /** Of the host's, before its answer is taken. @type {string[]} */
  #waiting = [];
  #taken = false;
  /** What both sides have named, up to a limit: it tells why no way was found. */
  local = /** @type {string[]} */ ([]);
  remote = /** @type {string[]} */ ([]);

  /**
   * @param {RTCPeerConnection} pc
   * @param {(line: string) => void} send tells the host one of this page's
   */
  constructor(pc, send) {
    this.#pc = pc;
    this.#send = send;
    pc.addEventListener("icecandidate", ({ candidate }) => this.#found(candidate?.candidate ?? ""));
  }

  /** An empty line says that there are no more, which nobody waits for. @param {string} line */
  #found(line) {
    // Over TCP the host listens and the page calls: the page's own end of it is no way to the page.
    if (line === "" || line.length > MAX_LENGTH || parseCandidate(line)?.transport === "tcp") return;
    if (this.#sent >= MAX_SENT) return;
    this.#sent += 1;
    if (this.local.length < MAX_SENT) this.local.push(line);
    this.#send(line);
  }

  /** Another offer was made: what comes from now on may belong to its answer. */
  offered() {
    this.#sent = 0;
    this.#taken = false;
  }

  /** The answer was taken. @param {string} sdp */
  answered(sdp) {
    this.#taken = true;
    for (const line of candidatesIn(sdp)) this.#remember(line);
    for (const line of this.#waiting.splice(0)) this.#try(line);
  }

  /** A way to the host. @param {string} line */
  heard(line) {
    if (line === "") return;
    this.#remember(line);
    if (this.#taken) this.#try(line);
    else if (this.#waiting.length < MAX_HEARD) this.#waiting.push(line);
  }

  /** @param {string} line */
  #remember(line) {
    if (this.remote.length < MAX_HEARD) this.remote.push(line);
  }

  /** One that this browser does not take is no way for it. @param {string} line */
  #try(line) {
    void this.#pc.addIceCandidate({ candidate: line, sdpMLineIndex: 0 }).catch(() => {});
  }
}
