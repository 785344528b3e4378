import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { WatcherOptions } from '../../extension/core/media/watcher.ts';
import { AppError, type ErrorCode } from '../../extension/core/shared/errors.ts';
import type { ViewerDown, ViewerUp } from '../../extension/messaging/viewer-messages.ts';

/** The connections that were made, without any. */
const { watchers, FakeWatcher } = vi.hoisted(() => {
  class FakeWatcher {
    static isForbidden = false;
    readonly options: WatcherOptions;
    isClosed = false;

    constructor(options: WatcherOptions) {
      if (FakeWatcher.isForbidden) throw new ReferenceError('RTCPeerConnection is not defined');
      this.options = options;
      watchers.push(this);
    }

    receive = async () => {};
    tell = () => {};
    setVoice = () => {};
    close = () => {
      this.isClosed = true;
    };
  }
  const watchers: FakeWatcher[] = [];
  return { watchers, FakeWatcher };
});
vi.mock('../../extension/core/media/watcher.ts', () => ({ Watcher: FakeWatcher }));
const { Watching } = await import('../../extension/ui/viewer/watching.ts');

let sent: ViewerUp[];
let say: (message: ViewerDown) => void;
let watching: InstanceType<typeof Watching>;
beforeEach(() => {
  vi.useFakeTimers();
  watchers.length = 0;
  sent = [];
  watching = new Watching({
    port: {
      send: (message) => void sent.push(message),
      setMicrophone: () => {},
      onMessage: (listener) => {
        say = listener;
        return () => {};
      },
      onClose: () => () => {},
    },
    peerId: 'A'.repeat(22),
    shareId: 's'.repeat(22),
  });
  watching.setShareKnown(true);
  watching.setReached(true);
  ready();
  return () => {
    watching.close();
    vi.useRealTimers();
  };
});

const ready = () => say({ type: 'ready', iceServers: [] });
const newest = () => watchers.at(-1)?.options;
const connects = () => newest()?.onState('connected');
const fails = (code: ErrorCode) => newest()?.onError(new AppError(code));
/** How often the page has asked by itself. */
const asked = () => sent.filter(({ type }) => type === 'watch').length;

describe('what failed here', () => {
  test('for lasting says more than that the share has ended', () => {
    fails('share-no-codec');
    say({ type: 'ended', why: 'failed' });
    expect([watching.phase.value, watching.problem.value]).toEqual(['failed', 'share-no-codec']);
  });

  test.each(['stopped', 'source-ended', 'needs-turn'] as const)('says less than that it was %s', (why) => {
    fails('share-no-codec');
    say({ type: 'ended', why });
    expect([watching.phase.value, watching.end.value]).toEqual(['ended', why]);
  });

  test('once is no more of interest when the share has ended', () => {
    fails('share-unreachable');
    say({ type: 'ended', why: 'failed' });
    expect([watching.phase.value, watching.end.value]).toEqual(['ended', 'failed']);
  });
});

describe('a page on which the picture failed', () => {
  test.each([
    ['message-invalid', ['leave']],
    ['share-no-codec', []],
  ] as const)('with %s says %j to the sharer', (code, said) => {
    fails(code);
    expect(sent.map(({ type }) => type)).toEqual(said);
  });
});

test('a page without WebRTC says what is the matter, and to the sharer that nobody watches here', () => {
  FakeWatcher.isForbidden = true;
  ready();
  FakeWatcher.isForbidden = false;
  expect([watching.phase.value, watching.problem.value]).toEqual(['failed', 'webrtc-blocked']);
  expect(sent).toEqual([{ type: 'leave' }]);
});

describe('a page that the sharer has let go of', () => {
  test('asks again at once, keeps the last picture, and is shown it again', () => {
    const stream = {} as MediaStream;
    newest()?.onStream(stream);
    connects();
    say({ type: 'dropped' });
    expect(watching.phase.value).toBe('reconnecting');
    expect(watching.stream.value).toBe(stream);
    expect(watchers[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(0);
    expect(sent).toEqual([{ type: 'watch', peerId: 'A'.repeat(22), shareId: 's'.repeat(22) }]);
    ready();
    expect(watchers).toHaveLength(2);
    connects();
    expect(watching.phase.value).toBe('connected');
  });

  test('again and again asks more and more rarely', () => {
    for (let second = 0; second < 3_600; second += 1) {
      if (watchers.at(-1)?.isClosed === false) {
        connects();
        say({ type: 'dropped' });
      }
      vi.advanceTimersByTime(1_000);
      if (watchers.length <= asked()) ready();
    }
    expect(asked()).toBeGreaterThan(10);
    expect(asked()).toBeLessThan(40);
  });

  test('after a connection that lasted asks at once', () => {
    for (const lastedMs of [0, 0, 60_000]) {
      connects();
      vi.advanceTimersByTime(lastedMs);
      say({ type: 'dropped' });
      vi.advanceTimersByTime(lastedMs === 0 ? 10_000 : 0);
      ready();
    }
    expect(asked()).toBe(3);
  });

  test.each([
    ['failed', () => fails('message-invalid')],
    ['replaced', () => say({ type: 'replaced' })],
    ['ended', () => say({ type: 'ended', why: 'stopped' })],
  ])('leaves it at that once it is %s', (phase, happens) => {
    happens();
    say({ type: 'dropped' });
    vi.advanceTimersByTime(600_000);
    expect(watching.phase.value).toBe(phase);
    expect(asked()).toBe(0);
  });
});

describe('a picture that doesn’t come although the sharer can be asked', () => {
  test('is asked for again after half a minute, then more and more rarely', () => {
    connects();
    newest()?.onState('reconnecting');
    vi.advanceTimersByTime(29_900);
    expect(asked()).toBe(0);
    vi.advanceTimersByTime(100);
    expect(asked()).toBe(1);
    ready();
    expect(watching.phase.value).toBe('reconnecting');
    for (let minute = 0; minute < 60; minute += 1) {
      vi.advanceTimersByTime(60_000);
      if (watchers.length <= asked()) ready();
    }
    expect(asked()).toBeGreaterThan(10);
    expect(asked()).toBeLessThan(30);
  });

  test('that never came is slow all the while', () => {
    vi.advanceTimersByTime(30_000);
    expect(asked()).toBe(1);
    ready();
    expect(watching.phase.value).toBe('slow');
  });

  test('is not asked for while the sharer can’t be, and has half a minute to come back by itself afterwards', () => {
    connects();
    newest()?.onState('reconnecting');
    vi.advanceTimersByTime(20_000);
    watching.setReached(false);
    vi.advanceTimersByTime(600_000);
    expect(asked()).toBe(0);
    watching.setReached(true);
    vi.advanceTimersByTime(29_900);
    expect(asked()).toBe(0);
    vi.advanceTimersByTime(100);
    expect(asked()).toBe(1);
  });

  test('that has come back is not asked for', () => {
    connects();
    newest()?.onState('reconnecting');
    vi.advanceTimersByTime(29_000);
    connects();
    vi.advanceTimersByTime(600_000);
    expect(asked()).toBe(0);
  });
});
