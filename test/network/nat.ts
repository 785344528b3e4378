import { type Namespace, NoNetworkError, openNamespace } from './namespace.ts';

/**
 * What stands between a person and the internet. open: nothing · cone: a router that keeps the port of whoever sends · symmetric: one with
 * another port towards everybody · no-udp: a cone that lets no UDP through · one-port: only TCP to one port of the server.
 */
export type NetworkKind = 'open' | 'cone' | 'symmetric' | 'no-udp' | 'one-port';

export const SERVER_ADDRESS = '203.0.113.10';
/** The one port that a network of kind `one-port` lets through. */
export const SERVER_PORT = 443;
export const TURN_PORT = 3478;
export const TURN_TLS_PORT = 5349;

/** Bytes that have come to the servers: to TURN by each transport, and to and from the one port, where signalling and relay are. */
export interface Arrived {
  readonly turnUdp: number;
  readonly turnTcp: number;
  readonly turnTls: number;
  readonly onePort: number;
  readonly fromOnePort: number;
}

/** The network of one person, behind a router of their own. What they do happens at once, as to a real one. */
export interface Home {
  /** Where the person's programs run. */
  readonly host: Namespace;
  readonly router: Namespace;
  /** Changes what the router lets through, and forgets what went through before. */
  become(kind: NetworkKind): Promise<void>;
  /** Drops every packet between the computer and the internet, or those of UDP, without a word; null: none any more. */
  drop(what: 'all' | 'udp' | null): Promise<void>;
  /** Pulls the cable of the computer, or plugs it in: then it has its address and its way out again. */
  plug(on: boolean): Promise<void>;
  /** Gives the computer another address, as another wireless network does. */
  changeAddress(): Promise<void>;
  /** The router has forgotten every mapping and gives out other ports from now on. */
  rebind(): Promise<void>;
  /** Slows the way to the internet, and that from it; null: as fast as it can be. */
  limit(bitsPerSecond: number | null): Promise<void>;
}

