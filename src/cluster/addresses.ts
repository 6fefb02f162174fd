/** The addresses of workers: their form, and whether they are private. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { expected, givenTwice, missing } from '../errors.js';

/** An address that a worker listens at. */
export interface Address {
  host: string;
  port: number;
}

const millisecondsBetweenLookups = 1000;

/**
 * @param text `host:port`; the host may be a name, an IPv4 address, or an IPv6 address in brackets
 * @param name what errors call it
 * @throws InvalidInputError for another form
 */
export function parseAddress(text: unknown, name: string): Address {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.%]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(String(text)) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (typeof text !== 'string' || host === undefined || port < 1 || port > 65_535) {
    throw expected('an address host:port with a port from 1 to 65535', name, text);
  }
  return { host, port };
}

/**
 * The addresses of all workers.
 *
 * @throws InvalidInputError for one of another form, or one that is there twice
 */
export function parseAddresses(workers: readonly string[]): Address[] {
  const addresses = workers.map((text, index) => parseAddress(text, `workers[${index}]`));
  const again = workers.find((text, index) => workers.indexOf(text) !== index);
  if (again !== undefined) {
    throw givenTwice(`the worker ${again}`);
  }
  return addresses;
}

/** What the Internet does not reach, by IANA's registries of special-purpose addresses: private, shared, local and for examples. */
const privateNetworks = new BlockList();
const ofVersion4: readonly [network: string, prefix: number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
];
for (const [network, prefix] of ofVersion4) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
}
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');
privateNetworks.addSubnet('fe80::', 10, 'ipv6');
privateNetworks.addSubnet('2001:db8::', 32, 'ipv6');

/** Whether only a private network reaches the IP address. */
export function isPrivate(ip: string): boolean {
  const [plain = ''] = ip.split('%');
  // An IPv4 address in the form of IPv6.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain;
  return privateNetworks.check(mapped, isIP(mapped) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Waits until the name of each host has an address, since containers of a cluster start one after another.
 *
 * @throws InvalidInputError for a host without an address in time, and for a public one
 */
export async function checkPrivate(addresses: readonly Address[], seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  await Promise.all(
    addresses.map(async ({ host, port }, index) => {
      const name = `worker ${index}`;
      const found = await addressesOf(host, end);
      if (found.length === 0) {
        throw missing(
          `an address of ${host}`,
          name,
          `The name was looked up for ${seconds} seconds: check it, or start its machine`,
        );
      }
      const open = found.find((ip) => !isPrivate(ip));
      if (open !== undefined) {
        const shown = open === host ? `${host}:${port}` : `${host}:${port} (${open})`;
        throw expected(
          'a private address',
          name,
          shown,
          "TensorFlow's server has no login and no encryption: use a private network or a tunnel, or set allowPublic if a firewall lets only the workers in",
        );
      }
    }),
  );
}

async function addressesOf(host: string, end: number): Promise<string[]> {
  for (;;) {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch {
      if (Date.now() >= end) {
        return [];
      }
      await wait(Math.min(millisecondsBetweenLookups, Math.max(0, end - Date.now())));
    }
  }
}

/** A public address of this machine, at which TensorFlow's server listens as well; undefined if there is none. */
export function ownPublicAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .map(({ address }) => address)
    .find((address) => !isPrivate(address));
}
