import { render } from 'preact';
import * as v from 'valibot';
import { PeerId } from '../core/shared/schemas.ts';
import { App } from './components/app.tsx';
import { AppModel } from './models/app-model.ts';
import type { View } from './models/backend.ts';
import { createBrowserBackend } from './models/browser-backend.ts';
import './styles/app.css';

/** Shows the interface in an extension page. */
export function mountApp(view: Exclude<View, 'options'>): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  const model = new AppModel(createBrowserBackend(view), view);
  // A notification opens the window at the peer it is about.
  const wanted = new URLSearchParams(location.search).get('peer');
  if (v.is(PeerId, wanted)) model.select(wanted);
  render(<App model={model} />, root);
  addEventListener('pagehide', () => model.close());
}
