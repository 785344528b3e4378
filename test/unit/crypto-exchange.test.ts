import { beforeAll, describe, expect, test } from 'vitest';
import { hkdf, NO_SALT } from '../../extension/core/crypto/hkdf.ts';
import { verifierWords } from '../../extension/core/crypto/verifier.ts';
import { HostExchange, JoinExchange } from '../../extension/core/pairing/exchange.ts';
import type { PairingSelf } from '../../extension/core/pairing/exchange-run.ts';
import { concat, utf8 } from '../../extension/core/shared/bytes.ts';
import { errorCode } from '../../extension/core/shared/errors.ts';
import { codeOf, codeOfAsync, flipped, toHex } from '../support/crypto.ts';
import {
  bothSides,
  device,
  type ExchangeOptions,
  type Middle,
  runExchange,
  under,
  withKeys,
} from '../support/exchange.ts';

let alice: PairingSelf;
let bob: PairingSelf;
let mallory: PairingSelf;

beforeAll(async () => {
  [alice, bob, mallory] = await Promise.all([device('Alice'), device('Bob’s laptop'), device('Mallory')]);
});

const pair = (options?: ExchangeOptions, middle?: Middle) => runExchange(bothSides(alice, bob, options), middle);
const at = (messages: Uint8Array[], index: number) => messages[index] ?? new Uint8Array(0);

