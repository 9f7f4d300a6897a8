import { randomUUID } from 'node:crypto';
import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createExternalApi } from '../../functions/delivery/external-api.ts';
import { PostFailed, type PostRequest } from '../../functions/delivery/post.ts';
import { InterruptionFailed } from '../../functions/interruption/interrupt-handler.ts';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { JobFailed } from '../../functions/jobs/job.ts';
import { asksForSecrets } from '../../functions/kit/digits.ts';
import type { Assets } from '../../functions/runtime/assets.ts';
import { wordOf } from '../../local/outcomes.ts';
import { PATIENCE_MS, type Stage } from '../../local/perform.ts';
import type { Interruption, PlayCall, Source } from '../../local/play.ts';
import { type RecordingEntry, recordingOf } from '../../local/recording/recording.ts';
import { createSimulator } from '../../local/simulator/simulator.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { ownAssets } from './assets.ts';
import { eventBridge, http, sqs, sqsRecord } from './envelopes.ts';
import { recordingLog } from './log.ts';
import type { ManualClock } from './manual-clock.ts';
import { memoryQueue } from './memory-queue.ts';
import { memoryStack } from './memory-stack.ts';
import { createMemoryStore } from './memory-store.ts';
import { passing, passUntil } from './passing.ts';

interface Parts {
  template: Template;
  call: PlayCall;
  /** Whether there is an external API. */
  push: boolean;
  /** Clips by name: ours, unless others are given. */
  assets?: Assets;
  /** Variables and secrets of the template, by name. */
  env?: Readonly<Record<string, string>>;
  clock: ManualClock;
}

/**
 * From AI Flow to the function, and at least between two events of a call: none comes in the same
 * millisecond.
 */
const WAY_MS = 5;
/** Nobody waits longer for an answer of the external API. */
const POST_MS = 800;
/**
 * Lambda takes a moment to invoke a function asynchronously: what put the job off has been answered
 * by then.
 */
const JOB_STARTS_AFTER_MS = 20;

/**
 * Places a call in memory, to perform a play on: the simulator and the functions, without a port.
 * Time passes as the stage waits.
 */
export function memoryStage({
  template,
  call: options,
  push,
  assets = ownAssets,
  env = {},
  clock,
}: Parts) {
  const log = recordingLog();
  const { store: sessions, writes } = counted(createMemoryStore(clock));
  let requests = 0;
  let arrived = clock.now();
  const unread: TimelineEntry[] = [];
  const outcomes: string[] = [];
  const interruptions: RecordingEntry[] = [];
  const sockets = new Map<string, (text: string) => void>();
  const bus = {
    put: async (entries: readonly { detailType: string; detail: object }[]) =>
      void outcomes.push(
        ...entries.map(({ detailType: detail_type, detail }) => wordOf({ detail_type, detail })),
      ),
  };
  const stack = memoryStack({
    templates: always(template),
    sessions,
    outcomes: createOutcomes({ bus, log }),
    queue: memoryQueue({ clock, handle: (event) => stack.interrupt(event) }),
    jobs: { start: async (job) => void clock.after(JOB_STARTS_AFTER_MS, () => void work(job)) },
    channel: push
      ? createExternalApi({ settings: EXTERNAL_API, token, post, clock, random: () => 0.5 })
      : undefined,
    websocket: { send: async (to, actions) => framed(to, actions) },
    assets,
    surroundings: () => ({ env, secret: async (name) => env[name] ?? '', known: () => [] }),
    clock,
    log,
  });
  const simulator = createSimulator({ clock, deliver, connect, log: () => {} });
  simulator.subscribe((notice) => {
    if (notice.type === 'timeline') unread.push(notice.entry);
  });
  const call = simulator.place(options);
  const { session_id } = call;

  const stage: Stage = {
    says: async (text) => call.says(text),
    presses: async (digit) => call.presses(digit),
    hangsUp: async () => call.hangUp(),
    push: async (actions) =>
      call.execute(
        actions.map((action) => ({ ...action, session_id })),
        'external-api',
      ),
    // Less than a whole millisecond short, a word that is due has not been heard.
    wait: (ms) => clock.advance(Math.ceil(ms) + 1),
    async next(within_ms = PATIENCE_MS) {
      await passUntil(clock, () => unread.length > 0, within_ms);
      return unread.shift();
    },
    async interrupt(interruption, through) {
      const whole = { ...(!interruption.target && { session_id }), ...interruption };
      const at_ms = clock.now() - call.summary().started_at;
      interruptions.push({ at_ms, kind: 'interruption', interruption });
      await passing(clock, Promise.all(through.map((source) => send(source, whole))), PATIENCE_MS);
    },
    invoke: (_service, payload) =>
      passing(clock, stack.interrupt(payload(new Date(clock.now()))), PATIENCE_MS).then(() => {}),
    async outcomes(count) {
      await passUntil(clock, () => outcomes.length >= count, PATIENCE_MS);
      return [...outcomes];
    },
  };
  const recording = () => recordingOf(call, { interruptions, secret: asksForSecrets([template]) });
  /**
   * What the call has cost so far: invocations of functions, and writes to the table, of at most 1
   * KB each.
   */
  const cost = () => ({ requests, writes: writes() });
  return { stage, session_id, timeline: call.timeline, recording, sessions, log, cost };

  async function deliver(event: object) {
    requests++;
    await arrives();
    const request = { body: JSON.stringify(event), requestContext: { timeEpoch: clock.now() } };
    const { statusCode, body = '' } = await stack.webhook(request);
    return { status: statusCode, body };
  }

  async function connect(listener: { received(text: string): void; closed(): void }) {
    const connectionId = randomUUID();
    const frame = (routeKey: string, body?: string) =>
      stack.websocket({
        ...(body !== undefined && { body }),
        requestContext: { routeKey, connectionId, requestTimeEpoch: clock.now() },
      });
    await arrives();
    await frame('$connect');
    sockets.set(connectionId, listener.received);
    return {
      send(text: string) {
        void arrives()
          .then(() => frame('$default', text))
          .then(({ body }) => body && listener.received(body));
      },
      close() {
        sockets.delete(connectionId);
        listener.closed();
        void frame('$disconnect');
      },
    };
  }

  /** In parallel, events that leave in the same millisecond arrive so, too. */
  function arrives() {
    arrived = (options.weather?.parallel ? clock.now() : Math.max(arrived, clock.now())) + WAY_MS;
    return new Promise<void>((go) => clock.after(arrived - clock.now(), go));
  }

  async function post({ url, body }: PostRequest): Promise<number> {
    const live = simulator.find(url.slice(AI_FLOW.length));
    if (!live?.live()) return 404;
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new PostFailed(`no answer within ${POST_MS} ms`, true));
      const cancel = clock.after(POST_MS, giveUp);
      void live.pushed(JSON.parse(body)).then((status) => {
        cancel();
        resolve(status);
      });
    });
  }

  function framed(to: string, actions: readonly object[]): Delivery {
    const receive = sockets.get(to);
    receive?.(JSON.stringify(actions));
    return { status: receive ? 'delivered' : 'gone' };
  }

  /** Its failure is in the log; Lambda would keep a dead letter. */
  async function work(job: Job): Promise<void> {
    requests++;
    await stack.job(asSent(job)).catch(expecting(JobFailed));
  }

  /** Throws for what isn't an interruption. */
  async function send(source: Source, interruption: Interruption): Promise<void> {
    requests++;
    const reply = await stack
      .interrupt(ENVELOPES[source](interruption, clock.now()))
      .catch(expecting(InterruptionFailed));
    if (reply && 'statusCode' in reply && reply.statusCode === 400) {
      throw new Error(`the interruption was refused: ${reply.body}`);
    }
  }
}

