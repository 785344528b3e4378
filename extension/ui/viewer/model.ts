import { computed, effect, signal, untracked } from '@preact/signals';
import { PictureDelay } from '../../core/media/delay.ts';
import type { MediaStats } from '../../core/media/stats.ts';
import type { ShareEnd, ShareTrouble } from '../../core/protocol/messages.ts';
import type { AppState, Connection } from '../../core/session/state.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';
import { isOlder } from '../../core/shared/time.ts';
import { type About, aboutShare } from './about.ts';
import type { Point } from './geometry.ts';
import type { Keyed, ViewerAction } from './keys.ts';
import { Microphone } from './microphone.ts';
import { Player } from './player.ts';
import { Pointing } from './pointing.ts';
import { Said } from './said.ts';
import { pictureAsPng, Still, stillName } from './still.ts';
import { type Phase, Watching, type WatchingOptions } from './watching.ts';
import { Zoom } from './zoom.ts';

export interface ViewerOptions extends WatchingOptions {
  /** Follows the app state; null while it is unknown. Returns its unsubscribe. */
  followState(onState: (state: AppState | null) => void): () => void;
  /** Whether letters, digits and signs alone are shortcuts; the person may have switched them off. */
  hasLetters(): boolean;
  /** Saves a file of this name to Downloads. */
  save(file: Blob, name: string): void;
  /** Opens a page of the web beside this one. */
  openPage(url: string): void;
  /** Closes the page. */
  leave(): void;
}

/** What the middle of the page says; `null` when there is nothing but the picture. `waiting`: connected, but no picture yet. */
export type Scene = Exclude<Phase, 'connected'> | 'waiting' | 'paused' | null;

/** `latencyMs`: from the capture of a picture there to its showing here. */
export interface ViewerStats extends MediaStats {
  readonly latencyMs: number | null;
}

/** Statistics and the running time change once a second. */
const TICK_MS = 1_000;
/** How often the picture's own path is looked at while nobody looks at the statistics. */
const WAY_EVERY_MS = 5_000;
/** CSS pixels of the picture that one press of an arrow brings in. */
const LOOK_STEP = 80;

