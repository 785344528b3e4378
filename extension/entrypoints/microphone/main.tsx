import { render } from 'preact';
import { askOffscreen } from '../../messaging/ask.ts';
import { MicrophonePage } from '../../ui/components/microphone-page.tsx';
import '../../ui/styles/microphone.css';

let isAnswered = false;
/** The person is back where they came from, and a page that is closed without an answer gives one. */
function answered(allowed: boolean): void {
  if (isAnswered) return;
  isAnswered = true;
  void askOffscreen('microphone-answered', { allowed }).finally(() => window.close());
}

addEventListener('pagehide', () => answered(false));
const root = document.getElementById('root');
if (root) render(<MicrophonePage onAnswered={answered} />, root);
