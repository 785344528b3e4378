import * as v from 'valibot';
import { browser } from 'wxt/browser';
import { AppState, PeerState } from '../core/session/state.ts';
import { within } from '../core/shared/abort.ts';
import { PeerId } from '../core/shared/schemas.ts';
import { askBackground } from './ask.ts';

/** Name of the port between a view and the offscreen document. The worker never listens for it. */
export const STATE_PORT = 'state';

const { peers: _, ...rest } = AppState.entries;

/** The whole state at first, afterwards the parts that are new. `order` names all peers, `peers` the changed ones. */
export const FeedMessage = v.variant('type', [
  v.object({ type: v.literal('snapshot'), state: AppState }),
  v.object({
    type: v.literal('update'),
    change: v.partial(v.object(rest)),
    order: v.array(PeerId),
    peers: v.array(PeerState),
  }),
]);
export type FeedMessage = v.InferOutput<typeof FeedMessage>;

/** What a view says: whether a person can see it. While one can, nothing that it shows needs a notification. */
export const ViewMessage = v.object({ type: v.literal('visible'), visible: v.boolean() });
export type ViewMessage = v.InferOutput<typeof ViewMessage>;

/** What must be told to a view that knows `before`; null when nothing changed. */
export function difference(before: AppState, now: AppState): FeedMessage | null {
  const { peers, ...others } = now;
  const change = Object.fromEntries(
    Object.entries(others).filter(([key, value]) => before[key as keyof AppState] !== value),
  );
  const known = new Set(before.peers);
  const changed = peers.filter((peer) => !known.has(peer));
  const order = peers.map((peer) => peer.id);
  const sameOrder = order.length === before.peers.length && before.peers.every((peer, at) => peer.id === order[at]);
  if (Object.keys(change).length === 0 && changed.length === 0 && sameOrder) return null;
  return { type: 'update', change, order, peers: changed };
}

/** The state after a message; null when an update comes without a snapshot to apply it to. */
export function apply(before: AppState | null, message: FeedMessage): AppState | null {
  if (message.type === 'snapshot') return message.state;
  if (!before) return null;
  const byId = new Map([...before.peers, ...message.peers].map((peer) => [peer.id, peer]));
  const peers = message.order.flatMap((id) => byId.get(id) ?? []);
  return { ...before, ...(message.change as Partial<AppState>), peers };
}

/** A document that gave no snapshot by then is broken or was just closed: connect again. */
const SNAPSHOT_LIMIT_MS = 5_000;
/** A worker that doesn't answer by then keeps nobody from a document that may be there. */
const ENSURE_LIMIT_MS = 3_000;
/** Pause before connecting again, so that a failing worker isn't asked in a tight loop. */
const RECONNECT_MS = 250;

/**
 * Follows the state: creates the offscreen document if need be, connects, and connects again whenever it goes away.
 * `onState` gets null while there is no connection. Returns the unsubscribe.
 */
export function followState(onState: (state: AppState | null) => void): () => void {
  let stopped = false;
  let disconnect = () => {};

  const connect = async () => {
    await within(askBackground('ensure-offscreen', {}), ENSURE_LIMIT_MS, 'timed-out').catch(() => {});
    if (stopped) return;
    let state: AppState | null = null;
    const port = browser.runtime.connect({ name: STATE_PORT });
    const tellVisible = () => {
      const message: ViewMessage = { type: 'visible', visible: document.visibilityState === 'visible' };
      port.postMessage(message);
    };
    const stop = () => {
      clearTimeout(limit);
      document.removeEventListener('visibilitychange', tellVisible);
    };
    const again = () => {
      stop();
      disconnect = () => {};
      if (stopped) return;
      onState(null);
      const timer = setTimeout(connect, RECONNECT_MS);
      disconnect = () => clearTimeout(timer);
    };
    const limit = setTimeout(() => {
      port.disconnect();
      again();
    }, SNAPSHOT_LIMIT_MS);
    disconnect = () => {
      stop();
      port.disconnect();
    };
    port.onDisconnect.addListener(again);
    document.addEventListener('visibilitychange', tellVisible);
    tellVisible();
    port.onMessage.addListener((raw: unknown) => {
      state = apply(state, v.parse(FeedMessage, raw));
      if (!state) return;
      clearTimeout(limit);
      onState(state);
    });
  };

  void connect();
  return () => {
    stopped = true;
    disconnect();
  };
}
