import type { LaunchOptions } from './browser.ts';
import { type PageServer, startPages } from './pages.ts';
import { Subject } from './subject.ts';

/** Alice and Bob with the real extension, and web pages to look at. */
export interface Subjects {
  readonly alice: Subject;
  readonly bob: Subject;
  readonly pages: PageServer;
  close(): Promise<void>;
}

/** Starts both, one after the other, on this server. They are strangers. */
export async function meetSubjects(serverUrl: string, launch: LaunchOptions = {}): Promise<Subjects> {
  const pages = await startPages();
  const started: Subject[] = [];
  const close = async () => {
    for (const subject of started) await subject.leaves();
    await pages.close();
  };
  const start = async (name: string) => {
    const subject = await Subject.start(
      { name, serverUrl, pageUrl: pages.url('plain', { title: `${name}’s page` }) },
      launch,
    );
    started.push(subject);
    return subject;
  };
  try {
    return { alice: await start('Alice'), bob: await start('Bob'), pages, close };
  } catch (error) {
    await close();
    throw error;
  }
}
