/** Runs in the browser: two real connections that negotiate with each other over a wire which the test holds. */
import { Negotiation } from '../../../extension/core/media/negotiation.ts';
import type { Signal } from '../../../extension/core/protocol/messages.ts';

declare global {
  var lab: typeof api;
}

export interface End {
  readonly connection: RTCPeerConnection;
  readonly negotiation: Negotiation;
  readonly errors: string[];
  /** All that this end has sent. */
  readonly sent: Signal[];
  /** Kinds of the tracks that came from the other end. */
  readonly tracks: string[];
}

/** Says what reaches the other end, in its place and order, when `from` sends this. */
type Wire = (signal: Signal, from: 'polite' | 'impolite') => Signal[];

const WAIT_MS = 60_000;

const api = {
  pair(wire: Wire = (signal) => [signal]): { polite: End; impolite: End } {
    const polite: End = end('polite', () => impolite);
    const impolite: End = end('impolite', () => polite);
    return { polite, impolite };

    function end(name: 'polite' | 'impolite', other: () => End): End {
      const connection = new RTCPeerConnection();
      const errors: string[] = [];
      const sent: Signal[] = [];
      const tracks: string[] = [];
      const negotiation = new Negotiation({
        connection,
        polite: name === 'polite',
        onError: (error) => errors.push(error.code),
        send: (signal) => {
          sent.push(signal);
          for (const arriving of wire(signal, name)) setTimeout(() => void other().negotiation.receive(arriving));
        },
      });
      connection.addEventListener('track', ({ track }) => tracks.push(track.kind));
      return { connection, negotiation, errors, sent, tracks };
    }
  },

  /** Waits until both are connected and neither waits for an answer, and whatever else must be true. */
  settled({ polite, impolite }: { polite: End; impolite: End }, also: () => boolean = () => true): Promise<void> {
    const ends = [polite, impolite];
    return new Promise((resolve, reject) => {
      const describe = () =>
        ends.map(({ connection, errors }) => `${connection.signalingState} ${connection.connectionState} ${errors}`);
      const timer = setTimeout(() => reject(new Error(describe().join(', '))), WAIT_MS);
      const look = () => {
        const calm = ends.every(
          ({ connection }) => connection.signalingState === 'stable' && connection.connectionState === 'connected',
        );
        if (!calm || !also()) return;
        clearTimeout(timer);
        resolve();
      };
      for (const { connection } of ends) {
        for (const event of ['connectionstatechange', 'signalingstatechange', 'track'])
          connection.addEventListener(event, look);
      }
      look();
    });
  },

  /** Name of the path (ICE user fragment) that this end speaks on, and the one it believes the other to speak on. */
  paths({ connection }: End): { mine: string | undefined; theirs: string | undefined } {
    const ufrag = (description: RTCSessionDescription | null) => /a=ice-ufrag:(\S+)/.exec(description?.sdp ?? '')?.[1];
    return { mine: ufrag(connection.localDescription), theirs: ufrag(connection.remoteDescription) };
  },
};

globalThis.lab = api;
