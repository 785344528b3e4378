/**
 * Every failure a person can see, by name. The code alone crosses the wire or a context; `_locales` maps
 * `error_<code with underscores>` to one sentence that says what failed and what to do next.
 */
export const ERROR_CODES = [
  // server and pairing
  'server-unreachable',
  'server-address',
  'server-changed',
  'code-malformed',
  'code-wrong',
  'code-expired',
  'code-unknown',
  'code-own',
  'pairing-interrupted',
  'pairing-declined',
  'pairing-too-often',
  'pairing-busy',
  // trust
  'tampered',
  'identity-mismatch',
  // peers and links
  'peer-offline',
  'peer-unreachable',
  'webrtc-blocked',
  'udp-blocked',
  'relay-full',
  'peer-unknown',
  'peer-unpaired',
  'peer-blocked',
  'version-mismatch',
  'version-behind',
  'version-ahead',
  'message-invalid',
  'message-too-large',
  'too-many-waiting',
  'link-lost',
  'link-not-http',
  'link-hidden',
  // live
  'capture-forbidden',
  'capture-needs-click',
  'capture-failed',
  'capture-cancelled',
  'capture-taken',
  'share-busy',
  'share-unreachable',
  'share-no-codec',
  'share-needs-turn',
  'ask-declined',
  'microphone-denied',
  'microphone-missing',
  // files
  'file-changed',
  'file-gone',
  'file-cancelled',
  'file-corrupt',
  'file-too-large',
  'file-stalled',
  'file-interrupted',
  'file-wrong-source',
  'file-too-many',
  'file-fetch-failed',
  'file-page-only',
  'folder-name',
  'storage-full',
  'save-failed',
  'save-full',
  'download-failed',
  // own contexts
  'timed-out',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A failure that a person is told about. A bug throws a plain `Error` instead. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'AppError';
    this.code = code;
  }
}

/** Which side has to be updated: this one is behind the peer, or ahead of it. */
export type OtherVersion = Extract<ErrorCode, 'version-behind' | 'version-ahead'>;

export function otherVersion(theirs: number, own: number): OtherVersion {
  return theirs > own ? 'version-behind' : 'version-ahead';
}

/** The code of any thrown value: an `AppError`'s own, `internal` for everything that is a bug. */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof AppError ? error.code : 'internal';
}
