import { render } from 'preact';
import * as v from 'valibot';
import { ItemId, PeerId } from '../../core/shared/schemas.ts';
import { followState } from '../../messaging/feed.ts';
import { openViewerPort } from '../../messaging/viewer-port.ts';
import { ViewMemory } from '../../ui/models/view-memory.ts';
import { ViewerModel } from '../../ui/viewer/model.ts';
import { saveToDownloads } from '../../ui/viewer/save.ts';
import { Viewer } from '../../ui/viewer/viewer.tsx';
import '../../ui/styles/tokens.css';
import '../../ui/styles/base.css';
import '../../ui/styles/buttons.css';
import '../../ui/styles/peer.css';
import '../../ui/viewer/viewer.css';

const Address = v.object({ peer: PeerId, share: ItemId });

const { peer: peerId, share: shareId } = v.parse(Address, Object.fromEntries(new URLSearchParams(location.search)));
const port = openViewerPort(peerId, shareId);
const memory = new ViewMemory(localStorage);
const model = new ViewerModel({
  port,
  peerId,
  shareId,
  followState,
  hasLetters: () => memory.hasLetterShortcuts,
  save: saveToDownloads,
  openPage: (url) => void window.open(url, '_blank', 'noreferrer'),
  leave: () => window.close(),
});
// The sharer learns at once that nobody watches any more.
addEventListener('pagehide', () => {
  model.close();
  port.close();
});
const root = document.getElementById('root');
if (root) render(<Viewer model={model} />, root);
