import type { Browser, CDPSession, Connection, Protocol } from 'puppeteer-core';

/**
 * Leaves no service worker with a debugging session that nobody knows of. puppeteer-core 24.43 resumes and leaves every worker that a
 * page's session reports, except while somebody asks for that worker: it overlooks the report then, and the worker, once stopped,
 * starts again paused and never answers.
 */
export async function resumeWorkers(browser: Browser): Promise<void> {
  const connection = (await browser.target().createCDPSession()).connection();
  if (!connection) throw new Error('The browser has no debugging connection.');
  const leave = async (source: CDPSession | Connection, sessionId: string) => {
    await connection.session(sessionId)?.send('Runtime.runIfWaitingForDebugger');
    await source.send('Target.detachFromTarget', { sessionId });
  };
  const watch = (source: CDPSession | Connection) => {
    source.on('Target.attachedToTarget', (event: Protocol.Target.AttachedToTargetEvent) => {
      const wasAskedFor = source === connection && !event.waitingForDebugger;
      if (event.targetInfo.type !== 'service_worker' || wasAskedFor) return;
      // Whoever else left it first is right too.
      leave(source, event.sessionId).catch(() => undefined);
    });
  };
  watch(connection);
  connection.on('sessionattached', watch);
}
