/*
 * Two bare WebSockets on the relay, the floor under any link: messages of 64 KiB, not sealed and not looked at. The receiver says how far
 * it is, since a browser doesn't say when a socket has room again.
 */
const MESSAGE_BYTES = 64 * 1024;
const UNDER_WAY_BYTES = 4 * 1024 * 1024;
const TOLD_BYTES = 256 * 1024;

/** @returns the ms from the first message until the receiver has them all. */
export async function sendBare(url: string, totalBytes: number): Promise<number> {
  const socket = await join(url);
  const message = new Uint8Array(MESSAGE_BYTES);
  const startMs = performance.now();
  let [sentBytes, receivedBytes] = [0, 0];
  await new Promise<void>((resolve, reject) => {
    const send = () => {
      for (; sentBytes < totalBytes && sentBytes - receivedBytes < UNDER_WAY_BYTES; sentBytes += MESSAGE_BYTES)
        socket.send(message);
    };
    socket.onclose = () => reject(new Error('The relay has closed the socket.'));
    socket.onmessage = () => {
      receivedBytes += TOLD_BYTES;
      if (receivedBytes >= totalBytes) resolve();
      else send();
    };
    send();
  });
  const tookMs = performance.now() - startMs;
  socket.close();
  return tookMs;
}

/** The other side: resolves when the sender has gone. `totalBytes` is a multiple of 256 KiB. */
export async function receiveBare(url: string): Promise<void> {
  const socket = await join(url);
  const told = new Uint8Array(1);
  let newBytes = 0;
  await new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      newBytes += data.byteLength;
      if (newBytes < TOLD_BYTES) return;
      newBytes -= TOLD_BYTES;
      socket.send(told);
    };
  });
}

function join(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.onmessage = () => resolve(socket);
    socket.onclose = () => reject(new Error('The relay has refused the socket.'));
  });
}