const AI_FLOW = 'https://ai-flow.example/';
const EXTERNAL_API = {
  url: `${AI_FLOW}{session_id}`,
  method: 'POST',
  authHeader: 'authorization',
  authScheme: 'Bearer',
  acceptedStatuses: '200-299',
};
const token = async () => 'token';

type Delivery = Awaited<ReturnType<Channel['send']>>;

/** Each at `now`, ms since 1970. */
const ENVELOPES: Record<Source, (interruption: Interruption, now: number) => unknown> = {
  HTTP(interruption, now) {
    const event = http(interruption);
    return {
      ...event,
      requestContext: { ...event.requestContext, requestId: randomUUID(), timeEpoch: now },
    };
  },
  SQS: (interruption, now) =>
    sqs(
      sqsRecord(interruption, {
        messageId: randomUUID(),
        attributes: { SentTimestamp: String(now) },
      }),
    ),
  EventBridge: (interruption, now) =>
    eventBridge(interruption, { id: randomUUID(), time: new Date(now).toISOString() }),
};

const asSent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const expecting = (kind: new (message: string) => Error) => (error: unknown) => {
  if (!(error instanceof kind)) throw error;
};

/** Counts what is written, an item each. */
function counted(store: CallStore): { store: CallStore; writes(): number } {
  let writes = 0;
  const counting = {
    record: () => 1,
    save: () => 1,
    list: (_of: unknown, targets: Iterable<unknown>) => [...targets].length,
    unlist: (_of: unknown, targets: Iterable<unknown>) => [...targets].length,
    keepClaims: (_id: string, kept: Iterable<unknown>) => [...kept].length,
    keepTurn: () => 1,
  } satisfies Partial<Record<keyof CallStore, (...args: never[]) => number>>;
  const of = (key: string) =>
    (counting as Partial<Record<string, (...args: unknown[]) => number>>)[key];
  const counted = new Proxy(store, {
    get(from, key: keyof CallStore & string) {
      return (...args: unknown[]) => {
        writes += of(key)?.(...args) ?? 0;
        return (from[key] as (...args: unknown[]) => unknown)(...args);
      };
    },
  });
  return { store: counted, writes: () => writes };
}
