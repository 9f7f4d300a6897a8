import type { Delivery } from '../call/delivered.ts';
import type { Call } from '../call/document.ts';
import type { Push } from '../call/interrupt.ts';
import { SENT_WITHIN_MS } from '../call/settle.ts';
import type { Channel, Delivery as Sent } from '../delivery/channel.ts';
import { onTheWire } from '../protocol/raw.ts';
import { newId } from '../runtime/new-id.ts';
import type { ConsequenceParts } from './consequences.ts';

export interface Channels {
  /** To any call. Without it an interruption waits for the next event. */
  readonly channel: Channel | undefined;
  /** To calls whose events come over a WebSocket, by the id of its connection. */
  readonly websocket?: Channel | undefined;
}

/** Pushes to a call by its WebSocket, else by the channel to any call. Never throws. */
export function createPusher({
  sessions,
  channel,
  websocket,
  clock,
  log,
}: Channels & ConsequenceParts) {
  return async function push(
    call: Call,
    { key, actions, expires_at = Number.POSITIVE_INFINITY }: Push,
  ): Promise<Delivery> {
    const { id, socket } = call;
    const addressed = actions.map((action) => onTheWire({ ...action, session_id: id }));
    const tooLate = () => lateFor(clock.now(), expires_at, leftAt(call, key));
    let late = tooLate();
    if (late) return late;
    if (websocket && socket) {
      const delivery = await sendSafely(id, websocket.send(socket.id, addressed, expires_at));
      // The WebSocket is gone, and not the call.
      if (delivery.status !== 'gone') return delivery;
      await forget(call, socket.id);
    }
    late = tooLate();
    if (late) return late;
    if (!channel) return { status: 'no_way' };
    const delivery = await sendSafely(id, channel.send(id, addressed, expires_at));
    if (delivery.status === 'gone')
      log.error('call_not_found', { session_id: id, remedy: NOT_FOUND });
    return delivery;
  };

  function sendSafely(session_id: string, sending: Promise<Sent>): Promise<Sent> {
    return sending.catch((error: unknown) => {
      log.error('send_failed', { session_id, error });
      return { status: 'in_doubt' as const, message: 'the send ended in an error' };
    });
  }

  async function forget(call: Call, connection: string): Promise<void> {
    const { id: session_id } = call;
    log.info('socket_gone', { session_id });
    const fact = { id: newId(), at: clock.now(), kind: 'gone', socket: connection } as const;
    await Promise.all([
      sessions.record(session_id, fact),
      sessions.unlist(call, [{ connection }]),
    ]).catch((error: unknown) => log.error('detach_failed', { session_id, error }));
  }
}

const leftAt = ({ queue }: Call, key: string) =>
  queue.find((one) => one.key === key)?.sent?.at ?? Number.POSITIVE_INFINITY;

function lateFor(now: number, expires_at: number, left_at: number): Delivery | undefined {
  if (now >= expires_at) return { status: 'expired' };
  return now > left_at + SENT_WITHIN_MS ? HELD_UP : undefined;
}

/** The function was frozen, or the store slow: nothing has left. */
const HELD_UP: Delivery = {
  status: 'refused',
  code: 'unreachable',
  message: 'it took too long until it could be sent',
  retryable: true,
};

const NOT_FOUND =
  'AI Flow knows no such call: it is over, or the URL of the external API is wrong (is {session_id} where it belongs?)';
