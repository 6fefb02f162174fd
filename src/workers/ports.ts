/** Free ports of this machine. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** `count` different ports that nobody listens on at the moment, at any address of this machine: a worker listens at all. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  try {
    // All listen at once, so that no port comes twice.
    await Promise.all(servers.map((server) => once(server, 'listening')));
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => once(server.close(), 'close')));
  }
}
