import type { Queue } from '../../functions/interruption/queueing.ts';

/** For calls that are told where they are looked up: nothing is passed on. */
export const noQueue: Queue = { put: () => Promise.reject(new Error('no queue')) };
