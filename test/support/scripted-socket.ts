import type { JoinedSocket } from '../../extension/core/link/relay-link.ts';

/** The socket of a relay link with nothing behind it: keeps what is written and hears what the test says. */
export class ScriptedSocket extends EventTarget implements JoinedSocket {
  readonly OPEN = 1;
  readyState: JoinedSocket['readyState'] = 1;
  /** What the test says waits for the network. */
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];

  send(message: Parameters<JoinedSocket['send']>[0]): void {
    if (typeof message === 'string' || !(message instanceof Uint8Array)) throw new Error('Only bytes are written.');
    // As a browser does: whoever wrote it may use the memory again.
    this.sent.push(message.slice());
  }

  close(): void {
    this.readyState = 3;
  }

  /** Something arrives. */
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: data instanceof Uint8Array ? bufferOf(data) : data }));
  }

  /** The server closes. */
  closes(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer;
