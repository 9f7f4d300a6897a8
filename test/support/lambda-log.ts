import { createLog } from '../../functions/runtime/log.ts';

/**
 * A log as CloudWatch has it, and what Lambda's runtime adds for an error that a handler throws.
 */
export function lambdaLog() {
  const lines: string[] = [];
  const log = createLog('test', (line) => lines.push(line));
  return {
    log,
    text: () => lines.join(''),
    lines: () => lines.map((line) => JSON.parse(line)),
    /**
     * As the runtime interface client writes it: name, message, stack, and whatever the error holds
     * in fields.
     */
    async invoked(work: () => unknown): Promise<unknown> {
      try {
        return await work();
      } catch (error) {
        const { name, message, stack } = error as Error;
        lines.push(
          JSON.stringify({ errorType: name, errorMessage: message, ...(error as Error), stack }),
        );
        return undefined;
      }
    },
  };
}
