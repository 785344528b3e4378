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

/** Timers of more than a minute end within a second. */
export async function makeTimeFly(who: PopupUser): Promise<void> {
  const offscreen = await who.browser.offscreen();
  await offscreen.evaluate(() => {
    const setTimer = globalThis.setTimeout;
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delayMs = 0) => setTimer(run, delayMs > 60_000 ? 1_000 : delayMs),
    });
  });
}
