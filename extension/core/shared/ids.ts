import { toBase64Url } from './bytes.ts';

/** PeerJS takes no id that begins or ends with a dash or underscore, or has two of them in a row. */
const PEERJS_ID = /^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$/;

/** Whether PeerJS accepts this id for a device. About one in ten random base64url strings of 22 characters is refused. */
export const isPeerJsId = (id: string): boolean => PEERJS_ID.test(id);

/** A new name for a device, item, transfer or share: 16 random bytes as 22 characters of base64url that PeerJS accepts. */
export function newId(): string {
  for (;;) {
    const id = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
    if (isPeerJsId(id)) return id;
  }
}
