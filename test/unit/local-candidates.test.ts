import { describe, expect, test } from 'vitest';
import { LocalCandidates } from '../../extension/core/link/local-candidates.ts';

/** What a browser tells while it looks for its own addresses. */
class Gathering extends EventTarget {
  iceGatheringState: RTCIceGatheringState = 'gathering';
  readonly found = new LocalCandidates(this as unknown as RTCPeerConnection);

  candidate(type: RTCIceCandidateType): this {
    return this.#tell('icecandidate', { candidate: { candidate: 'candidate:…', protocol: 'udp', type } });
  }

  error(errorCode: number): this {
    return this.#tell('icecandidateerror', { errorCode });
  }

  complete(): this {
    this.iceGatheringState = 'complete';
    return this.#tell('icegatheringstatechange', {});
  }

  #tell(type: string, what: object): this {
    this.dispatchEvent(Object.assign(new Event(type), what));
    return this;
  }
}

describe('whether nothing beyond the local network has answered', () => {
  test('not where the computer has a public address, of which STUN makes no candidate', () => {
    expect(new Gathering().candidate('host').complete().found.isLocal).toBe(false);
  });

  test('not where STUN has answered behind one of two networks', () => {
    expect(new Gathering().candidate('host').error(701).candidate('srflx').complete().found.isLocal).toBe(false);
  });

  test('not where TURN has answered with a refusal', () => {
    expect(new Gathering().candidate('host').error(401).complete().found.isLocal).toBe(false);
  });

  test('where STUN was given up', () => {
    expect(new Gathering().candidate('host').error(701).complete().found.isLocal).toBe(true);
  });

  test('while it is still waited for', () => {
    expect(new Gathering().candidate('host').found.isLocal).toBe(true);
  });
});
