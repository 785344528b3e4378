import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFile, sha256 } from '../support/files.ts';
import { comeHome } from './first-message.ts';
import { meetBehindRouters, type PeopleBehindRouters } from './people-behind-routers.ts';
import { pictureMovesAt, watchPicture } from './picture-log.ts';

const MIB = 1024 * 1024;
const FILE_BYTES = 8 * MIB;
/** Slow enough that a file is still on its way when the server goes. */
const BITS_PER_SECOND = 12_000_000;

/** From the moment a server listens again, or is missing. Generous, since other work may want the computer: how fast it is, `npm run bench -- connect` says. */
const BACK_LIMIT_MS = 15_000;
/** A line of a talk that nothing interrupts, on a computer that may have other work. That no link was lost is told by where they stood. */
const LINE_LIMIT_MS = 20_000;
const TTL_MS = 5_000;
/** coturn wants to be asked again after this, and the browser asks in half the time. */
const LIFETIME_SECONDS = 10;
/** Several times as long as a credential, and an allocation, lasts. */
const TALK_MS = 25_000;
const UPGRADE_LIMIT_MS = 60_000;

let people: PeopleBehindRouters;
let aliceSaid: string[] = [];
let bobSaid: string[] = [];

beforeAll(async () => {
  people = await meetBehindRouters();
  await people.become('symmetric');
});
afterAll(() => people?.close());

/** Both say a line, and hear the other's. Resolves with how long the slower one took, in ms. */
async function exchange(line: string, hears = true): Promise<number> {
  const { aliceLog, bobLog } = people;
  const startMs = Date.now();
  await Promise.all([aliceLog.says(`Alice: ${line}`), bobLog.says(`Bob: ${line}`)]);
  aliceSaid = [...aliceSaid, `Alice: ${line}`];
  bobSaid = [...bobSaid, `Bob: ${line}`];
  if (!hears) return 0;
  const heard = await Promise.all([bobLog.hears(`Alice: ${line}`), aliceLog.hears(`Bob: ${line}`)]);
  return Math.max(...heard) - startMs;
}

async function nothingIsLost(): Promise<void> {
  expect(await people.bobLog.heard()).toEqual(aliceSaid);
  expect(await people.aliceLog.heard()).toEqual(bobSaid);
}

/** Both on this path, after a moment. */
async function connect(path: 'turn' | 'relay', sinceMs: number, limitMs?: number): Promise<void> {
  await Promise.all([people.aliceLog, people.bobLog].map((log) => log.connects(path, sinceMs, limitMs)));
}

test('a talk over TURN goes on when its credentials have expired', async () => {
  await people.startCoturn({ lifetimeSeconds: LIFETIME_SECONDS });
  await people.startSignalling({ turnTtlMs: TTL_MS });
  // Both ask for credentials when they are back on the server, and meet anew with these.
  const startedMs = Date.now();
  await Promise.all([people.aliceLog, people.bobLog].map((log) => log.reachesServer(startedMs)));
  await comeHome(people, 'turn');
  const talkMs = Date.now();
  const tookMs: number[] = [];
  while (Date.now() - talkMs < TALK_MS) tookMs.push(await exchange(`line ${tookMs.length}`));
  console.log(`${tookMs.length} lines, the slowest took ${Math.max(...tookMs)} ms`);
  expect(Math.max(...tookMs)).toBeLessThanOrEqual(LINE_LIMIT_MS);
  const standings = await people.bobLog.standings(talkMs);
  expect(standings.map(({ connection }) => connection)).toEqual(standings.map(() => 'connected'));
  await nothingIsLost();
});

test('coturn is killed: the relay takes over; it is started again, and is used again', async () => {
  await people.startCoturn();
  await people.startSignalling();
  const startedMs = Date.now();
  await connect('turn', startedMs, UPGRADE_LIMIT_MS);
  await people.killCoturn();
  const killedMs = Date.now();
  await exchange('is anybody there?');
  await connect('relay', killedMs);
  console.log(`on the relay ${Date.now() - killedMs} ms after coturn was killed`);
  await exchange('on the relay');
  const againMs = Date.now();
  await people.startCoturn();
  await connect('turn', againMs, UPGRADE_LIMIT_MS);
  await exchange('on TURN again');
  await nothingIsLost();
});

test('the server is killed: talk, file and picture go on over TURN, and both are back on the server', async () => {
  const { alice, bob, aliceLog, network, pages } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await watchPicture(viewer);
  await pictureMovesAt(viewer);
  await network.homes[0].limit(BITS_PER_SECOND);
  await aliceLog.acceptsFilesOf(FILE_BYTES);
  const file = await makeFile(bob.profile, 'without-server.bin', FILE_BYTES);
  await bob.sendsFile(file);
  await bob.closesPopup();
  await viewer.bringToFront();
  await aliceLog.fileHas('without-server.bin', MIB);
  const killedMs = Date.now();
  await people.killSignalling();
  expect(await exchange('without a server')).toBeLessThanOrEqual(LINE_LIMIT_MS);
  await pictureMovesAt(viewer);
  await aliceLog.fileIsSaved('without-server.bin');
  expect(await sha256(alice.downloadPath('without-server.bin'))).toBe(await sha256(file));
  await network.homes[0].limit(null);
  await people.startSignalling();
  const againMs = Date.now();
  const backMs = await Promise.all([people.aliceLog, people.bobLog].map((log) => log.reachesServer(againMs)));
  console.log(`back on the server after ${backMs.map((atMs) => atMs - againMs).join(' and ')} ms`);
  expect(Math.max(...backMs) - againMs).toBeLessThanOrEqual(BACK_LIMIT_MS);
  await exchange('with the server');
  const standings = await people.bobLog.standings(killedMs);
  expect(standings.map(({ connection }) => connection)).toEqual(standings.map(() => 'connected'));
  await nothingIsLost();
});

test('the server, with the relay, is killed in a talk over the relay: what was said meanwhile arrives once it is back', async () => {
  await people.become('one-port');
  const shutMs = Date.now();
  await connect('relay', shutMs);
  await exchange('on the relay');
  await people.killSignalling();
  await exchange('without server and relay', false);
  await people.startSignalling();
  const againMs = Date.now();
  const heardMs = Math.max(
    await people.bobLog.hears('Alice: without server and relay'),
    await people.aliceLog.hears('Bob: without server and relay'),
  );
  console.log(`lines after ${heardMs - againMs} ms`);
  expect(heardMs - againMs).toBeLessThanOrEqual(BACK_LIMIT_MS);
  await nothingIsLost();
});
