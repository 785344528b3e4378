import * as v from 'valibot';
import { browser } from 'wxt/browser';
import { AppError, errorCode } from '../core/shared/errors.ts';
import { report } from '../core/shared/report.ts';
import { isOwnPage } from './sender.ts';

interface Command {
  request: v.GenericSchema;
  response: v.GenericSchema;
}

/** One function for each command: parsed request in, response out. What it throws goes back as its code. */
export type Handlers<Commands extends Record<string, Command>> = {
  [Name in keyof Commands]: (
    request: v.InferOutput<Commands[Name]['request']>,
  ) => Promise<v.InferInput<Commands[Name]['response']>> | v.InferInput<Commands[Name]['response']>;
};

const Envelope = v.looseObject({ target: v.string(), type: v.string() });

/**
 * Answers commands addressed to `target`. Only this extension's own pages and worker are heard. Must run in the first task of a
 * worker, so that the message that woke it finds the listener.
 */
export function serve<Commands extends Record<string, Command>>(
  target: 'background' | 'offscreen',
  commands: Commands,
  handlers: Handlers<Commands>,
): void {
  browser.runtime.onMessage.addListener((raw: unknown, sender: { id?: string; url?: string }, respond) => {
    const envelope = v.safeParse(Envelope, raw);
    if (!envelope.success || envelope.output.target !== target) return;
    if (!isOwnPage(sender)) return;
    const { target: _, type, ...request } = envelope.output;
    answer(commands, handlers, type, request).then(respond);
    return true;
  });
}

async function answer<Commands extends Record<string, Command>>(
  commands: Commands,
  handlers: Handlers<Commands>,
  type: string,
  request: unknown,
): Promise<{ ok: true; value: unknown } | { ok: false; code: string }> {
  try {
    const command = Object.hasOwn(commands, type) ? commands[type] : undefined;
    const handler = handlers[type];
    if (!command || !handler) throw new AppError('message-invalid');
    const parsed = v.safeParse(command.request, request);
    if (!parsed.success) throw new AppError('message-invalid', { cause: parsed.issues });
    return { ok: true, value: await handler(parsed.output) };
  } catch (error) {
    if (errorCode(error) === 'internal') report(error);
    return { ok: false, code: errorCode(error) };
  }
}
