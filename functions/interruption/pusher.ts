import type { Channel, Delivery } from '../delivery/channel.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import type { Interruption } from './request.ts';

export interface PusherParts {
  readonly sessions: SessionStore;
  /** To any call. Without it an interruption waits for the next event. */
  readonly channel: Channel | undefined;
  /** To calls whose events come over a WebSocket, by the id of its connection. */
  readonly websocket?: Channel | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A delivery, or why none was tried: it is too late, or there is no way to push. */
export type Pushed = Delivery | { readonly status: 'expired' | 'no_way' };

/** Pushes to a claimed session by its WebSocket, else by the channel to any call; the claim holds for both. */
export function createPusher({ sessions, channel, websocket, clock, log }: PusherParts) {
  return async function push({ id, connection }: Session, interruption: Interruption): Promise<Pushed> {
    const { actions, expires_at } = interruption;
    const addressed = actions.map((action) => ({ ...action, session_id: id }));
    if (clock.now() >= expires_at) return { status: 'expired' };
    if (websocket && connection) {
      const delivery = await settled(id, websocket.send(connection, addressed, expires_at));
      // The WebSocket is gone, and not the call.
      if (delivery.status !== 'gone') return delivery;
      await detached(id, connection);
      if (clock.now() >= expires_at) return { status: 'expired' };
    }
    return channel ? settled(id, channel.send(id, addressed, expires_at)) : { status: 'no_way' };
  };

  function settled(session_id: string, sending: Promise<Delivery>): Promise<Delivery> {
    return sending.catch((error: unknown) => {
      log.error('send_failed', { session_id, error });
      return { status: 'in_doubt' as const, message: 'the send ended in an error' };
    });
  }

  async function detached(session_id: string, connection: string): Promise<void> {
    log.info('socket_gone', { session_id });
    await sessions.detach(session_id, connection).catch((error: unknown) => {
      log.error('detach_failed', { session_id, error });
    });
  }
}
