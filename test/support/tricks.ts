import type { PopupUser } from './popup-user.ts';

/* What no honest person can do: done inside the offscreen document of the one it is told of. */

/** The next message on any data channel is replaced by these bytes. */
export async function sendInstead(who: PopupUser, bytes: Uint8Array): Promise<void> {
  const offscreen = await who.browser.offscreen();
  await offscreen.evaluate(
    (values) => {
      const { send } = RTCDataChannel.prototype;
      RTCDataChannel.prototype.send = function () {
        RTCDataChannel.prototype.send = send;
        this.send(new Uint8Array(values));
      };
    },
    [...bytes],
  );
}

declare global {
  /** Ends every long timer that was set since `holdTime` and still runs. */
  var passTime: () => void;
}

/**
 * Knows from now on which timers of more than a minute run.
 * @returns what ends them all, as if their time were over.
 */
export async function holdTime(who: PopupUser): Promise<() => Promise<void>> {
  const offscreen = await who.browser.offscreen();
  await offscreen.evaluate(() => {
    const { setTimeout: setTimer, clearTimeout: clearTimer } = globalThis;
    const long = new Map<number | undefined, () => void>();
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delayMs = 0) => {
        const timer: number = Number(
          setTimer(() => {
            long.delete(timer);
            run();
          }, delayMs),
        );
        if (delayMs > 60_000) long.set(timer, run);
        return timer;
      },
      clearTimeout: (timer?: number) => {
        long.delete(timer);
        clearTimer(timer);
      },
      passTime: () => {
        for (const [timer, run] of [...long]) {
          clearTimeout(timer);
          run();
        }
      },
    });
  });
  return () => offscreen.evaluate(() => globalThis.passTime());
}
