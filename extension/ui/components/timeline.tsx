import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IncomingShare, PeerState, TimelineItem } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { dayName, daysBetween } from '../models/format.ts';
import { type Entry, isRequest, isWaiting, timelineEntries } from '../models/timeline.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { MarkLine } from './mark-line.tsx';
import { useModel } from './model-context.ts';
import { OpenShare } from './share-card.tsx';
import { TimelineItemView } from './timeline-item.tsx';
import { useReading } from './use-reading.ts';
import { WaitingItems } from './waiting-items.tsx';

/** This close to an edge counts as being there: fractions of a pixel, and a finger's tremble. */
const EDGE_PX = 24;

/** What scrolls has to scroll by keyboard too; older browsers don't see to that themselves. */
const REACHED_BY_KEYS = { tabIndex: 0 };

/** What passed between the two, newest at the bottom. It stays where the person is reading, and at the end otherwise. */
export function Timeline({ peer, items }: { peer: PeerState; items: readonly TimelineItem[] }) {
  const model = useModel();
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const isLoading = useRef(false);
  const isConnected = peer.connection.state === 'connected';
  const waiting = isConnected ? [] : items.filter(isWaiting);
  const shown = items.filter((item) => !isRequest(item) && !waiting.includes(item));
  const shares = (model.state.value?.incomingShares ?? []).filter(
    (share) => share.peerId === peer.id && share.status !== 'offered',
  );

  useReading(peer, isAtEnd);
  useLayoutEffect(() => {
    const { current } = box;
    if (current && isAtEnd) current.scrollTop = current.scrollHeight;
  });
  // Another peer, or something I sent: to the end.
  const lastMineId = items.findLast((item) => item.mine)?.id;
  useLayoutEffect(() => setAtEnd(true), [peer.id, lastMineId]);
  // At once: a report on its way would undo the scrolling that it comes after.
  useLayoutEffect(() => {
    const { current } = box;
    if (!current || !isAtEnd) return;
    const observer = new ResizeObserver(() => {
      current.scrollTop = current.scrollHeight;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [isAtEnd]);

  const loadOlder = async () => {
    const { current } = box;
    if (!current || isLoading.current) return;
    isLoading.current = true;
    const fromEnd = current.scrollHeight - current.scrollTop;
    const before = model.history.value;
    if (await model.watch(model.loadOlder())) {
      // What was on screen stays there.
      if (model.history.value !== before)
        requestAnimationFrame(() => current.scrollTo(0, current.scrollHeight - fromEnd));
    }
    isLoading.current = false;
  };
  useEffect(() => {
    const { current } = box;
    // A tall view shows all that there is without scrolling.
    if (current && current.scrollHeight <= current.clientHeight && model.history.value?.hasOlder) loadOlder();
  });
  const onScroll = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    setAtEnd(scrollHeight - clientHeight - scrollTop <= EDGE_PX);
    if (scrollTop <= EDGE_PX && model.history.value?.hasOlder) loadOlder();
  };

  return (
    <div class="timeline-box">
      <div
        class="timeline"
        ref={box}
        role="log"
        aria-label={t('timeline')}
        aria-relevant="additions"
        {...REACHED_BY_KEYS}
        onScroll={onScroll}
      >
        <div class="timeline-items">
          {timelineEntries(shown).map((entry) => (
            <EntryLine key={entry.key} entry={entry} peer={peer} />
          ))}
          {shares.map((share: IncomingShare) => (
            <OpenShare key={share.shareId} share={share} peer={peer} />
          ))}
          <WaitingItems peer={peer} items={waiting} />
          {peer.typing && <p class="mark in">{t('typing', nameOf(peer))}</p>}
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" class="btn small to-end" onClick={() => setAtEnd(true)}>
          <Icon name="down" small />
          {t('jump_to_newest')}
        </button>
      )}
    </div>
  );
}

function EntryLine({ entry, peer }: { entry: Entry; peer: PeerState }) {
  switch (entry.kind) {
    case 'day':
      return <p class="day">{dayText(entry.at)}</p>;
    case 'mark':
      return <MarkLine entry={entry} />;
    case 'item':
      return <TimelineItemView item={entry.item} peer={peer} />;
  }
}

function dayText(at: number): string {
  const now = Date.now();
  const days = daysBetween(at, now);
  return days === 0 ? t('day_today') : days === 1 ? t('day_yesterday') : dayName(at, now);
}
