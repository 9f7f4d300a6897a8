import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import type { LambdaContext } from '../../functions/interruption/interrupt-handler.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Action } from '../../functions/protocol/actions.ts';
import type { Assets } from '../../functions/runtime/assets.ts';
import type { Message } from '../../functions/runtime/message-queue.ts';
import { sqs } from './envelopes.ts';
import { SESSION } from './events.ts';
import { recordingLog } from './log.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { memoryQueue, sqsRecordOf } from './memory-queue.ts';
import { memoryStack } from './memory-stack.ts';
import { createMemoryStore } from './memory-store.ts';
import { recordingOutcomes } from './outcomes.ts';

/** In order; or whatever it says at that moment. */
type Answers = (Delivery | Error | Promise<Delivery>)[] | (() => Delivery | Promise<Delivery>);

/** What was pushed to a call, or to its connection. */
export interface Sent {
  session_id: string;
  actions: readonly Action[];
}

export interface LineOptions {
  template?: Template;
  /** Whether there is a way to push. */
  push?: boolean;
  /** What AI Flow says to each push; it takes what is left over. */
  answers?: Answers;
  /** Whether the queue takes a message, in order; it takes what is left over. */
  queueTakes?: boolean[];
  /** The WebSocket API: what it says to each push, and where that is kept. */
  websocket?: { answers: Answers; sent: Sent[] };
  /** Of the WebSocket that events come over. */
  connection?: string | undefined;
  store?: CallStore;
  /**
   * How long the end of a sentence waits for a slow answer, ms. By default an event is answered
   * before the next comes.
   */
  slow_answer_wait_ms?: number;
  assets?: Assets;
}

interface LineParts extends LineOptions {
  sessions: CallStore;
  outcomes: Outcomes;
  clock: ManualClock;
  sent: Sent[];
}

/** What a line is made of, with nothing in it yet. */
export function aWorld() {
  const clock = manualClock();
  const sent: Sent[] = [];
  return { clock, sessions: createMemoryStore(clock), outcomes: recordingOutcomes(), sent };
}

/** A phone line in miniature: events in, interruptions in, what the caller is told out. */
export function phoneLine({
  template = {},
  push = true,
  answers = [],
  queueTakes = [],
  websocket,
  connection,
  sessions,
  store = sessions,
  slow_answer_wait_ms = 0,
  assets,
  outcomes,
  clock,
  sent,
}: LineParts) {
  const log = recordingLog();
  const queued: Message[] = [];
  const started: Job[] = [];
  const stack = memoryStack({
    templates: always(template),
    sessions: store,
    outcomes,
    jobs: { start: async (job: Job) => void started.push(job) },
    queue: memoryQueue({
      clock,
      handle: (event) => stack.interrupt(event),
      takes: () => queueTakes.shift() ?? true,
      held: queued,
    }),
    channel: push ? channelOf(answers, sent) : undefined,
    websocket: websocket && channelOf(websocket.answers, websocket.sent),
    slow_answer_wait_ms,
    ...(assets && { assets }),
    clock,
    log,
  });
  return {
    log,
    /** What `later` has put off, in order. */
    started,
    work: stack.job,
    hear: (event: object, at = clock.now()) =>
      stack.assistant(event as never, { at, deadline: clock.now() + 800, connection }),
    /** Messages in the queue. Those that are delayed come by themselves. */
    queued,
    /** Any trigger, in an invocation of its own. */
    trigger: stack.interrupt,
    /** An invocation for ten messages that lie in the queue. */
    turn: (context?: LambdaContext) =>
      stack.interrupt(sqs(...queued.splice(0, 10).map(sqsRecordOf)), context) as Promise<SqsReply>,
    interrupt: async (request: object = {}, at = clock.now()) => {
      const whole = {
        session_id: SESSION.id,
        say: 'Your parcel has shipped.',
        id: 'shipped',
        ...request,
      };
      const { outcomes: results } = await stack.interrupter(
        parseInterruption(whole, { id: 'default', at }, clock.now()),
      );
      return results;
    },
  };
}

interface SqsReply {
  batchItemFailures: object[];
}

const channelOf = (answers: Answers, sent: Sent[]): Channel => ({
  async send(session_id, actions) {
    sent.push({ session_id, actions });
    const answer = (await (typeof answers === 'function' ? answers() : answers.shift())) ?? {
      status: 'delivered',
    };
    if (answer instanceof Error) throw answer;
    return answer;
  },
});
