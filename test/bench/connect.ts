import { relayPipeCase } from './connect-relay.ts';
import { relayBrowserCase } from './connect-relay-browser.ts';
import type { Bench } from './run.ts';

/** How soon two people reach each other, over which path, and what that path carries. */
export const connectBench: Bench = {
  cases: {
    'relay-pipe': () => relayPipeCase('relay-pipe'),
    'relay-browser': () => relayBrowserCase('relay-browser'),
  },
};
