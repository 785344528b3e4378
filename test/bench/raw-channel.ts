import type { Page } from 'puppeteer-core';

/** As good as any other size and mark on this path, and far below the 16 MiB at which `send()` throws. */
const MESSAGE_BYTES = 64 * 1024;
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;

/**
 * Sends bytes over one bare RTCDataChannel between two pages and throws them away on arrival: the limit that nothing built on data
 * channels can pass. The functions that run in the pages must not name inner ones (tsx would wrap those in a helper).
 * @returns milliseconds from the first send to the arrival of the last byte.
 */
export async function sendRaw(from: Page, to: Page, sizeBytes: number): Promise<number> {
  const sender = await from.evaluateHandle(() => {
    const connection = new RTCPeerConnection();
    return { connection, channel: connection.createDataChannel('raw') };
  });
  const receiver = await to.evaluateHandle((expectedBytes) => {
    const connection = new RTCPeerConnection();
    const finishedAt = new Promise<number>((resolve) => {
      connection.addEventListener('datachannel', ({ channel }) => {
        let arrivedBytes = 0;
        channel.binaryType = 'arraybuffer';
        channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
          arrivedBytes += data.byteLength;
          if (arrivedBytes === expectedBytes) resolve(performance.timeOrigin + performance.now());
        });
      });
    });
    return { connection, finishedAt };
  }, sizeBytes);

  const offer = await sender.evaluate(async ({ connection }) => {
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    }
    return connection.localDescription?.sdp ?? '';
  });
  const answer = await receiver.evaluate(async ({ connection }, sdp) => {
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    }
    return connection.localDescription?.sdp ?? '';
  }, offer);

  const startedAt = await sender.evaluate(
    async ({ connection, channel }, sdp, total, messageBytes, highWaterBytes, lowWaterBytes) => {
      await connection.setRemoteDescription({ type: 'answer', sdp });
      if (channel.readyState !== 'open')
        await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
      channel.bufferedAmountLowThreshold = lowWaterBytes;
      const message = crypto.getRandomValues(new Uint8Array(messageBytes));
      const started = performance.timeOrigin + performance.now();
      for (let leftBytes = total; leftBytes > 0; leftBytes -= messageBytes) {
        if (channel.bufferedAmount > highWaterBytes) {
          await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
        }
        channel.send(leftBytes < messageBytes ? message.subarray(0, leftBytes) : message);
      }
      return started;
    },
    answer,
    sizeBytes,
    MESSAGE_BYTES,
    HIGH_WATER_BYTES,
    LOW_WATER_BYTES,
  );
  const finishedAt = await receiver.evaluate((side) => side.finishedAt);
  await sender.evaluate(({ connection }) => connection.close());
  await receiver.evaluate(({ connection }) => connection.close());
  return finishedAt - startedAt;
}
