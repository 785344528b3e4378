import { moveAddress, rebind, silence, unplug } from '../network/troubles.ts';
import { idleCase } from './connect-idle.ts';
import { type Expected, firstMessageCase, outageCase } from './connect-network.ts';
import { relayPipeCase } from './connect-relay.ts';
import { relayBrowserCase } from './connect-relay-browser.ts';
import type { Bench } from './run.ts';

const DIRECT: Expected = { offer: {}, path: 'direct' };
const TURN: Expected = { offer: {}, path: 'turn' };
const TURN_TLS: Expected = { offer: { turn: ['tls'] }, path: 'turn', note: 'turn over TLS' };
const RELAY: Expected = { offer: { turn: [] }, path: 'relay' };

/** How soon two people reach each other, over which path, and what that path carries. */
export const connectBench: Bench = {
  cases: {
    open: () => firstMessageCase('open', [DIRECT]),
    cone: () => firstMessageCase('cone', [DIRECT]),
    symmetric: () => firstMessageCase('symmetric', [TURN, RELAY]),
    'no-udp': () => firstMessageCase('no-udp', [TURN, TURN_TLS, RELAY]),
    'one-port': () => firstMessageCase('one-port', [RELAY]),
    'outage-5s': () => outageCase('outage-5s', silence(5_000)),
    'outage-20s': () => outageCase('outage-20s', silence(20_000)),
    'outage-60s': () => outageCase('outage-60s', silence(60_000)),
    'cable-out': () => outageCase('cable-out', unplug),
    'ip-change': () => outageCase('ip-change', moveAddress),
    'nat-rebind': () => outageCase('nat-rebind', rebind),
    idle: () => idleCase('idle', 'open', 'direct'),
    'idle-relay': () => idleCase('idle-relay', 'one-port', 'relay'),
    'relay-pipe': () => relayPipeCase('relay-pipe'),
    'relay-browser': () => relayBrowserCase('relay-browser'),
  },
};
