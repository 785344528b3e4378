import { BlockList, isIP } from 'node:net';

/** An IPv4 client of a dual-stack socket appears as `::ffff:192.0.2.1`. Zones (`%eth0`) say nothing about who it is. */
function plain(address: string): string {
  const withoutZone = address.trim().replace(/%.*$/, '');
  return withoutZone.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** One subscriber usually has a whole /64 of IPv6, so limits count by that; IPv4 addresses count one by one. */
function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.replace(/[\d.]+\.\d+$/, '0:0').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(gap, 0)).fill('0'), ...back];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

/** Says who a connection comes from, as a key for limits. */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies addresses or CIDR ranges, validated by the configuration */
  constructor(trustedProxies: readonly string[]) {
    for (const range of trustedProxies) {
      const [address = '', prefix] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(prefix), family);
    }
  }

  isTrustedProxy(address: string | undefined): boolean {
    const known = plain(address ?? '');
    const family = isIP(known);
    return family !== 0 && this.#trusted.check(known, family === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * Reads X-Forwarded-For from the right, as each proxy appends the address it saw, and stops at the first that isn't a trusted
   * proxy: everything left of it may be invented. From anyone else the header is ignored.
   */
  keyOf(remoteAddress: string | undefined, forwardedFor: string | string[] | undefined): string {
    let client = plain(remoteAddress ?? '');
    const hops = [forwardedFor ?? []].flat().join(',').split(',');
    while (this.isTrustedProxy(client)) {
      const hop = plain(hops.pop() ?? '');
      if (isIP(hop) === 0) break;
      client = hop;
    }
    return limitKey(client);
  }
}
