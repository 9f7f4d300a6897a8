import { createAssistant } from '../../functions/assistant/assistant.ts';
import { timesFor } from '../../functions/assistant/deadline.ts';
import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { createInterrupter } from '../../functions/interruption/interrupter.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import type { AiFlowEvent } from '../../functions/protocol/events.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { noJobs } from '../support/no-jobs.ts';
import { noQueue } from '../support/no-queue.ts';
import { noWording } from '../support/no-wording.ts';
import { watchedChannel } from './channel.ts';
import type { History } from './history.ts';
import { createPhone } from './phone.ts';
import type { Random } from './random.ts';
import { LABEL, SESSION_ID, SOURCES, sentence, type Trigger } from './requests.ts';
import type { Process, Scheduler } from './scheduler.ts';
import { watchedStore } from './watched-store.ts';

/** A bug that is put in, to see that the model finds it. */
export interface Bug {
  readonly store?: (store: SessionStore) => SessionStore;
  /** What a function takes for the store. */
  readonly seenBy?: (store: SessionStore) => SessionStore;
  readonly channel?: (channel: Channel) => Channel;
  readonly clock?: (clock: Clock) => Clock;
  readonly outcomes?: (outcomes: Outcomes) => Outcomes;
}

export interface WorldParts {
  readonly store: SessionStore;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly faults: number;
  readonly push: boolean;
  readonly bug: Bug;
}

/** One call and both functions; each invocation is a process of its own, as a Lambda is. */
export function createWorld(parts: WorldParts) {
  const { clock, random, scheduler, history, push, bug } = parts;
  const store = bug.store?.(parts.store) ?? parts.store;
  const log = { info() {}, warn() {}, error() {} };
  let lastAt = 0;
  const phone = createPhone({ session_id: SESSION_ID, clock, random, history, emit });

  return { phone, trigger };

  /** An event on its way: taken now, answered at some time. */
  function emit(event: AiFlowEvent) {
    // A voice needs a moment to begin: no two events of a call are taken in the same millisecond.
    if (clock.now() === lastAt) clock.pass(1);
    const at = clock.now();
    lastAt = at;
    if (event.type === 'assistant_speak') history.add({ what: 'reported', text: String(event.text), at });
    void scheduler.run(`webhook ${event.type} ${history.entries.length}`, async (process) => {
      history.add({ what: 'begins', by: process.name, at: clock.now() });
      const template = templateOf(process);
      const assistant = createAssistant({ templates: always(template), jobs: noJobs, ...functionParts(process) });
      const actions = await assistant(event, timesFor(at, clock.now()));
      if (process.crashed) return;
      history.add({ what: 'answered', by: process.name, at: clock.now(), ...marksOf(actions) });
      void scheduler.run('network', async () => phone.receive(actions), false);
    });
  }

  /** Delivers a trigger until the source is content, three times at most. */
  async function trigger({ request }: Trigger, copy: number) {
    const deliver = random.pick(SOURCES);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const by = `interrupt ${request.id} ${copy}.${attempt}`;
      const again = await scheduler.run(by, (process) => deliver(interruptFunction(process), request));
      const result = again === 'crashed' ? again : again ? 'again' : 'done';
      history.add({ what: 'returned', by, id: request.id, result });
      if (result === 'done') return;
    }
  }

  function interruptFunction(process: Process) {
    const shared = functionParts(process);
    const channel = watchedChannel({ process, scheduler, random, history, phone, clock });
    const pushes = push ? (bug.channel?.(channel) ?? channel) : undefined;
    const clocked = { ...shared, clock: bug.clock?.(clock) ?? clock };
    const interrupt = createInterrupter({ ...clocked, queue: noQueue, wording: noWording, channel: pushes });
    return createInterruptHandler({ ...clocked, interrupt });
  }

  function functionParts(process: Process) {
    const watched = watchedStore({ ...parts, store, process });
    const sessions = bug.seenBy?.(watched) ?? watched;
    const outcomes: Outcomes = {
      async publish(events) {
        await scheduler.point(process);
        for (const event of events) history.add({ what: 'published', by: process.name, event });
        await scheduler.point(process);
      },
    };
    return { sessions, outcomes: bug.outcomes?.(outcomes) ?? outcomes, clock, log };
  }

  /** Answers at once or late, sometimes with what must be said to its end. */
  function templateOf(process: Process): Template {
    return {
      onSessionStart: (_event, { labels }) => {
        labels.add(LABEL);
        return sentence('greeting');
      },
      async onUserSpeak({ text }) {
        for (let rest = random.int(3); rest > 0; rest--) await scheduler.point(process);
        const guarded = random.chance(0.3) && { barge_in: { strategy: 'none' as const } };
        return { type: 'speak', text: sentence(text), ...guarded };
      },
    };
  }
}

/** Which interruption leads an answer, and whose `then` is in it. */
function marksOf(actions: readonly { type: string }[]) {
  const texts = actions.flatMap((action) => Object.values(action)).filter((value) => typeof value === 'string');
  const then = texts.flatMap((text) => /^then (\S+)$/.exec(text)?.[1] ?? []);
  const [first, second] = actions as readonly { type: string; text?: string }[];
  const id = first?.type === 'barge_in' ? second?.text?.split(' ')[0] : undefined;
  const says = actions.flatMap((action) => ('text' in action ? [String(action.text)] : []));
  return { then, says, ...(id !== undefined && { id }) };
}
