import { afterEach, expect, test, vi } from 'vitest';
import { captureTab, pickSource } from '../../extension/core/media/capture.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A browser that captures when it is told to, and a clock that strikes when it is told to. */
function stage() {
  const clock = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal);
  const track = { kind: 'video', stop: vi.fn() };
  let start = (): void => undefined;
  const capture = () =>
    new Promise((resolve) => {
      start = () => resolve({ getTracks: () => [track] });
    });
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: capture, getDisplayMedia: capture } });
  const strike = () => clock.abort(new DOMException('too long', 'TimeoutError'));
  return { track, strike, start: () => start() };
}

const WAYS = { 'a tab': (signal?: AbortSignal) => captureTab('id', signal), 'a choice': pickSource } as const;

for (const [name, capture] of Object.entries(WAYS)) {
  test(`${name} that was captured in time goes on when the time limit has passed`, async () => {
    const { track, strike, start } = stage();
    const capturing = capture();
    start();
    await capturing;
    strike();
    // Whatever the limit would do, it does in a few turns.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(track.stop).not.toHaveBeenCalled();
  });

  test(`${name} that comes too late is stopped`, async () => {
    const { track, strike, start } = stage();
    const capturing = capture();
    strike();
    await expect(capturing).rejects.toMatchObject({ code: 'timed-out' });
    start();
    await vi.waitFor(() => expect(track.stop).toHaveBeenCalledOnce());
  });
}
