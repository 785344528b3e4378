import { render } from 'preact';
import * as v from 'valibot';
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { ItemId, PeerId } from '../core/shared/schemas.ts';
import { followState } from '../messaging/feed.ts';
import { openViewerPort } from '../messaging/viewer-port.ts';
import { ViewMemory } from '../ui/models/view-memory.ts';
import { ViewerModel } from '../ui/viewer/model.ts';
import { saveToDownloads } from '../ui/viewer/save.ts';
import { Viewer } from '../ui/viewer/viewer.tsx';
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import '../ui/styles/buttons.css';
import '../ui/styles/peer.css';
import '../ui/viewer/viewer.css';

/** An offscreen document that is there says its first word within a few milliseconds. */
const NO_WORD_MS = 50;

const Address = v.object({ peer: PeerId, share: ItemId });

export default defineUnlistedScript(() => {
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
  const draw = () => {
    const root = document.getElementById('root');
    if (root && !root.hasChildNodes()) render(<Viewer model={model} />, root);
  };
  // The sharer's offer comes right behind the first word, and its answer takes as long as drawing the page does: both at once, then.
  const stopListening = port.onMessage(() => {
    stopListening();
    setTimeout(draw);
  });
  setTimeout(draw, NO_WORD_MS);
});
