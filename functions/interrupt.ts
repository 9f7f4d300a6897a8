import { createInterruptHandler } from './interruption/interrupt-handler.ts';
import { interrupting } from './wiring/interrupting.ts';

const { telling, ...parts } = interrupting('interrupt');

/**
 * Lambda for any trigger: an interruption in, `[barge_in, speak]` to the sessions it concerns out.
 */
export const handler = createInterruptHandler({ ...parts, look: telling.look });
