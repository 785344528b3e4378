import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { moment } from '../models/format.ts';
import { shareTo } from '../models/live-text.ts';
import { partedBy } from '../models/parted.ts';
import { attentionCount } from '../models/timeline.ts';
import { t } from '../text.ts';
import { AskButton } from './ask-button.tsx';
import { Avatar } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { useModel } from './model-context.ts';
import { MoreMenu } from './more-menu.tsx';
import { PathButton } from './path-badge.tsx';

/** Who, how the two are connected, and everything else. */
export function PeerBar({ peer }: { peer: PeerState }) {
  const hasPath = peer.connection.state !== 'offline' && partedBy(peer) === null;
  return (
    <header class="bar">
      <PeerSwitcher peer={peer} />
      {hasPath && <PathButton connection={peer.connection} />}
      {peer.connection.state === 'connected' && <AskButton peer={peer} />}
      <MoreMenu peer={peer} />
    </header>
  );
}

function PeerSwitcher({ peer }: { peer: PeerState }) {
  const model = useModel();
  const { peers = [], incomingShares = [], asks = [] } = model.state.value ?? {};
  const open = { incomingShares, asks };
  const others = peers.filter(({ id }) => id !== peer.id);
  const isWanted = others.some((other) => attentionCount(other, open) > 0);
  const name = nameOf(peer);
  const presence = presenceText(peer);
  const trigger = (
    <button
      type="button"
      class="peer"
      aria-haspopup="menu"
      aria-expanded={model.overlay.value === 'peers'}
      aria-label={t(isWanted ? 'peer_chip_unread' : 'peer_chip', name, presence)}
      onClick={() => model.toggle('peers')}
    >
      <Avatar peer={peer} />
      <span class="who">
        <b>
          <bdi class="cut">{lineText(peer.name)}</bdi>
          <Icon name="down" small />
          {isWanted && <span class="unread-dot" />}
        </b>
        <PeerLine peer={peer} />
      </span>
    </button>
  );
  return (
    <Menu overlay="peers" label={t('peers_label')} trigger={trigger} corner="start">
      {peers.map((other) => {
        const count = attentionCount(other, open);
        return (
          <button
            key={other.id}
            type="button"
            class="menu-item"
            role="menuitemradio"
            aria-checked={other.id === peer.id}
            tabIndex={-1}
            onClick={() => model.select(other.id)}
          >
            <Avatar peer={other} />
            <span class="who">
              <b class="cut">
                <bdi>{lineText(other.name)}</bdi>
              </b>
              <small>{presenceText(other)}</small>
            </span>
            {count > 0 && (
              <span class="count" role="img" aria-label={t('unread', String(count))}>
                {count}
              </span>
            )}
          </button>
        );
      })}
      <MenuItem onSelect={() => model.pairAnother()}>
        <span class="thumb small" aria-hidden="true">
          <Icon name="plus" small />
        </span>
        {t('menu_pair_another')}
      </MenuItem>
    </Menu>
  );
}

function PeerLine({ peer }: { peer: PeerState }) {
  const model = useModel();
  const share = shareTo(model.state.value, peer.id);
  if (share?.status === 'live' && peer.connection.state === 'connected')
    return <small class="cut">{t(`live_watching_${share.source}`)}</small>;
  if (peer.blocked || peer.presence !== 'offline' || peer.lastSeenAt === null)
    return <small>{presenceText(peer)}</small>;
  return <small class="cut">{t('last_seen', moment(peer.lastSeenAt, Date.now()))}</small>;
}

function presenceText(peer: PeerState): string {
  return t(peer.blocked ? 'blocked' : peer.presence);
}
