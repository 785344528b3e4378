import * as v from 'valibot';
import { browser } from 'wxt/browser';
import { AppError } from '../core/shared/errors.ts';
import { ErrorCodeSchema } from '../core/shared/schemas.ts';
import {
  type BackgroundCommands,
  backgroundCommands,
  type OffscreenCommands,
  offscreenCommands,
  type RequestOf,
  type ResponseOf,
} from './commands.ts';

/** `{target, type, …request}` goes out, one of these comes back. */
const Answer = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.optional(v.unknown()) }),
  v.object({ ok: v.literal(false), code: ErrorCodeSchema }),
]);

/**
 * Asks the offscreen document, which the worker creates first if there is none.
 * @throws AppError with the code the other side failed with; `internal` when nobody answers.
 */
export async function askOffscreen<Name extends keyof OffscreenCommands & string>(
  name: Name,
  request: RequestOf<OffscreenCommands, Name>,
): Promise<ResponseOf<OffscreenCommands, Name>> {
  const answer = (await send('offscreen', name, request)) ?? (await sendAfterEnsure(name, request));
  return read(offscreenCommands[name].response, answer) as ResponseOf<OffscreenCommands, Name>;
}

/** Asks the background worker. @throws AppError as above. */
export async function askBackground<Name extends keyof BackgroundCommands & string>(
  name: Name,
  request: RequestOf<BackgroundCommands, Name>,
): Promise<ResponseOf<BackgroundCommands, Name>> {
  const answer = await send('background', name, request);
  return read(backgroundCommands[name].response, answer) as ResponseOf<BackgroundCommands, Name>;
}

async function sendAfterEnsure(name: string, request: unknown): Promise<unknown> {
  await askBackground('ensure-offscreen', {});
  return send('offscreen', name, request);
}

/** The answer, or undefined when there was nobody to give one. */
async function send(target: string, type: string, request: unknown): Promise<unknown> {
  try {
    return await browser.runtime.sendMessage({ target, type, ...Object(request) });
  } catch {
    return undefined; // "Receiving end does not exist": no other context listens at all.
  }
}

function read(schema: v.GenericSchema, raw: unknown): unknown {
  const answer = v.safeParse(Answer, raw);
  if (!answer.success) throw new AppError('internal');
  if (!answer.output.ok) throw new AppError(answer.output.code);
  return v.parse(schema, answer.output.value);
}
