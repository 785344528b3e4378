import * as v from 'valibot';
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { type FromPage, PAGE_PORT, ToPage } from '../messaging/page-messages.ts';
import { watchPage } from '../ui/page/page-facts.ts';
import { HTML, PagePointer } from '../ui/page/page-pointer.ts';
import { PasswordFocus } from '../ui/page/password-focus.ts';
import { ProtectedFilms } from '../ui/page/protected-films.ts';

/** What the script leaves in its own world, which the page doesn't see: a page that comes back from the cache gets the script again. */
const world = globalThis as { endPairwise?: () => void };

/** Runs in the page of a shared tab, put there by the worker, for as long as the tab is shared. Asks nothing of the page. */
export default defineUnlistedScript(() => {
  const endOlder = world.endPairwise;
  const port = chrome.runtime.connect({ name: PAGE_PORT });
  // Only then: an end without a newer port means that the page has gone.
  endOlder?.();
  const say = (message: FromPage) => port.postMessage(message);
  const pointer = new PagePointer();
  const stopFacts = watchPage((facts) => say({ type: 'page', ...facts }));
  const password = new PasswordFocus(
    // It throws for what is no HTML element.
    (element) => (element.namespaceURI === HTML ? chrome.dom.openOrClosedShadowRoot(element as HTMLElement) : null),
    (focused) => say({ type: 'password', focused }),
  );
  const films = new ProtectedFilms((seen) => say({ type: 'film', seen }));
  const end = () => {
    delete world.endPairwise;
    removeEventListener('pagehide', end);
    stopFacts();
    password.end();
    films.end();
    pointer.end();
  };
  world.endPairwise = () => {
    end();
    port.disconnect();
  };
  port.onMessage.addListener((raw: unknown) => {
    const message = v.safeParse(ToPage, raw);
    if (!message.success) return;
    if (message.output.type === 'away') pointer.away();
    else pointer[message.output.type](message.output, message.output.name);
  });
  port.onDisconnect.addListener(end);
  // In the cache nothing is heard of the port's end. It isn't ended here: that would be told before the next page is there.
  addEventListener('pagehide', end);
});
