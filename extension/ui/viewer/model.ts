import { computed, effect, signal } from '@preact/signals';
import type { MediaStats } from '../../core/media/stats.ts';
import type { AppState } from '../../core/session/state.ts';
import { type About, aboutShare } from './about.ts';
import type { ViewerAction } from './keys.ts';
import { Player } from './player.ts';
import { type Phase, Watching, type WatchingOptions } from './watching.ts';

export interface ViewerOptions extends WatchingOptions {
  /** Follows the app state; null while it is unknown. Returns its unsubscribe. */
  followState(onState: (state: AppState | null) => void): () => void;
  /** Closes the page. */
  leave(): void;
}

/** What the middle of the page says; `null` when there is nothing but the picture. `waiting`: connected, but no picture yet. */
export type Scene = Exclude<Phase, 'connected'> | 'waiting' | null;

/** Statistics and the running time change once a second. */
const TICK_MS = 1_000;

/** All that the viewer page knows and can do. */
export class ViewerModel {
  readonly player = new Player();
  readonly about = signal<About | null>(null);
  readonly actualSize = signal(false);
  readonly statsShown = signal(false);
  readonly stats = signal<MediaStats | null>(null);
  readonly nowMs = signal(Date.now());
  readonly scene = computed<Scene>(() => {
    const phase = this.#watching.phase.value;
    if (phase !== 'connected') return phase;
    return this.player.size.value ? null : 'waiting';
  });
  /** Whether the share is still going on, as far as this page knows. */
  readonly isLive = computed(() => {
    const phase = this.#watching.phase.value;
    return phase === 'connected' || phase === 'reconnecting';
  });
  readonly #watching: Watching;
  readonly #leave: () => void;
  readonly #stops: readonly (() => void)[];

  constructor(options: ViewerOptions) {
    this.#watching = new Watching(options);
    this.#leave = options.leave;
    const timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#stops = [
      () => clearInterval(timer),
      options.followState((state) => {
        if (!state) return;
        this.about.value = aboutShare(state, options.peerId, options.shareId, this.about.value);
        this.#watching.setShareKnown(this.about.value?.isKnown ?? false);
      }),
    ];
  }

  /** Takes charge of the page's video element. Returns the function that lets it go. */
  attach(video: HTMLVideoElement): () => void {
    const detach = this.player.attach(video);
    const unfollow = effect(() => void this.player.show(this.#watching.stream.value));
    return () => {
      unfollow();
      detach();
    };
  }

  do(action: ViewerAction): void {
    const { player } = this;
    switch (action) {
      case 'full-screen':
        return void player.toggleFullScreen();
      case 'picture-in-picture':
        return void player.togglePictureInPicture();
      case 'mute':
        return player.toggleMute();
      case 'louder':
        return player.louder();
      case 'quieter':
        return player.quieter();
      case 'fit':
        this.actualSize.value = false;
        return;
      case 'actual-size':
        this.actualSize.value = true;
        return;
      case 'statistics':
        return this.#toggleStats();
    }
  }

  /** Watches again, here: after another window took over, or after a failure. */
  watchAgain(): void {
    this.#watching.again();
  }

  leave(): void {
    this.#leave();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#watching.close();
  }

  #toggleStats(): void {
    this.statsShown.value = !this.statsShown.value;
    void this.#tick();
  }

  async #tick(): Promise<void> {
    this.nowMs.value = Date.now();
    if (this.statsShown.value) this.stats.value = await this.#watching.stats();
  }
}
