import type { ErrorCode } from '../../core/shared/errors.ts';
import type { IconName } from '../components/icon.tsx';
import { errorText } from '../error-text.ts';
import { t } from '../text.ts';
import type { ViewerModel } from './model.ts';
import { isLasting } from './watching.ts';

export interface SceneText {
  /** `busy`: Pairwise is at work, and it goes on by itself. */
  readonly sign: IconName | 'busy';
  /** Something is wrong: amber, where it is only as it is: grey. */
  readonly isTrouble?: boolean;
  readonly title: string;
  readonly hint?: string;
}

/** What the middle of the page says, and what to do next; null while the picture says it all. */
export function sceneText(model: ViewerModel): SceneText | null {
  const about = model.about.value;
  const name = about?.peerName ?? t('viewer_somebody');
  switch (model.scene.value) {
    case null:
      return null;
    case 'connecting':
      return { sign: 'busy', title: t('viewer_connecting', name) };
    case 'slow':
      return { sign: 'busy', title: t('viewer_slow', name), hint: t('viewer_slow_hint') };
    case 'waiting':
      return { sign: 'busy', title: t('viewer_waiting') };
    case 'paused':
      return { sign: 'pause', title: t('viewer_paused', name), hint: pauseHint(model, name) };
    case 'reconnecting':
      return { sign: 'busy', title: t('viewer_reconnecting'), hint: t('viewer_reconnecting_hint') };
    case 'ended':
      // A share that this device has never heard of has no name to blame.
      return about ? endText(model, name) : { sign: 'tab', title: t('viewer_over') };
    case 'replaced':
      return { sign: 'window', title: t('viewer_replaced'), hint: t('viewer_replaced_hint') };
    case 'failed':
      return trouble('warning', t('viewer_failed'), failureHint(model.problem, name));
  }
}

function pauseHint(model: ViewerModel, name: string): string {
  switch (model.about.value?.pause) {
    case 'password':
      return t('viewer_paused_password', name);
    case 'navigation':
      return t('viewer_paused_navigation', name);
    default:
      return t(model.player.size.value ? 'viewer_paused_person' : 'viewer_paused_unseen', name);
  }
}

function failureHint(problem: ErrorCode, name: string): string {
  return isLasting(problem) ? errorText(problem, name) : t('viewer_failed_hint', name);
}

function trouble(sign: IconName, title: string, hint: string): SceneText {
  return { sign, isTrouble: true, title, hint };
}

function endText(model: ViewerModel, name: string): SceneText {
  const sign = model.about.value?.source ?? 'tab';
  switch (model.end) {
    case 'stopped':
      return { sign, title: t('viewer_ended', name) };
    case 'failed':
      return trouble('warning', t('viewer_ended_failed'), t('viewer_ended_failed_hint', name));
    case 'needs-turn':
      return trouble('relay', t('viewer_ended_needs_turn'), errorText('share-needs-turn', name));
    case 'source-ended':
      return { sign, title: goneText(model, name) };
  }
}

/** A window or screen was chosen in the browser's dialog: whether it has gone or was ended in the browser's own bar nobody can tell. */
function goneText(model: ViewerModel, name: string): string {
  return t(model.about.value?.source === 'tab' ? 'viewer_ended_tab' : 'viewer_ended_source', name);
}
