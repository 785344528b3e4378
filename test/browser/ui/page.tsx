/** Runs in the browser: the interface in a plain page, with the test in the place of everything behind it. */
import { render } from 'preact';
import type { CheckName, Outcomes } from '../../../extension/core/doctor/findings.ts';
import type { Selection } from '../../../extension/core/files/source.ts';
import type { AppState, TimelineItem } from '../../../extension/core/session/state.ts';
import { AppError, type ErrorCode } from '../../../extension/core/shared/errors.ts';
import { App } from '../../../extension/ui/components/app.tsx';
import { Findings } from '../../../extension/ui/components/doctor-page.tsx';
import { Options } from '../../../extension/ui/components/options.tsx';
import { AppModel } from '../../../extension/ui/models/app-model.ts';
import type { Backend, CurrentTab, View } from '../../../extension/ui/models/backend.ts';
import '../../../extension/ui/styles/app.css';
import '../../../extension/ui/styles/options.css';
import '../../../extension/ui/styles/doctor.css';

declare global {
  var ui: typeof api;
}

interface Asked {
  readonly name: string;
  readonly request: unknown;
}

let current: AppState | null = null;
let follower: (state: AppState | null) => void = () => undefined;
const failures = new Map<string, ErrorCode>();

async function answer(name: string, request: unknown): Promise<unknown> {
  api.asked.push({ name, request });
  const code = failures.get(name);
  if (code) throw new AppError(code);
  return name === 'history-page' ? api.page : undefined;
}

/** A selection as a test compares it. */
function described({ form, name, files }: Selection) {
  return { form, name, files: files.map(({ path, file }) => ({ path, sizeBytes: file.size })) };
}

const backend: Backend = {
  follow: (onState) => {
    follower = onState;
    onState(current);
    return () => undefined;
  },
  // The real one parses what comes back; here it is what the test says.
  askOffscreen: answer as Backend['askOffscreen'],
  askBackground: answer as Backend['askBackground'],
  handOverFiles: (peerId, selection) => {
    api.asked.push({ name: 'files', request: { peerId, ...described(selection) } });
  },
  readRemembered: async (id) => {
    api.asked.push({ name: 'read-remembered', request: { id } });
    const file = api.remembered;
    return file && { form: 'file', name: file.name, files: [{ path: file.name, file }] };
  },
  handOverAgain: (peerId, id, selection) => {
    api.asked.push({ name: 'files-again', request: { peerId, id, ...described(selection) } });
  },
  handOverFolder: (peerId, id, folder) => {
    api.asked.push({ name: 'folder', request: { peerId, id, name: folder.name } });
  },
  allowOrigin: async (origin) => {
    api.asked.push({ name: 'allow-origin', request: { origin } });
    return api.isAllowing;
  },
  currentTab: async () => api.tab,
  openLink: async (url) => {
    api.asked.push({ name: 'open-link', request: { url } });
  },
  openDownload: async (downloadId) => {
    api.asked.push({ name: 'open-download', request: { downloadId } });
  },
  openPlace: async (place) => {
    api.asked.push({ name: 'open-place', request: { place } });
  },
};

const api = {
  /** Every command so far. */
  asked: [] as Asked[],
  tab: { id: 5, title: 'Tide tables', url: 'https://tides.example.org/' } as CurrentTab | null,
  page: { items: [] as TimelineItem[], hasOlder: false },
  /** What the person answers when the browser asks for leave to read from a site. */
  isAllowing: true,
  /** What lies where a transfer's file lay; null: the person doesn't allow reading it. */
  remembered: null as File | null,

  open(view: View, state: AppState | null): void {
    current = state;
    document.documentElement.dataset.view = view;
    const root = document.getElementById('root');
    if (!root) throw new Error('the page has no root');
    if (view === 'options') render(<Options backend={backend} />, root);
    else render(<App model={new AppModel(backend, view)} />, root);
  },

  /** The connection doctor's page with what it has found; null: all is checked. */
  findings(outcomes: Outcomes, running: CheckName | null): void {
    document.documentElement.dataset.view = 'doctor';
    const about = { version: '0.1.0', userAgent: navigator.userAgent };
    const root = document.getElementById('root');
    if (!root) throw new Error('the page has no root');
    const onAgain = () => api.asked.push({ name: 'doctor-again', request: {} });
    render(<Findings outcomes={outcomes} running={running} about={about} onAgain={onAgain} />, root);
  },

  tell(state: AppState | null): void {
    current = state;
    follower(state);
  },

  /** From now on this command fails; null lets it work again. */
  fail(name: string, code: ErrorCode | null): void {
    if (code) failures.set(name, code);
    else failures.delete(name);
  },
};

globalThis.ui = api;
