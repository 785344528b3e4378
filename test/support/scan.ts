import { fromBase64Url } from '../../extension/core/shared/bytes.ts';

const BASE64URL = /[A-Za-z0-9_-]{8,}/g;

/** Which of these secrets can be read in what was heard: as it stands, or inside anything that is base64url. */
export function revealed(heard: readonly string[], secrets: readonly string[]): string[] {
  const decoder = new TextDecoder();
  const readable = heard.flatMap((text) => {
    const encoded = text.match(BASE64URL) ?? [];
    return [text, ...encoded.map((part) => decoder.decode(fromBase64Url(part) ?? new Uint8Array()))];
  });
  return secrets.filter((secret) => readable.some((text) => text.includes(secret)));
}
