import type { Action } from '../protocol/actions.ts';
import { MAX_MESSAGE_BYTES } from '../runtime/aws.ts';
import { RequestError } from '../runtime/errors.ts';
import type { HttpRequest } from '../runtime/http.ts';
import { newId } from '../runtime/new-id.ts';
import { createReceiver, type ReceiverParts } from './receiver.ts';

/**
 * The part of an event of API Gateway's WebSocket API that is read here. Headers come with
 * `$connect`, as they were sent.
 */
export interface SocketRequest extends HttpRequest {
  readonly requestContext: NonNullable<HttpRequest['requestContext']> & {
    readonly routeKey: string;
    readonly connectionId: string;
    /** ms since 1970. */
    readonly requestTimeEpoch?: number;
  };
}

/** `body` goes back as a text frame; without one nothing is sent. */
export interface SocketResponse {
  statusCode: number;
  body?: string;
}

/**
 * The WebSocket: a frame with an AI Flow event in, a frame with an array of actions out, or none.
 * What isn't an event is answered with nothing: AI Flow would take an error for an action. Source:
 * `api/websocket`.
 */
export function createWebSocketHandler(parts: ReceiverParts) {
  const { authorize, receive } = createReceiver(parts);
  const { sessions, clock, log } = parts;

  return async function handle(request: SocketRequest): Promise<SocketResponse> {
    const startedAt = clock.now();
    const { routeKey, connectionId, requestTimeEpoch: receivedAt } = request.requestContext;
    try {
      switch (routeKey) {
        case '$connect':
          await authorize(request);
          return { statusCode: 200 };
        case '$disconnect':
          await disconnect(connectionId);
          return { statusCode: 200 };
        default:
          return framed(
            await receive(request, { receivedAt, startedAt, connection: connectionId }),
          );
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      log.warn('refused', { status: error.status, code: error.code, field: error.field });
      return { statusCode: routeKey === '$connect' ? error.status : 200 };
    }
  };

  function framed(actions: readonly Action[]): SocketResponse {
    const body = JSON.stringify(actions);
    const bytes = Buffer.byteLength(body);
    if (bytes <= MAX_MESSAGE_BYTES) return { statusCode: 200, ...(actions.length > 0 && { body }) };
    log.error('answer_too_large', { session_id: actions[0]?.session_id ?? '', bytes });
    return { statusCode: 200 };
  }

  async function detach(session_id: string, connection: string): Promise<void> {
    const id = newId();
    const { call } = await sessions.record(session_id, {
      id,
      at: clock.now(),
      kind: 'gone',
      socket: connection,
    });
    await sessions.unlist(call, [{ connection }]);
  }

  /**
   * The call goes on: its events may come over another one. Nobody would try again: the next push
   * finds it gone.
   */
  async function disconnect(connection: string): Promise<void> {
    try {
      const ids = await sessions.find({ connection });
      await Promise.all(ids.map((id) => detach(id, connection)));
      for (const session_id of ids) log.info('socket_gone', { session_id });
    } catch (error) {
      log.error('detach_failed', { error });
    }
  }
}
