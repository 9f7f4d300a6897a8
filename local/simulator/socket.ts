import type { Deliver } from './outbox.ts';

/** A WebSocket that is open. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** Opens a WebSocket to the application. Rejects when it is refused. */
export type Connect = (listener: {
  received(text: string): void;
  closed(): void;
}) => Promise<Socket>;

export interface SocketDelivery {
  deliver: Deliver;
  close(): void;
}

/**
 * One call's WebSocket, open from its first event on. When it is lost, the next event opens another
 * one.
 */
export function createSocketDelivery(
  connect: Connect,
  received: (text: string) => void,
): SocketDelivery {
  let socket: Promise<Socket> | undefined;

  function open(): Promise<Socket> {
    const opening = connect({ received, closed: () => forget(opening) });
    opening.catch(() => forget(opening));
    return opening;
  }

  function forget(gone: Promise<Socket>) {
    if (socket === gone) socket = undefined;
  }

  return {
    async deliver(event) {
      socket ??= open();
      (await socket).send(JSON.stringify(event));
      return undefined;
    },
    close() {
      void socket?.then(
        (open) => open.close(),
        () => {},
      );
      socket = undefined;
    },
  };
}
