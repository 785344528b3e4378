import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { AppState, Notice } from '../../core/session/state.ts';
import { AppError, type ErrorCode, errorCode } from '../../core/shared/errors.ts';
import { report } from '../../core/shared/report.ts';
import type { Backend } from './backend.ts';

/** A failure as it is shown. */
export type ShownNotice = Pick<Notice, 'id' | 'code' | 'peerId' | 'subject'>;

/** More would hide what the view is for. */
const MAX_SHOWN = 3;

/** Failures on screen: those the state tells of, and those of commands that this view gave. */
export class Notices {
  readonly shown: ReadonlySignal<readonly ShownNotice[]>;
  readonly #own = signal<readonly ShownNotice[]>([]);
  readonly #backend: Backend;
  #count = 0;

  constructor(backend: Backend, state: ReadonlySignal<AppState | null>) {
    this.#backend = backend;
    this.shown = computed(() => [...(state.value?.notices ?? []), ...this.#own.value].slice(-MAX_SHOWN));
  }

  /** Tells of a failure once, however often it happens. */
  add(code: ErrorCode, peerId: string | null = null, subject = ''): void {
    this.#count += 1;
    const others = this.#own.value.filter((notice) => notice.code !== code || notice.peerId !== peerId);
    this.#own.value = [...others, { id: `own-${this.#count}`, code, peerId, subject }];
  }

  dismiss(id: string): void {
    const own = this.#own.value.filter((notice) => notice.id !== id);
    if (own.length < this.#own.value.length) this.#own.value = own;
    else this.watch(this.#backend.askOffscreen('notice-dismiss', { id }));
  }

  /** Takes away what this view told, since the person has tried again. */
  clearOwn(): void {
    this.#own.value = [];
  }

  /** Shows it when `work` fails. Resolves with whether it went well. */
  async watch(work: Promise<unknown>, peerId: string | null = null): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) report(error);
      this.add(errorCode(error), peerId);
      return false;
    }
  }
}
