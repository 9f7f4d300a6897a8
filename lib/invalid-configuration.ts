import { cut } from '../functions/protocol/invalid.ts';

/** A context value that can't be deployed. The message names the key, the value seen and the remedy. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';

  constructor(key: string, value: unknown, remedy: string) {
    super(`context key "${key}" is ${cut(String(JSON.stringify(value)))}: ${remedy}`);
  }
}
