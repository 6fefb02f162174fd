/** Bodies that an answer did not wait for: what is left of them is read and thrown away, so that the connection can go on. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections whose request is answered before its body has arrived. Many clients read no answer before they have sent all, and an
 * end of the connection with bytes that nobody has read may take the answer from them. The limit of time for a request to arrive holds.
 */
export class UnreadBodies {
  private readonly sockets = new Set<Socket>();

  /** To be called when a request is about to be answered. */
  discard(request: IncomingMessage): void {
    const { socket } = request;
    if (!request.complete) {
      this.sockets.add(socket);
      request.once('close', () => this.sockets.delete(socket));
    }
    // A parser that has given up, or waits until somebody takes a file, would hold the rest.
    request.unpipe();
    request.resume();
  }

  /** Whether the request that arrives on a connection has its answer. */
  has(socket: Socket): boolean {
    return this.sockets.has(socket);
  }

  /** Ends these connections. */
  end(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }
}
