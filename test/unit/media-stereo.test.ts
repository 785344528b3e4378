import { expect, test } from 'vitest';
import { inStereo } from '../../extension/core/media/stereo.ts';

const section = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

test('Opus is wanted in stereo in every section alike, and nothing else changes', () => {
  const before = section(
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=fmtp:63 111/111',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=rtpmap:96 VP8/90000',
    'a=fmtp:96 x=1',
  );
  expect(inStereo(before)).toBe(before.replaceAll('useinbandfec=1', 'useinbandfec=1;stereo=1'));
});

test('who has chosen already keeps the choice, and saying it twice says it once', () => {
  const chosen = section('a=rtpmap:111 opus/48000/2', 'a=fmtp:111 stereo=0;minptime=10');
  expect(inStereo(chosen)).toBe(chosen);
  const plain = section('a=rtpmap:109 OPUS/48000/2', 'a=fmtp:109 sprop-stereo=1');
  expect(inStereo(inStereo(plain))).toBe(inStereo(plain));
  expect(inStereo(plain)).toContain('sprop-stereo=1;stereo=1\r\n');
});

test('a description without Opus stays as it is', () => {
  const video = section('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 VP8/90000');
  expect(inStereo(video)).toBe(video);
});
