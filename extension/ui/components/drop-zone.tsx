import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { t } from '../text.ts';
import { useModel } from './model-context.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Files may be dropped anywhere on the peer's screen: a second way to what "Send a file" does. */
export function DropZone({ peer, children }: { peer: PeerState; children: ComponentChildren }) {
  const { sending } = useModel();
  const zone = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const { current } = zone;
    if (!current) return;
    const listening = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      current.addEventListener(type, listener, { signal: listening.signal });
    on('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && current.contains(relatedTarget))) setOver(false);
    });
    on('drop', (event) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      sending.files(peer.id, [...(event.dataTransfer?.files ?? [])]);
    });
    return () => listening.abort();
  }, [sending, peer.id]);
  return (
    <div class="screen" ref={zone}>
      {children}
      {isOver && (
        <p class="drop" aria-hidden="true">
          {t('drop_files', nameOf(peer))}
        </p>
      )}
    </div>
  );
}
