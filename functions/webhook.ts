import { createWebhookHandler } from './assistant/webhook-handler.ts';
import { answering } from './wiring/answering.ts';

/** Lambda behind `POST /webhook`: an AI Flow event in, ordered actions out. */
export const handler = createWebhookHandler(answering('webhook'));