describe('an undisturbed pairing', () => {
  test('both get the other’s keys and name, the same root and the same six words', async () => {
    const { atJoin, atHost, seen, joinVerifier } = await pair();
    expect(atJoin.peer).toEqual({
      id: bob.keys.id,
      name: 'Bob’s laptop',
      identity: bob.keys.identity.publicKey,
      routing: bob.keys.routing.publicKey,
    });
    expect(atHost.peer).toEqual({
      id: alice.keys.id,
      name: 'Alice',
      identity: alice.keys.identity.publicKey,
      routing: alice.keys.routing.publicKey,
    });
    expect(seen.peer).toEqual(atHost.peer);
    const words = [atJoin.verifier, atHost.verifier, seen.verifier, joinVerifier].map(verifierWords);
    expect(new Set(words.map((list) => list.join(' '))).size).toBe(1);
    const roots = await Promise.all([atJoin.root, atHost.root].map((root) => hkdf(root, NO_SALT, 'x', 32)));
    expect(roots[0]).toEqual(roots[1]);
  });

  test('roots can’t be read', async () => {
    const { atJoin, atHost } = await pair();
    for (const { root } of [atJoin, atHost]) {
      expect(root.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', root)).rejects.toThrow();
    }
  });

  test('each run has another root and other words', async () => {
    const runs = [await pair(), await pair()];
    const roots = await Promise.all(runs.map(({ atHost }) => hkdf(atHost.root, NO_SALT, 'x', 32)));
    expect(roots[0]).not.toEqual(roots[1]);
    expect(runs[0]?.atHost.verifier).not.toEqual(runs[1]?.atHost.verifier);
  });

  test('the 128-bit secret of a pairing text does as well as words', async () => {
    const [secret, sidH] = [new Uint8Array(16).fill(200), new Uint8Array(16).fill(3)];
    const host = new HostExchange({ self: bob, sidH, secret });
    const join = new JoinExchange({ self: alice, hostId: bob.keys.id, sidH, secret });
    const { atJoin, atHost } = await runExchange({ host, join, joinId: alice.keys.id });
    expect(atJoin.verifier).toEqual(atHost.verifier);
  });

  test('nothing on the wire tells a name, a key or a word, and sizes say nothing', async () => {
    const { messages } = await pair();
    const wire = toHex(concat(...messages));
    for (const { keys, name } of [alice, bob]) {
      for (const bytes of [keys.identity.publicKey, keys.routing.publicKey, utf8.encode(name)]) {
        expect(wire).not.toContain(toHex(bytes));
      }
    }
    for (const word of ['acid', 'zebra']) expect(wire).not.toContain(toHex(utf8.encode(word)));
    const other = await runExchange(bothSides({ ...alice, name: 'A' }, { ...bob, name: 'あ'.repeat(40) }));
    expect(other.messages.map((message) => message.length)).toEqual(messages.map((message) => message.length));
    expect(messages.map((message) => message.length)).toEqual([50, 98, 331, 267]);
    expect(other.atJoin.peer.name).toBe('あ'.repeat(40));
  });
});

describe('one guess', () => {
  test('a wrong code: the joiner hears it, the host never gets a proof, and nothing is left on either side', async () => {
    const sides = bothSides(alice, bob, { typed: 'acid-zero' });
    const p2 = sides.host.answer(sides.joinId, sides.join.message);
    expect(await codeOfAsync(sides.join.prove(p2))).toBe('code-wrong');
    expect(await codeOfAsync(sides.join.prove(p2))).toBe('pairing-interrupted');
    expect(await codeOfAsync(sides.join.finish(p2))).toBe('pairing-interrupted');
    expect(await codeOfAsync(sides.host.confirm())).toBe('pairing-interrupted');
  });

  test('the right code after a wrong one is refused: the code is burnt', async () => {
    const { host, join, joinId } = bothSides(alice, bob, { typed: 'acid-zero' });
    expect(host.burnt).toBe(false);
    host.answer(joinId, join.message);
    expect(host.burnt).toBe(true);
    const right = bothSides(alice, bob).join;
    expect(codeOf(() => host.answer(joinId, right.message))).toBe('code-expired');
  });

  test.each([
    ['nothing', () => new Uint8Array(0)],
    ['garbage', () => crypto.getRandomValues(new Uint8Array(50))],
    ['another version', () => flipped(bothSides(alice, bob).join.message, 0)],
    ['a share that is no point', () => concat(Uint8Array.of(1, 1), new Uint8Array(48).fill(255))],
    ['the identity', () => concat(Uint8Array.of(1, 1), new Uint8Array(48))],
  ])('the code is burnt before anything is looked at: %s', (_, p1) => {
    const { host, join, joinId } = bothSides(alice, bob);
    expect(codeOf(() => host.answer(joinId, p1()))).toMatch(/^(tampered|message-invalid|version-mismatch)$/);
    expect(host.burnt).toBe(true);
    expect(codeOf(() => host.answer(joinId, join.message))).toBe('code-expired');
  });

  test('a second one who tries the code doesn’t disturb the first', async () => {
    const { host, join, joinId } = bothSides(alice, bob);
    const p2 = host.answer(joinId, join.message);
    const late = bothSides(mallory, bob).join;
    expect(codeOf(() => host.answer(mallory.keys.id, late.message))).toBe('code-expired');
    const { message } = await join.prove(p2);
    expect((await host.verify(message)).peer.name).toBe('Alice');
  });

  test('a host that answers without the code learns nothing it can test another code with', async () => {
    // It has to commit to a tag before it sees anything that depends on the code; every wrong tag ends the run alike.
    const { join } = bothSides(alice, bob);
    const forged = new HostExchange({ self: mallory, sidH: new Uint8Array(16), secret: utf8.encode('guess-guess') });
    const p2 = forged.answer(alice.keys.id, join.message);
    expect(await codeOfAsync(join.prove(p2))).toBe('code-wrong');
  });
});

describe('a middle that turns one bit', () => {
  async function outcome(step: number, index: number): Promise<string> {
    try {
      await pair({}, (at, message) => (at === step ? flipped(message, index, index % 8) : message));
      return 'paired';
    } catch (error) {
      return errorCode(error);
    }
  }
  /** The header, then bytes of every field. */
  const outcomes = async (step: number, length: number, every: number) => {
    const codes: string[] = [];
    for (let index = 0; index < length; index += index < 2 ? 1 : every) codes.push(await outcome(step, index));
    return codes;
  };
  const within = (codes: string[], from: number, to = codes.length) => new Set(codes.slice(from, to));

  test('of P1: nJ, then the share', async () => {
    const codes = await outcomes(1, 50, 4);
    expect(codes.slice(0, 2)).toEqual(['version-mismatch', 'message-invalid']);
    expect([...within(codes, 2, 6)]).toEqual(['code-wrong']);
    for (const code of within(codes, 6)) expect(code).toMatch(/^(code-wrong|tampered)$/);
  });

  test('of P2: the share, then the tag', async () => {
    const codes = await outcomes(2, 98, 8);
    expect(codes.slice(0, 2)).toEqual(['version-mismatch', 'message-invalid']);
    for (const code of within(codes, 2, 6)) expect(code).toMatch(/^(code-wrong|tampered)$/);
    expect([...within(codes, 6)]).toEqual(['code-wrong']);
  });

  test('of P3: the tag, then the card', async () => {
    const codes = await outcomes(3, 331, 16);
    expect(codes.slice(0, 2)).toEqual(['version-mismatch', 'message-invalid']);
    expect([...within(codes, 2, 6)]).toEqual(['code-wrong']);
    expect([...within(codes, 6)]).toEqual(['tampered']);
  });

  test('of P4: the card', async () => {
    const codes = await outcomes(4, 267, 16);
    expect(codes.slice(0, 2)).toEqual(['version-mismatch', 'message-invalid']);
    expect([...within(codes, 2)]).toEqual(['tampered']);
  });
});

describe('a middle that cuts, lengthens, swaps, reflects and replays', () => {
  // Datagrams of one size each: crypto-messages.test.ts cuts them at every byte.
  test.each([1, 2, 3, 4] as const)('P%i cut or longer', async (step) => {
    const { messages } = await pair();
    const whole = at(messages, step - 1);
    const codes = new Set<string | null>();
    for (const length of [0, 1, 2, whole.length - 1]) {
      codes.add(await codeOfAsync(pair({}, (now, message) => (now === step ? message.subarray(0, length) : message))));
    }
    codes.add(
      await codeOfAsync(pair({}, (now, message) => (now === step ? concat(message, new Uint8Array(1)) : message))),
    );
    expect([...codes]).toEqual(['message-invalid']);
  });

  test('P1 sent back to the joiner, and its share sent back as the host’s', async () => {
    const { join } = bothSides(alice, bob);
    expect(await codeOfAsync(join.prove(join.message))).toBe('message-invalid');
    const other = bothSides(alice, bob).join;
    const reflected = concat(Uint8Array.of(1, 2), other.message.subarray(18), new Uint8Array(64));
    expect(await codeOfAsync(other.prove(reflected))).toBe('code-wrong');
  });

  test('the host’s tag is not the joiner’s, and the joiner’s card not the host’s', async () => {
    let p2: Uint8Array = new Uint8Array(0);
    let p3: Uint8Array = new Uint8Array(0);
    const hostTag = pair({}, (step, message) => {
      if (step === 2) p2 = message;
      return step === 3 ? concat(message.subarray(0, 2), p2.subarray(34), message.subarray(66)) : message;
    });
    expect(await codeOfAsync(hostTag)).toBe('code-wrong');
    const joinCard = pair({}, (step, message) => {
      if (step === 3) p3 = message;
      return step === 4 ? concat(message.subarray(0, 2), p3.subarray(66)) : message;
    });
    expect(await codeOfAsync(joinCard)).toBe('tampered');
  });

  test.each([
    [2, 'code-wrong'],
    [3, 'code-wrong'],
    [4, 'tampered'],
  ] as const)('P%i of an earlier pairing with the same code and the same sidH', async (step, code) => {
    const sidH = new Uint8Array(16).fill(5);
    const earlier = await pair({ sidH });
    const replay: Middle = (now, message) => (now === step ? at(earlier.messages, step - 1) : message);
    expect(await codeOfAsync(pair({ sidH }, replay))).toBe(code);
  });

  test('a replayed P1 gets an answer that nobody can use', async () => {
    const earlier = await pair();
    const { host, joinId } = bothSides(alice, bob);
    host.answer(joinId, at(earlier.messages, 0));
    expect(await codeOfAsync(host.verify(at(earlier.messages, 2)))).toBe('code-wrong');
  });

  test('a step out of turn changes nothing', async () => {
    const { host, join, joinId } = bothSides(alice, bob);
    expect(await codeOfAsync(host.verify(new Uint8Array(331)))).toBe('pairing-interrupted');
    expect(await codeOfAsync(host.confirm())).toBe('pairing-interrupted');
    expect(await codeOfAsync(join.finish(new Uint8Array(267)))).toBe('pairing-interrupted');
    expect((await runExchange({ host, join, joinId })).atHost.peer.name).toBe('Alice');
  });
});

describe('ids and keys', () => {
  test('a server that names another host or another joiner', async () => {
    expect(await codeOfAsync(pair({ claimedHostId: mallory.keys.id }))).toBe('code-wrong');
    expect(await codeOfAsync(pair({ claimedJoinId: mallory.keys.id }))).toBe('code-wrong');
  });

  test('somebody who knows the code but not the key of the joiner’s id', async () => {
    const asAlice = under(alice.keys.id, mallory);
    expect(await codeOfAsync(runExchange(bothSides(asAlice, bob)))).toBe('identity-mismatch');
  });

  test('somebody who knows the code but not the key of the host’s id', async () => {
    const asBob = under(bob.keys.id, mallory);
    expect(await codeOfAsync(runExchange(bothSides(alice, asBob)))).toBe('identity-mismatch');
  });

  test('somebody who shows another’s routing key without being able to sign with it', async () => {
    const borrowed = { publicKey: alice.keys.routing.publicKey, sign: mallory.keys.routing.sign };
    const asAlice = withKeys(alice, { routing: borrowed });
    expect(await codeOfAsync(runExchange(bothSides(asAlice, bob)))).toBe('identity-mismatch');
  });

  test('a signature of another pairing proves nothing', async () => {
    let recorded: Uint8Array<ArrayBuffer> = new Uint8Array(0);
    const recording = withKeys(alice, {
      routing: {
        publicKey: alice.keys.routing.publicKey,
        sign: async (message) => {
          recorded = await alice.keys.routing.sign(message);
          return recorded;
        },
      },
    });
    await runExchange(bothSides(recording, bob));
    const replayed = withKeys(alice, {
      routing: { publicKey: alice.keys.routing.publicKey, sign: async () => recorded },
    });
    expect(await codeOfAsync(runExchange(bothSides(replayed, bob)))).toBe('identity-mismatch');
  });

  test('a middle that has guessed the code shows each side other words', async () => {
    const toBob = await runExchange(bothSides(mallory, bob));
    const toAlice = await runExchange(bothSides(alice, mallory));
    expect(verifierWords(toBob.atHost.verifier)).not.toEqual(verifierWords(toAlice.atJoin.verifier));
  });

  test('one’s own code', () => {
    expect(codeOf(() => bothSides(alice, alice))).toBe('code-own');
    const { host } = bothSides(bob, alice);
    expect(codeOf(() => host.answer(alice.keys.id, new Uint8Array(50)))).toBe('code-own');
    expect(host.burnt).toBe(true);
  });

  test('a session id half of another size', () => {
    const make = (size: number) => () => bothSides(alice, bob, { sidH: new Uint8Array(size) });
    expect([0, 15, 17].map((size) => codeOf(make(size)))).toEqual(Array(3).fill('message-invalid'));
  });
});

describe('the person at the host', () => {
  test('who says no ends it: there is no P4', async () => {
    const { host, join, joinId } = bothSides(alice, bob);
    const { message } = await join.prove(host.answer(joinId, join.message));
    await host.verify(message);
    host.end();
    expect(await codeOfAsync(host.confirm())).toBe('pairing-interrupted');
    expect(host.burnt).toBe(true);
  });

  test('who says no while the proof is being checked ends it too', async () => {
    const { host, join, joinId } = bothSides(alice, bob);
    const { message } = await join.prove(host.answer(joinId, join.message));
    const verifying = codeOfAsync(host.verify(message));
    host.end();
    expect(await verifying).toBe('pairing-interrupted');
    expect(await codeOfAsync(host.confirm())).toBe('pairing-interrupted');
  });

  test('who clicks twice pairs once', async () => {
    const { host, join, joinId } = bothSides(alice, bob);
    const { message } = await join.prove(host.answer(joinId, join.message));
    await host.verify(message);
    const [first, second] = [host.confirm(), codeOfAsync(host.confirm())];
    expect(await second).toBe('pairing-interrupted');
    expect((await join.finish((await first).message)).peer.name).toBe('Bob’s laptop');
  });

  test('who takes the code back before anybody typed it', () => {
    const { host, join, joinId } = bothSides(alice, bob);
    host.end();
    expect(codeOf(() => host.answer(joinId, join.message))).toBe('code-expired');
  });
});
