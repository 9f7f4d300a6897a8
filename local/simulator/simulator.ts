import { InvalidValue } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Pace } from '../pacing.ts';
import { createCall } from './call.ts';
import { type CallOptions, callOptions, type GivenOptions } from './call-options.ts';
import type { Call, CallSummary } from './call-types.ts';
import type { Deliver } from './outbox.ts';
import type { Connect } from './socket.ts';
import type { TimelineEntry } from './timeline.ts';

export interface SimulatorParts {
  clock: Clock;
  deliver: Deliver;
  connect: Connect;
  /** In which order, and how fast, the events of all calls leave; at once without it. */
  pace?: Pace;
  log(message: string): void;
  /** The only transport that the application has; missing: both. */
  transport?: CallOptions['transport'];
  /** Names of the call flows that a call may be placed for. */
  templates?: () => readonly string[];
}

/**
 * What listeners are told: a call is new or its summary another one, or something happened in it.
 */
export type Notice =
  | { type: 'call'; call: CallSummary }
  | { type: 'timeline'; session_id: string; entry: TimelineEntry };

export interface Simulator {
  /** Places a call and returns at once. Throws `InvalidValue`. */
  place(options?: GivenOptions): Call;
  find(session_id: string): Call | undefined;
  /** All calls since the start, oldest first. */
  calls(): Call[];
  /** Returns the function that ends the subscription. */
  subscribe(listener: (notice: Notice) => void): () => void;
}

/** AI Flow's side of the wire: places calls, sends their events, executes the actions. */
export function createSimulator(parts: SimulatorParts): Simulator {
  const { clock, deliver, connect, log, transport } = parts;
  const { pace = (task) => task(), templates = () => [] } = parts;
  const calls = new Map<string, Call>();
  const listeners = new Set<(notice: Notice) => void>();
  const tell = (notice: Notice) => {
    for (const listener of listeners) listener(notice);
  };
  const recorded = ({ session_id }: Call, entry: TimelineEntry) =>
    tell({ type: 'timeline', session_id, entry });
  const changed = (call: Call) => tell({ type: 'call', call: call.summary() });

  return {
    place(options = {}) {
      const call = createCall({
        options: known(callOptions(options, transport)),
        clock,
        deliver,
        pace,
        connect,
        log,
        recorded,
        changed,
      });
      calls.set(call.session_id, call);
      changed(call);
      call.start();
      return call;
    },
    find: (session_id) => calls.get(session_id),
    calls: () => [...calls.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function known(options: CallOptions): CallOptions {
    const { template } = options;
    const names = templates();
    if (template === undefined || names.includes(template)) return options;
    const remedy = names.length > 0 ? `choose one of ${names.join(', ')}` : 'leave it out';
    throw new InvalidValue(`template: there is none of this name: ${remedy}`, 'template', {
      told: `template: there is no ${JSON.stringify(template)}: ${remedy}`,
    });
  }
}
