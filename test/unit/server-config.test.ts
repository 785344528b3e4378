import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError, completeConfig, configFromEnvironment, VARIABLES } from '../../peer-server/config.ts';

test('nothing set: the documented defaults', () => {
  expect(configFromEnvironment({})).toEqual({
    host: '127.0.0.1',
    port: 9000,
    logLevel: 'info',
    allowedOrigins: ['chrome-extension://', 'moz-extension://', 'none'],
    publicHosts: [],
    allowStockClients: false,
    tokenWindowMs: 60_000,
    trustedProxies: [],
    maxClients: 5000,
    maxUrlBytes: 1024,
    maxMessageBytes: 65_536,
    maxMessageDepth: 12,
    messagesPerSecond: 30,
    messageBurst: 120,
    socketsPerAddress: 20,
    connectsPerAddressPerMinute: 60,
    maxBufferedBytes: 524_288,
    pendingMessagesPerPeer: 32,
    pendingBytesPerPeer: 131_072,
    pendingBytesPerAddress: 1_048_576,
    pendingBytesTotal: 8_388_608,
    pendingTimeoutMs: 5000,
    aliveTimeoutMs: 90_000,
    nameplateTtlMs: 300_000,
    nameplatesPerAddressPerMinute: 5,
    claimsPerAddressPerTenMinutes: 10,
    failedClaimsPerMinute: 60,
    stunUrls: [],
    turnUrls: [],
    turnSecret: '',
    turnTtlMs: 3_600_000,
    iceServersPerIdPerMinute: 10,
    iceServersPerAddressPerMinute: 30,
    relay: true,
    relaySecret: '',
    relayTicketTtlMs: 60_000,
    relayTicketsPerIdPerMinute: 30,
    relayWaitMs: 30_000,
    relayPingMs: 20_000,
    relaySockets: 400,
    relaySocketsPerAddress: 20,
    relayBytesPerRoom: 17_179_869_184,
    relayBytesPerAddressPerHour: 17_179_869_184,
    relayLifetimeMs: 43_200_000,
    metricsHost: '127.0.0.1',
    metricsPort: null,
  });
});

test('an empty variable is an unset one', () => {
  expect(configFromEnvironment({ PORT: '', HOST: '  ' })).toEqual(completeConfig());
});

test('reads numbers, lists and switches', () => {
  const config = configFromEnvironment({
    HOST: '::1',
    PORT: ' 8080 ',
    ALLOWED_ORIGINS: 'https://share.example, none',
    TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8 , 192.0.2.1',
    PUBLIC_HOSTS: 'share.example, 127.0.0.1:9000,[::1]:9000',
    ALLOW_STOCK_CLIENTS: 'true',
    STUN_URLS: 'stun:turn.example, stuns:[2001:db8::1]:5349',
    TURN_URLS: 'turn:turn.example:3478?transport=udp, turns:192.0.2.1',
    TURN_SECRET: 'sixteen-letters!',
    RELAY: 'false',
    METRICS_PORT: '0',
  });
  expect(config).toMatchObject({
    host: '::1',
    port: 8080,
    allowedOrigins: ['https://share.example', 'none'],
    trustedProxies: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'],
    publicHosts: ['share.example', '127.0.0.1:9000', '[::1]:9000'],
    allowStockClients: true,
    stunUrls: ['stun:turn.example', 'stuns:[2001:db8::1]:5349'],
    turnUrls: ['turn:turn.example:3478?transport=udp', 'turns:192.0.2.1'],
    turnSecret: 'sixteen-letters!',
    relay: false,
    metricsPort: 0,
  });
});

test.each([
  ['PORT', 'abc', 'PORT is "abc", but must be a whole number from 0 to 65535.'],
  ['PORT', '65536', 'PORT is "65536", but must be a whole number from 0 to 65535.'],
  ['PORT', '-1', 'PORT is "-1", but must be a whole number from 0 to 65535.'],
  ['PORT', '1e3', 'PORT is "1e3", but must be a whole number from 0 to 65535.'],
  ['MAX_MESSAGE_DEPTH', '3', 'MAX_MESSAGE_DEPTH is "3", but must be a whole number from 4 to 1000.'],
  ['HOST', 'two words', 'HOST is "two words", but must be an address or host name of this computer.'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud", but must be one of silent, fatal, error, warn, info, debug, trace.'],
  ['ALLOW_STOCK_CLIENTS', 'yes', 'ALLOW_STOCK_CLIENTS is "yes", but must be true or false.'],
  ...['Share.example', 'https://share.example', 'share.example/path', ''].map((host) => [
    'PUBLIC_HOSTS',
    `one.example,${host}`,
    `PUBLIC_HOSTS is "one.example,${host}", but must be a list of lower-case host names as in URLs, each with its port unless that is 80 or 443.`,
  ]),
  [
    'TRUSTED_PROXIES',
    '10.0.0.0/33',
    'TRUSTED_PROXIES is "10.0.0.0/33", but must be a list of IP addresses or ranges such as 10.0.0.0/8.',
  ],
  [
    'ALLOWED_ORIGINS',
    'share.example',
    'ALLOWED_ORIGINS is "share.example", but must be a list of origins, schemes ending in ://, none (no Origin header) or *.',
  ],
  ...[
    'turn:turn.example',
    'stun:turn.example?transport=udp',
    'stun:two words',
    'stun:',
    `${'stun:a,'.repeat(8)}stun:a`,
  ].map((urls) => [
    'STUN_URLS',
    urls,
    `STUN_URLS is "${urls}", but must be a list of at most 8 URLs such as stun:turn.example:3478.`,
  ]),
  ...['stun:turn.example', 'turn:turn.example?transport=sctp', 'turn:turn.example/x'].map((urls) => [
    'TURN_URLS',
    urls,
    `TURN_URLS is "${urls}", but must be a list of at most 8 URLs such as turn:turn.example:3478?transport=udp or turns:turn.example:5349.`,
  ]),
  ['TURN_URLS', 'turn:turn.example', 'TURN_SECRET is missing, but must be the secret of the server in TURN_URLS.'],
  // What was meant to be secret isn't repeated.
  ['TURN_SECRET', 'too short', 'TURN_SECRET must be 16 to 256 characters of ASCII without spaces.'],
  ['RELAY_SECRET', 'too short', 'RELAY_SECRET must be 16 to 256 characters of ASCII without spaces.'],
  ['METRICS_PORT', 'off', 'METRICS_PORT is "off", but must be a whole number from 0 to 65535.'],
])('%s=%s is refused in one sentence', (variable, text, sentence) => {
  expect(() => configFromEnvironment({ [variable]: text })).toThrow(new ConfigError(sentence));
});

test('a value from code is checked like one from the environment', () => {
  expect(() => completeConfig({ port: 1.5 })).toThrow('port is 1.5, but must be a whole number from 0 to 65535.');
});

test('the README lists every variable with its default', () => {
  const readme = readFileSync(new URL('../../peer-server/README.md', import.meta.url), 'utf8').replace(/ +/g, ' ');
  for (const [key, value] of Object.entries(completeConfig())) {
    const variable = new Map(Object.entries(VARIABLES)).get(key);
    const text = [value].flat().join(',');
    expect(readme).toContain(`| \`${variable}\` | ${text === '' ? 'none' : `\`${text}\``} |`);
  }
});
