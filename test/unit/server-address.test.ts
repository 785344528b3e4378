import { expect, test } from 'vitest';
import { ClientAddresses } from '../../peer-server/client-address.ts';
import { OriginRules } from '../../peer-server/origin-rules.ts';

const PROXIED = new ClientAddresses(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

test.each([
  ['an untrusted client can say what it likes', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['a proxy tells who is behind it', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['only what the proxies appended counts', '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['a chain of proxies', '127.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['a proxy on a dual-stack socket', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['a proxy that says nothing', '10.1.2.3', undefined, '10.1.2.3'],
  ['rubbish is no address', '10.1.2.3', 'unknown', '10.1.2.3'],
  ['several headers', '10.1.2.3', ['1.1.1.1', '203.0.113.9'], '203.0.113.9'],
  ['IPv4 inside IPv6 is IPv4', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
  ['IPv6 counts by /64', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['the same /64 written shorter', '2001:db8:1:2::9', undefined, '2001:db8:1:2::/64'],
  ['zeros in the prefix', '2001:db8::9', undefined, '2001:db8:0:0::/64'],
  ['loopback', '::1', undefined, '0:0:0:0::/64'],
  ['a zone', 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
  ['IPv6 behind an IPv6 proxy', 'fd00::1', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['a gone socket', undefined, '203.0.113.9', ''],
])('%s', (_, remote, forwarded, key) => {
  expect(PROXIED.keyOf(remote, forwarded)).toBe(key);
});

test.each([
  [['chrome-extension://', 'none'], 'chrome-extension://abcdef', true],
  [['chrome-extension://', 'none'], undefined, true],
  [['chrome-extension://'], undefined, false],
  [['chrome-extension://', 'none'], 'https://chrome-extension.example', false],
  [['chrome-extension://', 'none'], 'null', false],
  [['https://share.example'], 'https://share.example', true],
  [['https://share.example'], 'https://share.example.evil.example', false],
  [['https://share.example'], 'http://share.example', false],
  [['*'], 'https://anyone.example', true],
  [['*'], undefined, true],
  [[], undefined, false],
])('origins %j and %s: %s', (rules, origin, allowed) => {
  expect(new OriginRules(rules).allows(origin)).toBe(allowed);
});
