import { browser } from 'wxt/browser';
import { within } from '../core/shared/abort.ts';

const PAGE = '/offscreen.html';
/** A cold start measured 130–240 ms; two busy cores may need more. */
const START_LIMIT_MS = 15_000;

/** Creates the one offscreen document and knows when it listens. Concurrent calls share one creation. */
export class OffscreenDocument {
  readonly #ping: () => Promise<void>;
  #ensuring: Promise<void> | null = null;
  #announced: () => void = () => {};

  /** `ping` resolves when the document answers and rejects when it doesn't. */
  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /** Resolves once the document exists and listens. @throws AppError `timed-out` */
  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensure().finally(() => {
      this.#ensuring = null;
    });
    return this.#ensuring;
  }

  /** The document says that it listens. */
  ready(): void {
    this.#announced();
  }

  async #ensure(): Promise<void> {
    const announced = new Promise<void>((resolve) => {
      this.#announced = resolve;
    });
    if (!(await exists())) await create();
    // It may have been ready long before this worker woke.
    const answered = this.#ping().catch(() => announced);
    await within(Promise.race([announced, answered]), START_LIMIT_MS, 'timed-out');
  }
}

async function exists(): Promise<boolean> {
  const contexts = await browser.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
  return contexts.length > 0;
}

async function create(): Promise<void> {
  await browser.offscreen
    .createDocument({
      url: PAGE,
      reasons: ['WEB_RTC', 'USER_MEDIA', 'BLOBS'],
      justification: 'Holds the connection to the paired browser, the capture of a shared tab, and files on their way.',
    })
    .catch(async (error: unknown) => {
      // A worker that was stopped meanwhile may have created it.
      if (!(await exists())) throw error;
    });
}
