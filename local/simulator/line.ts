import type { Clock } from '../../functions/runtime/clock.ts';
import { RINGING_SECONDS } from './behaviour.ts';
import type { CallOptions } from './call-options.ts';
import { createTimer } from './timer.ts';

/**
 * Whom the caller is connected to, or waits for while it is `ringing`; from `hung_up` to `ended`
 * the application is being told.
 */
export type Connection = 'assistant' | 'ringing' | 'person' | 'hung_up' | 'ended';

export interface LineParts {
  clock: Clock;
  /** What the target of a transfer does. */
  target: CallOptions['transfer'];
  /** A failed transfer with `timeout` gives the call back. */
  returned(): void;
  /** A failed transfer without `timeout` ends it. */
  failed(): void;
}

export interface Line {
  connection(): Connection;
  /** Connects to a person, or lets their telephone ring. `timeout` in seconds. */
  transfer(timeout: number | undefined): void;
  hangUp(): void;
  end(): void;
}

/** Where one call is connected to, from placing it to its end. */
export function createLine({ clock, target, returned, failed }: LineParts): Line {
  const ringing = createTimer(clock);
  let connection: Connection = 'assistant';

  function giveUp(timeout: number | undefined) {
    if (timeout === undefined) return failed();
    connection = 'assistant';
    returned();
  }

  return {
    connection: () => connection,
    transfer(timeout) {
      connection = target === 'answered' ? 'person' : 'ringing';
      if (connection === 'person') return;
      ringing.start(target === 'busy' ? 0 : (timeout ?? RINGING_SECONDS) * 1000, () =>
        giveUp(timeout),
      );
    },
    hangUp() {
      connection = 'hung_up';
      ringing.stop();
    },
    end() {
      connection = 'ended';
    },
  };
}
