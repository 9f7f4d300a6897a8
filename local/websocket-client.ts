import { WebSocket } from 'ws';
import type { Connect } from './simulator/socket.ts';
import { WEBSOCKET_PATH } from './websocket-api.ts';

/** Opens a WebSocket to the application, as AI Flow does for each call. Rejects when it is refused. */
export const websocketClient =
  (url: string, token: string): Connect =>
  ({ received, closed }) =>
    new Promise((resolve, reject) => {
      const address = url.replace(/^http/, 'ws') + WEBSOCKET_PATH;
      const client = new WebSocket(address, {
        headers: { 'X-API-TOKEN': token, 'User-Agent': 'ai-flow-simulator' },
      });
      client.on('open', () =>
        resolve({ send: (text) => client.send(text), close: () => client.close() }),
      );
      client.on('message', (data) => received(String(data)));
      client.on('unexpected-response', (_request, { statusCode }) => {
        reject(new Error(`the WebSocket was refused with status ${statusCode}`));
        client.terminate();
      });
      client.on('error', reject);
      client.on('close', closed);
    });
