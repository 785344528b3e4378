import { useEffect } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { useModel } from './model-context.ts';

/** Tells that the peer's messages were read: while the end of its timeline is on a screen that somebody can see. */
export function useReading(peer: PeerState, isAtEnd: boolean): void {
  const model = useModel();
  const { id, unread } = peer;
  useEffect(() => {
    if (!isAtEnd || unread === 0) return;
    const read = () => {
      if (document.visibilityState === 'visible' && model.peer.value?.id === id) model.read();
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [model, id, unread, isAtEnd]);
}
