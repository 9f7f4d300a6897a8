import { createWebSocketHandler } from './assistant/websocket-handler.ts';
import { answering } from './wiring/answering.ts';

/** Lambda behind the WebSocket API: what `webhook` does, over one connection for each call. */
export const handler = createWebSocketHandler(answering('websocket'));
