import { expect, test } from 'vitest';
import { startingWith, startKbps } from '../../extension/core/media/start-bitrate.ts';

const section = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

test('every codec of a picture begins with the same, and nothing else changes', () => {
  const answer = section(
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 100 45',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:98 VP9/90000',
    'a=fmtp:98 profile-id=0',
    'a=rtpmap:100 H264/90000',
    'a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=1',
    'a=rtpmap:45 AV1/90000',
  );
  expect(startingWith(1_000, answer)).toBe(
    section(
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 100 45',
      'a=rtpmap:96 VP8/90000',
      'a=fmtp:96 x-google-start-bitrate=1000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=rtpmap:98 VP9/90000',
      'a=fmtp:98 profile-id=0;x-google-start-bitrate=1000',
      'a=rtpmap:100 H264/90000',
      'a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=1;x-google-start-bitrate=1000',
      'a=rtpmap:45 AV1/90000',
      'a=fmtp:45 x-google-start-bitrate=1000',
    ),
  );
});

test('what the other side would begin with comes first, and so counts no more', () => {
  const answer = section('a=rtpmap:96 VP8/90000', 'a=fmtp:96 x-google-start-bitrate=900000');
  expect(startingWith(1_000, answer)).toContain('=900000;x-google-start-bitrate=1000\r\n');
});

test('a description with lines that end otherwise is understood all the same', () => {
  const answer = 'a=rtpmap:96 VP8/90000\na=fmtp:96 x-google-start-bitrate=900000\n';
  expect(startingWith(1_000, answer)).toContain('=900000;x-google-start-bitrate=1000\n');
});

test('a description made to cost time costs next to none', () => {
  const hostile = 'a=rtpmap:1 VP8/90000\r\n'.repeat(700) + '\r\n'.repeat(8_000);
  const startedMs = performance.now();
  for (let round = 0; round < 20; round += 1) startingWith(1_000, hostile);
  // Half a second each where every line was compared with every other.
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('a peer nearby gets more at once than one far away or one whose round trip nobody knows', () => {
  expect(startKbps(3)).toBeGreaterThan(startKbps(40));
  expect(startKbps(null)).toBe(startKbps(40));
});
