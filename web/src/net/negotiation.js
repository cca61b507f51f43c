// Offers, answers and candidates of one peer connection (RFC 9429), by whatever carries them.

import { Candidates } from "./candidates.js";
import { candidateMessage, restartMessage } from "./protocol.js";
import { withStereoOpus } from "./sdp.js";

/** @typedef {import("./protocol.js").Welcome} Welcome */

export class Negotiation {
  #pc;
  #servers;
  #send;
  /** The first offer, as the browser made it. */
  #offer = "";
  /** A restart that the host has not answered. */
  #restarting = false;
  /** How many servers this page could ask for its own address. */
  servers = 0;
  candidates;

  /**
   * @param {RTCPeerConnection} pc
   * @param {RTCIceServer[]} servers that the page knows
   * @param {(message: string) => void} send by the carrier
   */
  constructor(pc, servers, send) {
    this.#pc = pc;
    this.#servers = servers;
    this.#send = send;
    this.candidates = new Candidates(pc, (line) => send(candidateMessage(line)));
  }

  /** The first offer. The browser looks for ways only once the host has answered, and has named the servers that help. */
  async offer() {
    this.#offer = (await this.#pc.createOffer()).sdp ?? "";
    return withStereoOpus(this.#offer);
  }

  /** The host lets this page in. Fails if the browser does not take its answer. @param {Welcome} welcome */
  async accept(welcome) {
    if (!this.#use([...this.#servers, ...welcome.ice])) this.#use(this.#servers);
    await this.#setOffer(this.#offer);
    await this.#setAnswer(welcome.sdp);
  }

  /** @param {RTCIceServer[]} iceServers @returns {boolean} false: this browser does not take them, and there may be a way without */
  #use(iceServers) {
    if (iceServers.length === 0) return true;
    try {
      this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
      this.servers = iceServers.length;
      return true;
    } catch {
      return false;
    }
  }

  /** Looks for another way to the same host; channels and media stay (RFC 8445, 2.4). */
  async restart() {
    if (this.#restarting || this.#pc.signalingState !== "stable") return;
    this.#restarting = true;
    const { sdp = "" } = await this.#pc.createOffer({ iceRestart: true });
    // Before the candidates that it brings about.
    this.candidates.offered();
    this.#send(restartMessage(withStereoOpus(sdp)));
    await this.#setOffer(sdp);
  }

  /** The answer to it. One that nobody waits for is passed over. @param {string} sdp */
  async restarted(sdp) {
    if (!this.#restarting || this.#pc.signalingState !== "have-local-offer") return;
    this.#restarting = false;
    await this.#setAnswer(sdp);
  }

  /** @param {string} sdp */
  async #setOffer(sdp) {
    try {
      await this.#pc.setLocalDescription({ type: "offer", sdp: withStereoOpus(sdp) });
    } catch {
      // A browser that does not let its offer be changed still plays, perhaps in mono.
      await this.#pc.setLocalDescription({ type: "offer", sdp });
    }
  }

  /** @param {string} sdp */
  async #setAnswer(sdp) {
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    this.candidates.answered(sdp);
  }
}
