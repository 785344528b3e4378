import { t } from '../text.ts';
import type { About } from './about.ts';

/** What is shown, by whom: "Bob’s tab". */
export function sourceTitle(about: About | null): string {
  const name = about?.peerName ?? t('viewer_somebody');
  switch (about?.source) {
    case 'window':
      return t('viewer_title_window', name);
    case 'screen':
      return t('viewer_title_screen', name);
    default:
      return t('viewer_title', name);
  }
}
