import type { Hello } from '../../extension/core/protocol/messages.ts';
import { Session } from '../../extension/core/session/session.ts';

/** A session that keeps what it tells: chat lines, and what became of its links. */
export function recordSession(leads: boolean, greeting: () => Hello) {
  const texts: string[] = [];
  const events: string[] = [];
  const session = new Session({
    leads,
    greeting,
    onConnected: (_, isSwitch) => events.push(isSwitch ? 'switched' : 'connected'),
    onMessage: (message) => {
      if (message.type === 'chat') texts.push(message.text);
    },
    onDisconnected: () => events.push('disconnected'),
    onPath: () => {},
    onInvalid: () => events.push('invalid'),
  });
  return { session, texts, events };
}
