import type { Browser, CDPSession, Protocol, Target } from 'puppeteer-core';

/** Something that a context of the extension, or a page, complained about. */
export interface Problem {
  /** Path of the page or script, `/popup.html` for example. */
  readonly context: string;
  readonly text: string;
}

const WATCHED_TYPES: ReadonlySet<string> = new Set(['page', 'background_page', 'service_worker']);

/**
 * Collects console errors, uncaught errors and the browser's own error lines of every context, also those opened later.
 * @returns a list that grows.
 */
export function collectProblems(browser: Browser): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (target: Target, text: string) => problems.push({ context: contextName(target), text });
  const watched = new WeakSet<Target>();
  const watch = (target: Target) => {
    if (watched.has(target) || !WATCHED_TYPES.has(target.type())) return;
    watched.add(target);
    // A context that closes at once takes its session with it: nothing left to collect.
    watchTarget(target, add).catch(() => undefined);
  };
  browser.targets().forEach(watch);
  browser.on('targetcreated', watch);
  // An offscreen document gets its type only after it was created.
  browser.on('targetchanged', watch);
  return problems;
}

async function watchTarget(target: Target, add: (target: Target, text: string) => void): Promise<void> {
  const session = await sessionOf(target);
  if (!session) return;
  session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
    add(target, exceptionDetails.exception?.description ?? exceptionDetails.text);
  });
  session.on('Runtime.consoleAPICalled', ({ type, args }) => {
    if (type === 'error' || type === 'assert') add(target, args.map(argumentText).join(' '));
  });
  session.on('Log.entryAdded', ({ entry }) => {
    if (entry.level === 'error') add(target, `${entry.text} ${entry.url ?? ''}`.trimEnd());
  });
  await Promise.all([session.send('Runtime.enable'), session.send('Log.enable')]);
}

/** A worker has one session for everybody: two attached at the same moment take it from each other. */
async function sessionOf(target: Target): Promise<CDPSession | undefined> {
  return target.type() === 'service_worker' ? (await target.worker())?.client : target.createCDPSession();
}

function argumentText(argument: Protocol.Runtime.RemoteObject): string {
  return argument.description ?? String(argument.value ?? argument.type);
}

function contextName(target: Target): string {
  return URL.canParse(target.url()) ? new URL(target.url()).pathname : target.type();
}
