import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What an event says of its connection. */
export interface ConnectionContext {
  connectionId: string;
  /** ms since 1970. */
  connectedAt: number;
}

/** As API Gateway makes them: `L0SM9cOFvHcCIhw=`. */
export const newConnection = (now = Date.now()): ConnectionContext => ({
  connectionId: `${randomBytes(11).toString('base64url')}=`,
  connectedAt: now,
});

/**
 * Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations.html
 */
export const connectEvent = (connection: ConnectionContext, request: IncomingMessage) => ({
  ...headersOf(request),
  ...context(connection, '$connect', 'CONNECT'),
  isBase64Encoded: false,
});

export const messageEvent = (connection: ConnectionContext, body: string) => ({
  ...context(connection, '$default', 'MESSAGE', { messageId: requestId() }),
  body,
  isBase64Encoded: false,
});

export const disconnectEvent = (connection: ConnectionContext, code: number, reason: string) => ({
  ...context(connection, '$disconnect', 'DISCONNECT', {
    disconnectStatusCode: code,
    disconnectReason: reason,
  }),
  isBase64Encoded: false,
});

/** Names as they were sent, unlike those of an HTTP API. */
function headersOf({ rawHeaders }: IncomingMessage) {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers[rawHeaders[at] as string] = rawHeaders[at + 1] as string;
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  return { headers, multiValueHeaders };
}

function context(
  connection: ConnectionContext,
  routeKey: string,
  eventType: string,
  more: object = {},
) {
  const now = Date.now();
  return {
    requestContext: {
      routeKey,
      eventType,
      ...more,
      extendedRequestId: requestId(),
      requestTime: new Date(now).toUTCString(),
      messageDirection: 'IN',
      stage: 'local',
      ...connection,
      requestTimeEpoch: now,
      identity: { sourceIp: '127.0.0.1' },
      requestId: requestId(),
      domainName: '127.0.0.1',
      apiId: 'local',
    },
  };
}

const requestId = () => `${randomBytes(11).toString('base64url')}=`;
