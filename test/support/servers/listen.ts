/** HTTP servers on this machine. */
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** Its address, without a slash at the end. */
  url: string;
  /** Ends the server and its connections. */
  close: () => void;
}

/**
 * Starts a server on a free port of the loopback interface.
 * @param tls a key and a certificate in PEM, for https
 */
export async function listen(
  handler: RequestListener,
  tls?: { key: string; cert: string },
): Promise<Listening> {
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, close };
}