/** All that the viewer page knows and can do. */
export class ViewerModel implements Keyed {
  readonly player = new Player();
  readonly zoom = new Zoom(() => this.player.size.value);
  readonly still = new Still();
  readonly pointing = new Pointing((message) => this.#watching.tell(message));
  readonly microphone = new Microphone((track) => this.#watching.setVoice(track));
  readonly said = new Said();
  readonly about = signal<About | null>(null);
  readonly statsShown = signal(false);
  readonly stats = signal<ViewerStats | null>(null);
  readonly nowMs = signal(Date.now());
  /** How the picture comes here, which has a connection of its own; the session's way until that is known. */
  readonly connection = computed<Connection | null>(() => {
    const connection = this.about.value?.connection ?? null;
    // While the picture's path is lost no other is named.
    if (this.scene.value === 'reconnecting') return connection && suspect(connection);
    const way = this.isLive.value ? this.#way.value : null;
    return way?.path ? { state: 'connected', path: way.path, rttMs: way.rttMs } : connection;
  });
  readonly scene = computed<Scene>(() => {
    const phase = this.#watching.phase.value;
    if (phase !== 'connected') return phase;
    if (this.about.value?.pause) return 'paused';
    return this.player.size.value ? null : 'waiting';
  });
  /** Whether the share is still going on, as far as this page knows. */
  readonly isLive = computed(() => {
    const phase = this.#watching.phase.value;
    return phase === 'connected' || phase === 'reconnecting';
  });
  readonly peerVoiceOn = computed(() => this.#watching.voice.value !== null);
  /** Whether there is something to hear. */
  readonly hasSound = computed(() => (this.about.value?.hasAudio ?? true) || this.peerVoiceOn.value);
  readonly canPoint = computed(() => this.isLive.value && (this.about.value?.pointing ?? false));
  /** What is wrong with the picture, until the person has taken note of it. */
  readonly trouble = computed<ShareTrouble | null>(() => {
    const trouble = this.about.value?.trouble ?? null;
    if (trouble === null || this.#notedTroubles.value.has(trouble)) return null;
    // What brings nothing new has perhaps not brought a first picture either.
    const isSeen = this.scene.value === null || (this.scene.value === 'waiting' && trouble === 'frozen');
    return isSeen ? trouble : null;
  });
  readonly #delay = new PictureDelay();
  readonly #notedTroubles = signal<ReadonlySet<ShareTrouble>>(new Set());
  readonly #options: ViewerOptions;
  readonly #watching: Watching;
  readonly #stops: readonly (() => void)[];
  readonly #way = signal<Pick<MediaStats, 'path' | 'rttMs'> | null>(null);
  #wayAtMs = Number.NEGATIVE_INFINITY;
  #clockShown = true;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#watching = new Watching(options);
    const timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#stops = [
      () => clearInterval(timer),
      options.followState((state) => {
        if (!state) return;
        this.about.value = aboutShare(state, options.peerId, options.shareId, this.about.value);
        // The next one is told again; that a film is protected stays known.
        const noted = this.#notedTroubles.value;
        if (!this.about.value?.trouble && noted.size > 0)
          this.#notedTroubles.value = new Set(noted.has('protected') ? ['protected'] : []);
        this.#watching.setShareKnown(this.about.value?.isKnown ?? false);
        this.#watching.setReached(this.about.value?.connection.state === 'connected');
      }),
      this.#watching.still.subscribe((still) => void this.still.show(still)),
      // Nobody is left to point for, or to speak to.
      effect(() => {
        if (!this.canPoint.value) untracked(() => this.pointing.stop());
      }),
      effect(() => {
        if (!this.isLive.value) untracked(() => this.microphone.stop());
      }),
    ];
  }

  get isPointing(): boolean {
    return this.pointing.isOn.value;
  }

  get hasLetters(): boolean {
    return this.#options.hasLetters();
  }

  /** The letter, digit or sign that does something here; null where the person has switched them off. */
  letterKey(key: string): string | null {
    return this.hasLetters ? key : null;
  }

  /** Why it is over, in the scene `ended`. */
  get end(): ShareEnd {
    return this.#watching.end.value;
  }

  /** What went wrong, in the scene `failed`. */
  get problem(): ErrorCode {
    return this.#watching.problem.value;
  }

  /** Takes charge of what plays share and voice, and of the box that the picture lies in. Returns the function that lets them go. */
  attach(box: HTMLElement, video: HTMLVideoElement, voice: HTMLAudioElement): () => void {
    const stops = [
      this.player.attach(video, voice),
      this.zoom.attach(box),
      this.#watching.stream.subscribe((stream) => void this.player.show(stream)),
      this.#watching.voice.subscribe((stream) => this.player.hear(stream)),
    ];
    return () => {
      for (const stop of stops.reverse()) stop();
    };
  }

  do(action: ViewerAction): void {
    const { player, zoom } = this;
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
        return zoom.fit();
      case 'actual-size':
        return zoom.actualSize();
      case 'zoom-in':
        return zoom.zoomIn();
      case 'zoom-out':
        return zoom.zoomOut();
      case 'point':
        return this.#togglePointing();
      case 'save-still':
        return void this.#saveStill();
      case 'statistics':
        return this.#toggleStats();
      case 'voice':
        return this.isLive.value ? this.microphone.toggle() : undefined;
      case 'open-page':
        return this.#openPage();
      case 'escape':
        return this.#stepBack();
    }
  }

  step(direction: Point): void {
    this.pointing.step(direction);
  }

  click(): void {
    this.pointing.click();
  }

  look({ x, y }: Point): void {
    this.zoom.pan({ x: -x * LOOK_STEP, y: -y * LOOK_STEP });
  }

  /** Whether the running time can be seen: a page that nothing changes on costs nothing. */
  showClock(shown: boolean): void {
    this.#clockShown = shown;
    if (shown) void this.#tick();
  }

  noteTrouble(): void {
    const { value: trouble } = this.trouble;
    if (trouble) this.#notedTroubles.value = new Set(this.#notedTroubles.value).add(trouble);
  }

  /** Watches again, here: after another window took over, or after a failure. */
  watchAgain(): void {
    this.#watching.again();
  }

  leave(): void {
    this.#options.leave();
  }

  close(): void {
    this.pointing.stop();
    this.microphone.stop();
    this.#delay.stop();
    for (const stop of this.#stops) stop();
    this.#watching.close();
  }

  #togglePointing(): void {
    if (this.isPointing) this.pointing.stop();
    else if (this.canPoint.value) this.pointing.start();
  }

  async #saveStill(): Promise<void> {
    const picture = this.still.image.value ?? this.player.video;
    if (!picture) return;
    const name = stillName(this.about.value?.title ?? '', new Date());
    this.#options.save(await pictureAsPng(picture), name);
    this.said.say({ what: 'still-saved', name });
  }

  #openPage(): void {
    const page = this.about.value?.page;
    if (page) this.#options.openPage(page);
  }

  #stepBack(): void {
    if (this.isPointing) this.pointing.stop();
    else if (this.said.now.value) this.said.hush();
    else if (this.statsShown.value) this.#toggleStats();
    else this.zoom.fit();
  }

  #toggleStats(): void {
    this.statsShown.value = !this.statsShown.value;
    if (!this.statsShown.value) this.#delay.stop();
    void this.#tick();
  }

  async #tick(): Promise<void> {
    if (this.#clockShown) this.nowMs.value = Date.now();
    if (!this.statsShown.value) return this.#lookAtWay();
    const { video } = this.player;
    if (video) this.#delay.follow(video);
    const stats = await this.#watching.stats();
    this.stats.value = stats && { ...stats, latencyMs: this.#delay.read(stats.rttMs) };
    this.#way.value = stats;
  }

  async #lookAtWay(): Promise<void> {
    // Of another connection it may be another.
    if (this.#watching.phase.value !== 'connected') this.#wayAtMs = Number.NEGATIVE_INFINITY;
    // Nobody sees it, or it is known well enough.
    else if (this.#clockShown && !document.hidden && isOlder(this.#wayAtMs, WAY_EVERY_MS)) {
      this.#wayAtMs = performance.now();
      this.#way.value = await this.#watching.stats();
    }
  }
}

function suspect(connection: Connection): Connection {
  return connection.state === 'connected' ? { ...connection, isSuspect: true } : connection;
}
