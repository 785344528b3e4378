import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { newId } from '../../extension/core/shared/ids.ts';
import { OwnEnvelope, PeerJsEnvelope, ServerEnvelope } from '../../extension/core/signalling/messages.ts';
import { parseServerAddress } from '../../extension/core/signalling/server-address.ts';

describe('the address of a server', () => {
  test.each([
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000', { port: 9000, path: '/', secure: false }],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000', { port: 9000, path: '/', secure: false }],
    ['localhost:9001', 'http://localhost:9001', { port: 9001, path: '/', secure: false }],
    ['example.org', 'https://example.org', { port: 443, path: '/', secure: true }],
    [
      ' https://example.org:8443/pairwise/ ',
      'https://example.org:8443/pairwise',
      { port: 8443, path: '/pairwise/', secure: true },
    ],
    ['wss://example.org/x', 'https://example.org/x', { port: 443, path: '/x/', secure: true }],
    ['http://[::1]:9000', 'http://[::1]:9000', { port: 9000, path: '/', secure: false }],
  ])('%j', (typed, url, parts) => expect(parseServerAddress(typed)).toMatchObject({ url, ...parts }));

  test.each([
    [''],
    ['   '],
    ['http://example.org'],
    ['http://192.168.0.7:9000'],
    ['ftp://example.org'],
    ['javascript:alert(1)'],
    ['https://user:pass@example.org'],
    ['https://example.org/?q'],
    ['https://example.org/#x'],
    ['https://'],
    ['127.0.0.1:99999'],
    ['two words'],
  ])('%j is refused', (typed) =>
    expect(() => parseServerAddress(typed)).toThrow(expect.objectContaining({ code: 'server-address' }) as Error),
  );
});

describe('what the server hands over', () => {
  const src = newId();
  const sdp = { type: 'offer', sdp: 'v=0' };
  const offer = { type: 'data', connectionId: 'dc_1', sdp, label: 'pairwise', reliable: true, serialization: 'raw' };

  test('the three messages of a data connection pass', () => {
    expect(v.is(PeerJsEnvelope, { type: 'OFFER', src, payload: offer })).toBe(true);
    expect(v.is(PeerJsEnvelope, { type: 'ANSWER', src, payload: { type: 'data', connectionId: 'dc_1', sdp } })).toBe(
      true,
    );
    const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0' };
    const payload = { type: 'data', connectionId: 'dc_1', candidate };
    expect(v.is(PeerJsEnvelope, { type: 'CANDIDATE', src, payload })).toBe(true);
  });

  test.each([
    ['a media call', { type: 'OFFER', src, payload: { ...offer, type: 'media' } }],
    ['a serialization that joins in memory', { type: 'OFFER', src, payload: { ...offer, serialization: 'binary' } }],
    ['an unordered channel', { type: 'OFFER', src, payload: { ...offer, reliable: false } }],
    [
      'a description of 100 kB',
      { type: 'OFFER', src, payload: { ...offer, sdp: { type: 'offer', sdp: 'x'.repeat(1e5) } } },
    ],
    ['a stranger’s id', { type: 'OFFER', src: '../../etc', payload: offer }],
    ['no payload', { type: 'OFFER', src }],
    ['null', null],
    ['LEAVE, on which PeerJS closes live connections', { type: 'LEAVE', src }],
  ])('%s reaches neither PeerJS nor us', (_, message) => {
    expect(v.is(PeerJsEnvelope, message)).toBe(false);
    expect(v.is(ServerEnvelope, message)).toBe(false);
    expect(v.is(OwnEnvelope, message)).toBe(false);
  });

  test('our own messages are told from PeerJS’s', () => {
    const knock = { type: 'CANDIDATE', src, payload: { pairwise: { type: 'knock', noise: 'AAAA' } } };
    expect(v.is(OwnEnvelope, knock)).toBe(true);
    expect(v.is(PeerJsEnvelope, knock)).toBe(false);
    expect(v.is(OwnEnvelope, { ...knock, src: 'pairwise-4821' })).toBe(true);
    expect(v.is(OwnEnvelope, { ...knock, src: 'pairwise-48211' })).toBe(false);
    const pair = { type: 'pair', step: 1, body: 'A'.repeat(10_000) };
    expect(v.is(OwnEnvelope, { ...knock, payload: { pairwise: pair } })).toBe(false);
  });
});
