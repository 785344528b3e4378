import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { comeHome, firstMessage } from './first-message.ts';
import type { Arrived, NetworkKind } from './nat.ts';
import { meetBehindRouters, type PeopleBehindRouters } from './people-behind-routers.ts';
import type { Offer } from './servers.ts';

/** From the moment Bob's Pairwise starts until the first line is on his screen. */
const FIRST_MESSAGE_LIMIT_MS = 15_000;
const FILE_BYTES = 1024 * 1024;

/** By which way most of a file has come. */
type Way = 'between' | 'turnUdp' | 'turnTcp' | 'turnTls' | 'onePort';

interface Row {
  readonly kind: NetworkKind;
  readonly offer: Offer;
  readonly path: 'direct' | 'turn' | 'relay';
  readonly way: Way;
}

const everything: Offer = {};
const onlyTls: Offer = { turn: ['tls'] };
const withoutTurn: Offer = { turn: [] };
const ROWS: readonly Row[] = [
  { kind: 'open', offer: everything, path: 'direct', way: 'between' },
  { kind: 'cone', offer: everything, path: 'direct', way: 'between' },
  { kind: 'symmetric', offer: everything, path: 'turn', way: 'turnUdp' },
  { kind: 'no-udp', offer: everything, path: 'turn', way: 'turnTcp' },
  { kind: 'no-udp', offer: onlyTls, path: 'turn', way: 'turnTls' },
  { kind: 'one-port', offer: everything, path: 'relay', way: 'onePort' },
  { kind: 'symmetric', offer: withoutTurn, path: 'relay', way: 'onePort' },
  { kind: 'no-udp', offer: withoutTurn, path: 'relay', way: 'onePort' },
];
const OFFERS = new Map([
  [onlyTls, 'TURN over TLS alone'],
  [withoutTurn, 'no TURN'],
]);
const BADGES = { direct: 'Direct', turn: 'TURN', relay: 'Relay' } as const;

let people: PeopleBehindRouters;
let offered = everything;

beforeAll(async () => {
  people = await meetBehindRouters();
  await people.bobLog.acceptsFilesOf(FILE_BYTES);
});
afterAll(() => people?.close());

for (const { kind, offer, path, way } of ROWS) {
  const name = [kind, OFFERS.get(offer)].filter(Boolean).join(', ');
  test(`${name}: the path is ${path}, and what is sent arrives`, async () => {
    const { alice, bob, aliceLog, bobLog, network, pages } = people;
    await people.become(kind);
    if (offer !== offered) await people.startSignalling(offer);
    offered = offer;
    await comeHome(people, path);
    const { startedMs, tookMs } = await firstMessage(people, `Hello from ${name}`);
    console.log(`${name}: first message after ${tookMs} ms`);
    expect(tookMs, await bobLog.told(startedMs)).toBeLessThanOrEqual(FIRST_MESSAGE_LIMIT_MS);
    await Promise.all([aliceLog, bobLog].map((log) => log.connects(path)));
    await Promise.all([alice.sees(BADGES[path]), bob.sees(BADGES[path])]);

    const before = await network.arrived();
    const file = await makeFile(alice.profile, `${kind}-${way}.bin`, FILE_BYTES);
    await alice.sendsFile(file);
    const title = `A page of ${name}`;
    await alice.goesTo(pages.url('plain', { title }));
    await alice.sendsLink();
    await Promise.all([bob.sees(title), bobLog.fileIsSaved(`${kind}-${way}.bin`)]);
    expect(await sha256(bob.downloadPath(`${kind}-${way}.bin`))).toBe(await sha256(file));
    await bob.says(`And back, ${name}`);
    await aliceLog.hears(`And back, ${name}`);
    expect(wayOf(before, await network.arrived())).toBe(way);
  });
}

/** The way of which a file's worth of bytes was seen. */
function wayOf(before: Arrived, now: Arrived): Way {
  const ways = ['turnUdp', 'turnTcp', 'turnTls', 'onePort'] as const;
  return ways.find((way) => now[way] - before[way] >= FILE_BYTES) ?? 'between';
}
