/** What `errorCode` of an `icecandidateerror` is where a server didn't answer at all. */
export const NO_ANSWER = 701;

/** Which ways of reaching this browser its connection has found (RFC 8445). */
export class LocalCandidates {
  /** Resolves once all are found and none could carry a link: no UDP, no TURN. Never otherwise. */
  readonly exhausted: Promise<void>;
  #count = 0;
  #usable = 0;
  #beyondNetwork = 0;
  #isComplete = false;
  #isUnanswered = false;

  constructor(connection: RTCPeerConnection) {
    this.exhausted = new Promise((resolve) => {
      const look = () => {
        this.#isComplete = connection.iceGatheringState === 'complete';
        if (this.#isComplete && this.#usable === 0) resolve();
      };
      connection.addEventListener('icecandidate', ({ candidate }) => {
        if (!candidate?.candidate) return;
        this.#count += 1;
        if (candidate.protocol === 'udp' || candidate.type === 'relay') this.#usable += 1;
        if (candidate.type === 'srflx' || candidate.type === 'relay') this.#beyondNetwork += 1;
      });
      connection.addEventListener('icecandidateerror', ({ errorCode }) => {
        if (errorCode === NO_ANSWER) this.#isUnanswered = true;
      });
      connection.addEventListener('icegatheringstatechange', look);
    });
  }

  /** All were looked for and there is none at all: the browser isn't allowed any. */
  get isNone(): boolean {
    return this.#isComplete && this.#count === 0;
  }

  /**
   * STUN or TURN servers were asked and none has answered. That no candidate came of it isn't enough: one that names an address which
   * the computer has itself, since there is no NAT before it, is left out.
   */
  get isLocal(): boolean {
    return this.#beyondNetwork === 0 && (this.#isUnanswered || !this.#isComplete);
  }
}
