import { expect, test } from 'vitest';
import { MemoryBackplane } from '../../peer-server/backplane/memory.ts';
import { OnceSet } from '../../peer-server/backplane/once-set.ts';
import { completeConfig } from '../../peer-server/config.ts';
import { parseSocketToken } from '../../peer-server/protocol.ts';
import { SocketTokens } from '../../peer-server/socket-token.ts';
import { idOf } from '../support/device.ts';
import { signedToken } from '../support/raw-client.ts';

const HOST = 'share.example';

function tokens() {
  const config = completeConfig();
  return new SocketTokens(config, new MemoryBackplane(config));
}

test('any changed character makes a token worthless', async () => {
  const checker = tokens();
  const token = signedToken('bob', { host: HOST });
  for (let index = 0; index < token.length; index++) {
    for (const other of ['A', 'x', '7', '-', '.']) {
      if (token[index] === other) continue;
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      expect(await checker.accepts(idOf('bob'), changed, HOST)).toBe(false);
    }
  }
  expect(await checker.accepts(idOf('bob'), token, HOST)).toBe(true);
});

test('the Host header may be written in capitals', async () => {
  expect(await tokens().accepts(idOf('bob'), signedToken('bob', { host: HOST }), 'Share.Example')).toBe(true);
});

test('a token has one spelling', () => {
  const token = signedToken('bob', { host: HOST });
  const [publicKey = '', timeMs, signature = ''] = token.split('.');
  expect(parseSocketToken(token)).toEqual({ publicKey, timeMs: Number(timeMs), signature });
  const nextLetter = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
  const spellings = [
    ` ${token}`,
    `${token}\n`,
    `${token}=`,
    `${publicKey}.${timeMs}.${nextLetter(signature)}`,
    `${nextLetter(publicKey)}.${timeMs}.${signature}`,
    `${publicKey}.0${timeMs}.${signature}`,
    `${publicKey}.+${timeMs?.slice(1)}.${signature}`,
    `${publicKey}.${timeMs}.${signature.slice(0, -1)}`,
  ];
  for (const text of spellings) expect(parseSocketToken(text)).toBeUndefined();
});

test('a full memory of used keys refuses rather than forgets', () => {
  const used = new OnceSet();
  let kept = 0;
  while (used.use(`key-${kept}`, 60_000)) kept++;
  expect(kept).toBe(500_000);
  expect(used.use('key-0', 60_000)).toBe(false);
  expect(used.use('another', 60_000)).toBe(false);
});
