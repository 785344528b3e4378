import { browser } from 'wxt/browser';

/** After five minutes without mouse or keyboard a person is away. */
const AWAY_AFTER_S = 5 * 60;

/** Calls when the person goes away or comes back. Once, in the worker's first task. */
export function watchIdle(listener: (idle: boolean) => void): void {
  browser.idle.setDetectionInterval(AWAY_AFTER_S);
  browser.idle.onStateChanged.addListener((state) => listener(state !== 'active'));
}
