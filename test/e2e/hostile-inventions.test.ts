import { expect } from 'vitest';
import { kindOf } from '../support/alter.ts';
import { type Meeting, meetingTest } from '../support/meeting.ts';

// What a server can say without having anything to repeat: in the name of strangers, of the peer, and in its own.

const STRANGER = 'AAAAAAAAAAAAAAAAAAAAAA';

/** PeerJS's own messages, which make it open and close connections. `data` is what Pairwise uses, `media` what it doesn't. */
function peerJsMessages(src: string, dst: string): object[] {
  const sdp = (type: string) => ({ type, sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' });
  const base = { connectionId: 'dc_invented', label: 'pairwise', reliable: true, serialization: 'raw' };
  return ['data', 'media'].flatMap((type) => [
    { type: 'OFFER', src, dst, payload: { ...base, type, sdp: sdp('offer') } },
    { type: 'ANSWER', src, dst, payload: { ...base, type, sdp: sdp('answer') } },
    {
      type: 'CANDIDATE',
      src,
      dst,
      payload: { ...base, type, candidate: { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host' } },
    },
    { type: 'LEAVE', src, dst },
    { type: 'EXPIRE', src, dst },
  ]);
}

const GARBAGE = [
  'no JSON',
  'null',
  '[]',
  '{"type":"OFFER"}',
  '{"type":"CANDIDATE","src":{"toString":1},"payload":{"pairwise":{"type":"knock","noise":[]}}}',
  JSON.stringify({
    type: 'CANDIDATE',
    src: STRANGER,
    payload: { pairwise: { type: 'knock', noise: 'A'.repeat(60_000) } },
  }),
  JSON.stringify({
    type: 'CANDIDATE',
    src: STRANGER,
    payload: { v: 1, s: 'AAAAAAAAAAA', n: 2 ** 53, c: 'A'.repeat(60_000) },
  }),
  '['.repeat(60_000) + ']'.repeat(60_000),
  new Uint8Array(60_000),
];

/** All of it to both: from strangers, from the other one, from oneself. */
function invent({ server, ids }: Meeting): void {
  for (const dst of [ids.dials, ids.waits]) {
    for (const src of [STRANGER, ids.dials, ids.waits]) {
      for (const message of peerJsMessages(src, dst)) server.say(dst, JSON.stringify(message));
    }
    for (const data of GARBAGE) server.say(dst, data);
  }
}

meetingTest('nothing that a stranger or the server invents makes a connection', async ({ meeting }) => {
  const { server, alice, bob } = meeting;
  await meeting.under({ pass: () => [] });
  const problems = [alice.problems().length, bob.problems().length];
  invent(meeting);
  await meeting.knockAgain();
  invent(meeting);
  await meeting.settled();
  expect((await meeting.counts()).map(({ made }) => made)).toEqual([0, 0]);
  expect([alice.problems().length, bob.problems().length]).toEqual(problems);
  // Nobody was answered either: knocks went to the one paired peer.
  expect(server.passed.every((message) => kindOf(message) === 'knock' && message.dst !== STRANGER)).toBe(true);
  server.tricks = {};
  await meeting.bothConnected();
});

meetingTest('nothing of it ends one', async ({ meeting }) => {
  await meeting.under({});
  await meeting.bothConnected();
  const before = await meeting.counts();
  invent(meeting);
  await meeting.settled();
  await meeting.arrives(await meeting.says());
  expect(await meeting.counts()).toEqual(before);
});

meetingTest('what the server says of itself, or its end, ends no connection', async ({ meeting }) => {
  const { server, ids, alice, bob } = meeting;
  await meeting.under({});
  await meeting.bothConnected();
  const before = await meeting.counts();
  for (const type of ['OPEN', 'ID-TAKEN', 'INVALID-KEY', 'ERROR']) {
    for (const id of [ids.dials, ids.waits]) server.say(id, JSON.stringify({ type, payload: { msg: 'go away' } }));
    await Promise.all([alice, bob].map((one) => one.until('is back', ({ server: { status } }) => status === 'online')));
  }
  await meeting.arrives(await meeting.says());
  server.cut();
  await meeting.arrives(await meeting.says());
  expect(await meeting.counts()).toEqual(before);
});

meetingTest('a server that was ours and becomes a stock one is not used', async ({ meeting }) => {
  const { server, alice, bob } = meeting;
  await meeting.under({});
  await meeting.bothConnected();
  server.kind = 'stock';
  const dialled = () => server.heard.filter((text) => text.startsWith('/peerjs?')).length;
  const before = dialled();
  server.cut();
  for (const subject of [alice, bob]) {
    const { server: shown } = await subject.until(
      'complains',
      ({ server: { problem } }) => problem === 'server-changed',
    );
    expect(shown.status).toBe('unreachable');
  }
  expect(dialled()).toBe(before);
  // A pairing doesn't come about there either.
  await alice.ask('pair-host', { form: 'code' });
  expect(await alice.failure()).toBe('server-changed');
  await alice.sees('This address no longer answers as the Pairwise server it was, so Pairwise stays away.');
  await alice.closesPopup();
  expect(dialled()).toBe(before);
  // What connects them already goes on, and the server may come back.
  await meeting.arrives(await meeting.says());
  server.kind = 'pairwise';
  await alice.ask('pair-cancel', {});
  await alice.until('is back', ({ server: { status, problem } }) => status === 'online' && problem === null);
});
