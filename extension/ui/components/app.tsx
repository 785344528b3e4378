import { useLayoutEffect } from 'preact/hooks';
import type { AppModel } from '../models/app-model.ts';
import { followKeys } from '../models/keys.ts';
import { t } from '../text.ts';
import { Announcement } from './announcement.tsx';
import { later } from './later.tsx';
import { LiveBanner } from './live-banner.tsx';
import { Loading } from './loading.tsx';
import { ModelContext } from './model-context.ts';
import { PeerScreen } from './peer-screen.tsx';

// Pairing is needed once for each peer, and a dialog seldom.
const FirstRun = later(async () => (await import('./first-run.tsx')).FirstRun);
const ShowCode = later(async () => (await import('./show-code.tsx')).ShowCode);
const Confirm = later(async () => (await import('./confirm.tsx')).Confirm);
const Confirming = later(async () => (await import('./confirming.tsx')).Confirming);
const Dialogs = later(async () => (await import('./dialogs.tsx')).Dialogs);
const EnterCode = later(async () => (await import('./enter-code.tsx')).EnterCode);

/** The whole interface of popup, side panel and window. */
export function App({ model }: { model: AppModel }) {
  useLayoutEffect(() => followKeys(model, document), [model]);
  const peer = model.peer.value;
  const screen = model.screen.value;
  return (
    <ModelContext.Provider value={model}>
      <main class="view" aria-label={screen === 'peer' ? model.peerName.value : t('name')}>
        {/* On every screen; that of a peer has it below the peer. */}
        {screen !== 'peer' && <LiveBanner isBrief={true} />}
        {screen === 'loading' && <Loading />}
        {screen === 'pair' && <FirstRun />}
        {screen === 'show-code' && <ShowCode />}
        {screen === 'confirm' && <Confirm />}
        {screen === 'enter-code' && <EnterCode />}
        {screen === 'confirming' && <Confirming />}
        {screen === 'peer' && peer && <PeerScreen peer={peer} />}
      </main>
      <Announcement />
      {model.overlay.value && <Dialogs />}
    </ModelContext.Provider>
  );
}
