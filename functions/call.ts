import { createCallHandler } from './outbound/call-handler.ts';
import { calling } from './wiring/calling.ts';

/** Lambda that lets the assistant call somebody: `{ to, id? }` in, what came of it out. */
export const handler = createCallHandler(calling('call'));