/** Two homes and a place for servers, with an internet between them. */
export interface Network {
  readonly servers: Namespace;
  readonly homes: readonly [Home, Home];
  /** Since it was opened. */
  arrived(): Promise<Arrived>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Where each home is connected to the internet, and what it is inside. Addresses of RFC 5737 and RFC 1918. */
const PLANS = [
  { wan: '198.51.100', lan: '10.1.0' },
  { wan: '192.0.2', lan: '10.2.0' },
] as const;
type Plan = (typeof PLANS)[number];

/** The internet is at .1 of every segment that touches it, a router at .2 outside and .1 inside. */
const ROUTER = 2;

/** What a queue in front of a slow line holds. */
const QUEUE_BYTES = 128 * 1024;

/** @throws NoNetworkError where namespaces, devices or packet filters aren't permitted. */
export async function openNetwork(): Promise<Network> {
  const opened: Namespace[] = [];
  const open = async () => {
    const namespace = await openNamespace();
    opened.push(namespace);
    return namespace;
  };
  const close = async () => {
    await Promise.all(opened.map((namespace) => namespace.close()));
  };
  try {
    const [internet, servers] = [await open(), await open()];
    await internet.shell(
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      `ip link add servers type veth peer name eth0 netns ${servers.pid}`,
      'ip addr add 203.0.113.1/24 dev servers',
      'ip link set servers up',
    );
    await servers.shell(
      `ip addr add ${SERVER_ADDRESS}/24 dev eth0`,
      'ip link set eth0 up',
      'ip route add default via 203.0.113.1',
      // Rules without a target count, and do nothing.
      ...COUNTED.map((match) => `iptables -w -A INPUT -i eth0 ${match}`),
      `iptables -w -A OUTPUT -o eth0 -p tcp --sport ${SERVER_PORT}`,
    );
    const home = async (plan: Plan, name: string) => openHome(plan, name, internet, await open(), await open());
    const homes = [await home(PLANS[0], 'home-a'), await home(PLANS[1], 'home-b')] as const;
    return { servers, homes, arrived: () => readCounts(servers), close };
  } catch (error) {
    await close();
    if (error instanceof NoNetworkError) throw error;
    const why = error instanceof Error ? error.message.trim() : String(error);
    throw new NoNetworkError(`routers can't be made here (${why})`);
  }
}

/** UDP has no other use there, and what comes for somebody's relayed address comes to another port. */
const COUNTED = ['-p udp', ...[TURN_PORT, TURN_TLS_PORT, SERVER_PORT].map((port) => `-p tcp --dport ${port}`)];

async function readCounts(servers: Namespace): Promise<Arrived> {
  const counts = async (chain: string) => {
    const listed = await servers.shell(`iptables -w -L ${chain} -v -x -n`);
    // Two lines of headings, then packets and bytes of each rule.
    return listed
      .trim()
      .split('\n')
      .slice(2)
      .map((rule) => Number(rule.trim().split(/\s+/)[1]));
  };
  const [turnUdp = 0, turnTcp = 0, turnTls = 0, onePort = 0] = await counts('INPUT');
  const [fromOnePort = 0] = await counts('OUTPUT');
  return { turnUdp, turnTcp, turnTls, onePort, fromOnePort };
}

async function openHome(
  plan: Plan,
  name: string,
  internet: Namespace,
  router: Namespace,
  host: Namespace,
): Promise<Home> {
  const { wan, lan } = plan;
  await internet.shell(
    `ip link add ${name} type veth peer name wan netns ${router.pid}`,
    `ip addr add ${wan}.1/24 dev ${name}`,
    `ip link set ${name} up`,
    `ip route add ${lan}.0/24 via ${wan}.${ROUTER}`,
  );
  await router.shell(
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    `ip addr add ${wan}.${ROUTER}/24 dev wan`,
    'ip link set wan up',
    `ip route add default via ${wan}.1`,
    `ip link add lan type veth peer name eth0 netns ${host.pid}`,
    `ip addr add ${lan}.1/24 dev lan`,
    'ip link set lan up',
    // Before everything else.
    'iptables -w -N DROPPED',
    'iptables -w -A FORWARD -j DROPPED',
    'iptables -w -N KIND',
    'iptables -w -A FORWARD -j KIND',
  );
  let lastByte = 2;
  const plugIn = () =>
    host.shell(
      'ip link set eth0 up',
      `ip addr replace ${lan}.${lastByte}/24 dev eth0`,
      `ip route replace default via ${lan}.1`,
    );
  await plugIn();
  let masquerade = '';
  let firstPort = 0;
  const translate = async (rules: readonly string[]) => {
    await router.shell('iptables -w -t nat -F POSTROUTING', ...rules, forget);
  };
  const home: Home = {
    host,
    router,
    become: async (kind) => {
      masquerade = kind === 'open' ? '' : 'iptables -w -t nat -A POSTROUTING -o wan';
      const rules = masquerade === '' ? [] : [`${masquerade} -j MASQUERADE`];
      if (kind === 'symmetric') rules.unshift(`${masquerade} -p udp -j MASQUERADE --random-fully`);
      await router.shell('iptables -w -F KIND', 'iptables -w -F INPUT', ...filters(kind));
      await translate(rules);
    },
    drop: async (what) => {
      const rule = what && `iptables -w -A DROPPED ${what === 'udp' ? '-p udp ' : ''}-j DROP`;
      await router.shell('iptables -w -F DROPPED', ...(rule ? [rule] : []));
    },
    plug: async (on) => {
      await (on ? plugIn() : host.shell('ip link set eth0 down'));
    },
    changeAddress: async () => {
      await host.shell(`ip addr flush dev eth0`);
      lastByte += 1;
      await plugIn();
    },
    rebind: async () => {
      if (masquerade === '') throw new Error('An open network has no mappings.');
      firstPort = firstPort === 20_000 ? 30_000 : 20_000;
      const ports = `--to-ports ${firstPort}-${firstPort + 9_999}`;
      await translate(['udp', 'tcp'].map((one) => `${masquerade} -p ${one} -j MASQUERADE ${ports}`));
    },
    limit: async (bitsPerSecond) => {
      const shape = (device: string) =>
        bitsPerSecond === null
          ? `tc qdisc del dev ${device} root 2>/dev/null || true`
          : `tc qdisc replace dev ${device} root tbf rate ${bitsPerSecond} burst 32kb limit ${QUEUE_BYTES}`;
      await router.shell(shape('wan'), shape('lan'));
    },
  };
  await home.become('open');
  return home;
}

/** Makes the router treat every packet that comes now as the first of its kind. */
const forget = 'conntrack -F 2>/dev/null';

function filters(kind: NetworkKind): string[] {
  const forward = 'iptables -w -A KIND';
  if (kind === 'open') return [];
  return [
    // Without it a router would answer what nobody inside has asked for, and the port would be taken for what comes after.
    'iptables -w -A INPUT -i wan -m conntrack --ctstate NEW -j DROP',
    `${forward} -i wan -m conntrack --ctstate NEW -j DROP`,
    ...(kind === 'no-udp' ? [`${forward} -p udp -j DROP`] : []),
    ...(kind === 'one-port'
      ? [
          `${forward} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
          `${forward} -i lan -p tcp -d ${SERVER_ADDRESS} --dport ${SERVER_PORT} -j ACCEPT`,
          `${forward} -j DROP`,
        ]
      : []),
  ];
}
