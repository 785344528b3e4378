import * as v from 'valibot';
import { encodeBlock } from './compression.ts';
import type { Deflated } from './compressor.ts';
import { EncodeRequest } from './encode-messages.ts';

/* Deflates blocks away from the thread that sends: CompressionStream works on the thread that uses it. */

let settled: Promise<void> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent) => {
  const input = v.parse(EncodeRequest, data);
  // An unhandled rejection would stay in here; an error is heard outside.
  settled = settled.then(() => encode(input)).catch(reportError);
});

async function encode(input: v.InferOutput<typeof EncodeRequest>): Promise<void> {
  const encoded = await encodeBlock(input);
  const reply: Deflated = encoded ? { encoded } : { plain: input };
  self.postMessage(reply, { transfer: [(encoded ?? input).buffer] });
}
