import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';

/** Methods and attributes of RFC 8489 and RFC 8656. */
const METHODS = { allocate: 0x0003, createPermission: 0x0008 } as const;
const ATTRIBUTES = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorPeerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  requestedTransport: 0x0019,
} as const;
const COOKIE = 0x2112a442;
const UDP = 17;
const RESEND_MS = 1000;

export interface Credential {
  readonly username: string;
  readonly credential: string;
}

type Attribute = readonly [type: number, value: Buffer];

/** An error code of the TURN server, or null where it agreed. */
export type TurnAnswer = number | null;

/** A TURN client over UDP that asks for an allocation and for permissions, as a browser does, and nothing more. */
export class TurnClient {
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;
  readonly #user: Credential;
  #realm = '';
  #nonce: Buffer = Buffer.alloc(0);

  constructor(port: number, user: Credential) {
    this.#port = port;
    this.#user = user;
  }

  async allocate(): Promise<TurnAnswer> {
    const transport: Attribute = [ATTRIBUTES.requestedTransport, Buffer.from([UDP, 0, 0, 0])];
    // The first answer is always 401, and says what the second request must prove.
    const challenge = await this.#ask(METHODS.allocate, [transport], false);
    this.#realm = String(challenge.get(ATTRIBUTES.realm));
    this.#nonce = challenge.get(ATTRIBUTES.nonce) ?? Buffer.alloc(0);
    return errorOf(await this.#ask(METHODS.allocate, [transport], true));
  }

  /** May what this IPv4 address sends come in, and may it be sent to? */
  async permit(address: string): Promise<TurnAnswer> {
    const cookie = Buffer.alloc(4);
    cookie.writeUInt32BE(COOKIE);
    const plain = address.split('.').map(Number);
    const hidden = plain.map((byte, index) => byte ^ (cookie[index] ?? 0));
    const peer = Buffer.from([0, 1, 0x21, 0x12, ...hidden]);
    return errorOf(await this.#ask(METHODS.createPermission, [[ATTRIBUTES.xorPeerAddress, peer]], true));
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(method: number, attributes: readonly Attribute[], isSigned: boolean): Promise<Map<number, Buffer>> {
    const id = randomBytes(12);
    const request = isSigned ? this.#signed(method, id, attributes) : message(method, id, attributes);
    let resend: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        this.#socket.on('message', (answer) => {
          if (answer.subarray(8, 20).equals(id)) resolve(attributesOf(answer));
        });
        const send = () => this.#socket.send(request, this.#port, '127.0.0.1');
        resend = setInterval(send, RESEND_MS);
        send();
      });
    } finally {
      clearInterval(resend);
      this.#socket.removeAllListeners('message');
    }
  }

  #signed(method: number, id: Buffer, attributes: readonly Attribute[]): Buffer {
    const { username, credential } = this.#user;
    const all: Attribute[] = [
      ...attributes,
      [ATTRIBUTES.username, Buffer.from(username)],
      [ATTRIBUTES.realm, Buffer.from(this.#realm)],
      [ATTRIBUTES.nonce, this.#nonce],
    ];
    const key = createHash('md5').update(`${username}:${this.#realm}:${credential}`).digest();
    // The MAC is over everything before it, with the length as if it were there.
    const withRoom = message(method, id, [...all, [ATTRIBUTES.messageIntegrity, Buffer.alloc(20)]]);
    const mac = createHmac('sha1', key).update(withRoom.subarray(0, -24)).digest();
    return message(method, id, [...all, [ATTRIBUTES.messageIntegrity, mac]]);
  }
}

function message(type: number, id: Buffer, attributes: readonly Attribute[]): Buffer {
  const body = attributes.map(([type, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
  });
  const length = body.reduce((sum, one) => sum + one.length, 0);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(length, 2);
  head.writeUInt32BE(COOKIE, 4);
  return Buffer.concat([head, id, ...body]);
}

function attributesOf(answer: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= answer.length; ) {
    const length = answer.readUInt16BE(at + 2);
    found.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length));
    at += 4 + length + (-length & 3);
  }
  return found;
}

function errorOf(attributes: Map<number, Buffer>): TurnAnswer {
  const error = attributes.get(ATTRIBUTES.errorCode);
  return error ? (error[2] ?? 0) * 100 + (error[3] ?? 0) : null;
}
