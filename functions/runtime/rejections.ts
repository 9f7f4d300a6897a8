import type { Log } from './log.ts';

/**
 * Lives on where a call flow has left a promise to itself, and it was rejected: Lambda's runtime,
 * as Node does, would end the function, and with it the answer to whichever call it has by then.
 * Its listener goes, because it ends what it hears of.
 */
export function outliveRejections(log: Log): void {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => log.error('unawaited_failed', { error }));
}
