import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Hono } from 'hono';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LambdaFunction } from './functions.ts';
import { type Gateway, OPEN } from './gateway.ts';
import { refuse } from './guard.ts';
import {
  type ConnectionContext,
  connectEvent,
  disconnectEvent,
  messageEvent,
  newConnection,
} from './websocket-event.ts';

/** Where AI Flow connects to. */
export const WEBSOCKET_PATH = '/websocket';

/** What API Gateway takes as one message; a larger one closes the connection with code 1009. */
const MAX_MESSAGE_BYTES = 128 * 1024;

export interface WebSocketApi {
  /** Takes a connection of the HTTP server that wants to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** `POST /@connections/{id}`, what `PostToConnection` calls. */
  routes: Hono;
  stop(): void;
}

/**
 * A function behind API Gateway's WebSocket API, with a route response on `$default`. Not emulated:
 * the ends after 10 idle minutes and 2 hours, and the limit of 32 KB a frame.
 */
export function createWebSocketApi(
  target: LambdaFunction,
  { stageVariables, pace }: Gateway = OPEN,
): WebSocketApi {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const connected = new Map<string, WebSocket>();

  return {
    async upgrade(request, socket, head) {
      // Whoever gives up meanwhile is nobody to answer.
      socket.on('error', () => socket.destroy());
      const status = request.url === WEBSOCKET_PATH ? await statusOf(request) : 404;
      if (typeof status === 'number')
        return void socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
      server.handleUpgrade(request, socket, head, (client) => attach(status, client));
    },
    routes: new Hono().post('/@connections/:id', async (c) => {
      const body = Buffer.from(await c.req.arrayBuffer());
      if (body.length > MAX_MESSAGE_BYTES)
        return refuse(c, 413, 'PayloadTooLargeException', 'a message is at most 128 KB');
      const client = connected.get(c.req.param('id'));
      if (!client) return refuse(c, 410, 'GoneException', 'this connection is gone');
      client.send(body.toString());
      return c.body(null, 200);
    }),
    stop() {
      // Nobody is there any more to be told of it.
      for (const client of connected.values()) client.removeAllListeners('close').terminate();
    },
  };

  /** A new connection, or the status that it is refused with. */
  async function statusOf(request: IncomingMessage): Promise<ConnectionContext | number> {
    const connection = newConnection();
    const { failed, payload } = await target.invoke(
      JSON.stringify(connectEvent(connection, request)),
    );
    if (failed) return 502;
    const { statusCode = 200 } = JSON.parse(payload) as { statusCode?: number };
    return statusCode < 300 ? connection : statusCode;
  }

  function attach(connection: ConnectionContext, client: WebSocket): void {
    connected.set(connection.connectionId, client);
    client.on('message', (data, isBinary) => {
      // Binary frames are not supported.
      if (isBinary) client.close(1003);
      else void answer(connection, client, String(data));
    });
    client.on('error', () => client.terminate());
    client.on('close', (code, reason) => {
      connected.delete(connection.connectionId);
      void target.invoke(JSON.stringify(disconnectEvent(connection, code, String(reason))));
    });
  }

  /** Frames of one connection are handled side by side, as API Gateway does. */
  async function answer(
    connection: ConnectionContext,
    client: WebSocket,
    frame: string,
  ): Promise<void> {
    const variables = stageVariables(frame);
    const { requestId, answer } = await pace(async () => {
      const event = messageEvent(connection, frame);
      const whole = { ...event, ...(variables && { stageVariables: variables }) };
      return {
        requestId: event.requestContext.requestId,
        answer: await target.invoke(JSON.stringify(whole)),
      };
    });
    const { failed, payload } = answer;
    const { connectionId } = connection;
    if (failed)
      return client.send(
        JSON.stringify({ message: 'Internal server error', connectionId, requestId }),
      );
    const { body } = (JSON.parse(payload) ?? {}) as { body?: string };
    if (body) client.send(body);
  }
}
