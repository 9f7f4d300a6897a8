import { timesFor } from '../../functions/assistant/deadline.ts';
import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import type { Queue } from '../../functions/interruption/queueing.ts';
import { wakeBy } from '../../functions/interruption/waking.ts';
import type { AiFlowEvent } from '../../functions/protocol/events.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Message } from '../../functions/runtime/message-queue.ts';
import { sqs } from '../support/envelopes.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { sqsRecordOf } from '../support/memory-queue.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { noJobs } from '../support/no-jobs.ts';
import { watchedChannel } from './channel.ts';
import type { History } from './history.ts';
import { createPhone } from './phone.ts';
import type { Random } from './random.ts';
import { batchOf, LABEL, SESSION_ID, SOURCES, sentence, type Trigger } from './requests.ts';
import type { Process, Scheduler } from './scheduler.ts';
import { watchedStore } from './watched-store.ts';

/** A bug that is put in, to see that the model finds it. */
export interface Bug {
  readonly store?: (store: CallStore) => CallStore;
  /** What a function takes for the store. */
  readonly seenBy?: (store: CallStore) => CallStore;
  readonly channel?: (channel: Channel) => Channel;
  readonly clock?: (clock: Clock) => Clock;
  readonly outcomes?: (outcomes: Outcomes) => Outcomes;
}

export interface WorldParts {
  readonly store: CallStore;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly faults: number;
  readonly push: boolean;
  readonly bug: Bug;
}

/** A source gives up after so many deliveries. */
const DELIVERIES = 3;

/** One call and the functions; each invocation is a process of its own, as a Lambda is. */
export function createWorld(parts: WorldParts) {
  const { clock, random, scheduler, history, push, bug } = parts;
  const store = bug.store?.(parts.store) ?? parts.store;
  const log = { info() {}, warn() {}, error() {} };
  const queue: Queue = {
    async put(messages) {
      for (const message of messages)
        clock.after((message.delay_seconds ?? 0) * 1000, () => void handOut(message));
      return { items: [] };
    },
  };
  let [lastAt, invocations] = [0, 0];
  const phone = createPhone({ session_id: SESSION_ID, clock, random, history, emit });

  return { phone, trigger };

  /** An event on its way: taken now, answered at some time. */
  function emit(event: AiFlowEvent) {
    // A voice needs a moment to begin: no two events of a call are taken in the same millisecond.
    if (clock.now() === lastAt) clock.pass(1);
    const at = clock.now();
    lastAt = at;
    const name = `webhook ${event.type} ${++invocations}`;
    history.add({ what: 'reported', by: name, at });
    void scheduler.run(name, async (process) => {
      history.add({ what: 'begins', by: name, at: clock.now() });
      const actions = await functions(process).assistant(event, timesFor(at, clock.now()));
      if (process.crashed) return;
      const batch = batchOf(name, actions);
      history.add({ what: 'left', way: 'answer', at: clock.now(), arrives: true, ...batch });
      void scheduler.run('network', async () => phone.receive(actions, batch), false);
    });
  }

  /** Delivers a trigger until the source is content. */
  async function trigger({ request }: Trigger, copy: number) {
    const deliver = random.pick(SOURCES);
    for (let attempt = 1; attempt <= DELIVERIES; attempt++) {
      const by = `interrupt ${request.id} ${copy}.${attempt}`;
      const again = await scheduler.run(by, (process) =>
        deliver(functions(process).interrupt, request),
      );
      const result = again === 'crashed' ? again : again ? 'again' : 'done';
      history.add({ what: 'returned', by, id: request.id, result });
      if (result === 'done') return;
    }
  }

  /** The same for a message that our own functions have put into the queue. */
  async function handOut(message: Message) {
    const event = sqs(sqsRecordOf(message));
    for (let attempt = 1; attempt <= DELIVERIES; attempt++) {
      const reply = await scheduler.run(`message ${++invocations}`, (process) =>
        functions(process).interrupt(event),
      );
      if (reply !== 'crashed' && 'batchItemFailures' in Object(reply)) return;
    }
  }

  /** As they are put together, in one invocation. */
  function functions(process: Process) {
    const watched = watchedStore({ ...parts, store, process });
    const outcomes: Outcomes = {
      async publish(events) {
        await scheduler.point(process);
        for (const event of events) history.add({ what: 'published', by: process.name, event });
        await scheduler.point(process);
      },
    };
    const channel = watchedChannel({ process, scheduler, random, history, phone, clock });
    return memoryStack({
      templates: always(templateOf(process)),
      sessions: bug.seenBy?.(watched) ?? watched,
      outcomes: bug.outcomes?.(outcomes) ?? outcomes,
      channel: push ? (bug.channel?.(channel) ?? channel) : undefined,
      websocket: undefined,
      jobs: noJobs,
      queue,
      wake: wakeBy(queue, clock),
      random: () => random.int(100) / 100,
      clock: bug.clock?.(clock) ?? clock,
      log,
    });
  }

  /** Answers at once or late, sometimes with what must be said to its end. */
  function templateOf(process: Process): Template {
    return {
      onSessionStart: (_event, { labels }) => {
        labels.add(LABEL);
        return sentence('greeting');
      },
      async onUserSpeak({ text }, { turn }) {
        history.add({ what: 'asked', by: process.name, turn, text });
        for (let rest = random.int(3); rest > 0; rest--) await scheduler.point(process);
        const guarded = random.chance(0.3) && { barge_in: { strategy: 'none' as const } };
        return { type: 'speak', text: sentence(text), ...guarded };
      },
    };
  }
}
