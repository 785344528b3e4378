import { render } from 'preact';
import { Options } from '../../ui/components/options.tsx';
import { createBrowserBackend } from '../../ui/models/browser-backend.ts';
import '../../ui/styles/options.css';

const root = document.getElementById('root');
if (root) render(<Options backend={createBrowserBackend('options')} />, root);
