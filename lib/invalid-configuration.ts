import { cut } from '../functions/protocol/invalid.ts';

/**
 * A context value that can't be deployed. The message names the key, the value seen and the remedy.
 */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';

  readonly key: string;
  /** The value seen and the remedy. */
  readonly problem: string;

  constructor(key: string, value: unknown, remedy: string) {
    const problem = `is ${cut(String(JSON.stringify(value)))}: ${remedy}`;
    super(`context key "${key}" ${problem}`);
    this.key = key;
    this.problem = problem;
  }
}
