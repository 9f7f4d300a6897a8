import { describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { createWebSocketHandler } from '../../functions/assistant/websocket-handler.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createExternalApi } from '../../functions/delivery/external-api.ts';
import { createPost } from '../../functions/delivery/post.ts';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { createCallHandler } from '../../functions/outbound/call-handler.ts';
import { AwsError } from '../../functions/runtime/aws-json.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createLog } from '../../functions/runtime/log.ts';
import type { Message } from '../../functions/runtime/message-queue.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { eventBridge, http, sns, sqs, sqsOfSns, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';

/** What may be nowhere but where it belongs. None of them is part of an ordinary word or number. */
const CANARY = {
  number: '4917639000111',
  name: 'Quuxington',
  words: 'swordfish melancholia',
  token: 'tok-7hXcanary9',
  ssml: '<speak>xylophonic</speak>',
  label: 'order:9087654',
  key: 'sk-canary-5521',
} as const;
const TRACES = [
  ...['4917639000111', '17639000111', '0176 39000111', '39000111'],
  ...['Quuxington', 'swordfish', 'melancholia', 'tok-7hX', 'xylophonic', '9087654', 'sk-canary'],
];
const ALL = Object.values(CANARY).join(' ');
/** A text that most readers refuse at another place than its beginning. */
const SAID = `${CANARY.name} said ${CANARY.words} from 0176 39000111 and ${CANARY.number}`;

interface World {
  readonly template?: Partial<Template>;
  /** What each operation of the store throws from the first event on. */
  readonly broken?: Error;
  readonly channel?: Channel;
  readonly queueIsDown?: boolean;
  readonly busIsDown?: Error;
}

type Stack = ReturnType<typeof memoryStack>;
type Play = (stack: Stack & { token(value?: string): object }) => unknown;

const SESSION_OF_CANARIES = {
  ...SESSION,
  account_id: CANARY.key,
  from_phone_number: `+${CANARY.number}`,
};
const START = { ...EVENTS.session_start, session: SESSION_OF_CANARIES };

/** Everything that others than the two ends of the call see of a play. */
async function leftBy(
  play: Play,
  { template, broken, channel, queueIsDown, busIsDown }: World = {},
) {
  const lines: string[] = [];
  const events: object[] = [];
  const messages: Message[] = [];
  const thrown: unknown[] = [];
  const clock = manualClock();
  const log = createLog('test', (line) => void lines.push(line));
  let down = false;
  const sessions = breaking(createMemoryStore(clock), () => (down ? broken : undefined));
  const bus = {
    put: async (entries: readonly object[]) => {
      if (busIsDown) throw busIsDown;
      events.push(...entries);
    },
  };
  const queue = {
    put: async (all: readonly Message[]) => {
      messages.push(...all);
      return queueIsDown ? { items: all, error: new Error(SAID) } : { items: [] };
    },
  };
  const parts = {
    templates: always(defineTemplate({ ...FLOW, ...template } as never)),
    sessions,
    outcomes: createOutcomes({ bus, log }),
    jobs: { start: async () => {} },
    queue,
    channel: channel ?? ({ send: async () => ({ status: 'delivered' }) } as Channel),
    websocket: undefined,
    clock,
    log,
  };
  const tokens = fixedTokens(CANARY.token);
  const stack = memoryStack(parts);
  const webhook = createWebhookHandler({ ...parts, tokens });
  const websocket = createWebSocketHandler({ ...parts, tokens });
  const token = (value: string = CANARY.token) => ({ 'x-api-token': value });
  await stack.webhook({ body: JSON.stringify(START) });
  down = true;
  try {
    const playing = Promise.resolve(play({ ...stack, webhook, websocket, token }));
    playing.catch(() => {});
    await clock.advance(120_000);
    await playing;
  } catch (error) {
    thrown.push(error);
  }
  const attributes = messages.map((message) => message.attributes);
  return [
    ...lines,
    ...[events, attributes].map((all) => JSON.stringify(all)),
    ...thrown.map(asLambdaTells),
  ];
}

/**
 * What Lambda logs of an error, and hands to Step Functions and dead letters: its own fields, and
 * those that it gets.
 */
function asLambdaTells(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? 'undefined';
  const { name, message, stack, cause } = error;
  const shown = { ...error, name, message, stack };
  return JSON.stringify(cause === undefined ? shown : { ...shown, cause: asLambdaTells(cause) });
}

const FLOW = {
  fallback: 'Pardon?',
  progress: 'Still looking.',
  history: { turns: 5 },
  onSessionStart: (
    _event: unknown,
    session: { labels: Set<string>; state: Record<string, unknown> },
  ) => {
    session.labels.add(CANARY.label);
    session.state.name = CANARY.name;
    return `Hello ${CANARY.name}`;
  },
  onUserSpeak: () => `Answer: ${CANARY.words}`,
  onTrigger: () => `News: ${CANARY.words}`,
  onJob: () => `Result: ${CANARY.words}`,
} as const;

function breaking<T extends object>(store: T, error: () => Error | undefined): T {
  const entries = Object.entries(store).map(([name, operation]) => [
    name,
    async (...given: unknown[]) => {
      const broken = error();
      if (broken) throw broken;
      return (operation as (...given: unknown[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(entries) as T;
}

const spoken = (text: unknown = SAID) => ({
  ...EVENTS.user_speak,
  text,
  session: SESSION_OF_CANARIES,
});
const event =
  (of: unknown): Play =>
  ({ webhook, token }) =>
    webhook({ headers: token() as never, body: typeof of === 'string' ? of : JSON.stringify(of) });
const frame =
  (of: unknown, routeKey = '$default', token_?: string): Play =>
  ({ websocket, token }) =>
    websocket({
      headers: token(token_) as never,
      body: typeof of === 'string' ? of : JSON.stringify(of),
      requestContext: { routeKey, connectionId: 'connection-1' },
    });

const EVENTS_IN: Record<string, unknown> = {
  ...Object.fromEntries(
    Object.entries(EVENTS).map(([type, one]) => [
      type,
      { ...one, text: SAID, ssml: CANARY.ssml, session: SESSION_OF_CANARIES },
    ]),
  ),
  'a digit that is none': { ...EVENTS.dtmf_received, digit: SAID },
  'an unknown type': { type: SAID, session: SESSION_OF_CANARIES },
  'a type that is a number': { type: 4917639000111, session: SESSION_OF_CANARIES },
  'an id that is none': { ...START, session: { ...SESSION, id: SAID } },
  'no session': { type: 'user_speak', text: SAID },
  'a session that is a text': { type: 'user_speak', session: SAID },
  'an unknown key': { ...START, [SAID]: SAID },
  'a text that is an object': spoken({ [SAID]: SAID }),
  'no JSON': `{"text":"${SAID}`,
  'a text alone': JSON.stringify(SAID),
  'too much': `{"text":"${SAID.repeat(2_000)}"}`,
  'too deep': `${'{"a":'.repeat(50)}"${SAID}"${'}'.repeat(50)}`,
};

const NATIONAL = '0176 39000111';
const INTERRUPTIONS: Record<string, object | string> = {
  'one that is said': { session_id: SESSION.id, say: SAID },
  'one with SSML': { session_id: SESSION.id, say: { ssml: CANARY.ssml } },
  'one for a label': { target: { label: CANARY.label }, say: SAID },
  'one for a caller': { target: { caller: CANARY.number }, say: SAID },
  'one for an account': { target: { everyone: true, account_id: CANARY.key }, say: SAID },
  'one with a transfer': {
    session_id: SESSION.id,
    say: SAID,
    then: [
      {
        type: 'transfer',
        target_phone_number: CANARY.number,
        caller_id_name: CANARY.name,
        caller_id_number: CANARY.number,
      },
    ],
  },
  'one with a context': { session_id: SESSION.id, context: { [SAID]: SAID } },
  'a number as target': { target: CANARY.number, say: SAID },
  'a national number': { target: { caller: NATIONAL }, say: SAID },
  'a number as a label that is too long': { target: { label: SAID }, say: SAID },
  'an unknown key': { session_id: SESSION.id, say: SAID, [SAID]: SAID },
  'an unknown key of the target': { target: { [SAID]: SAID }, say: SAID },
  'an unknown key of say': { session_id: SESSION.id, say: { text: SAID, [SAID]: SAID } },
  'SSML that is none': { session_id: SESSION.id, say: { ssml: `<speak>${SAID} & <b>` } },
  'then without a type': { session_id: SESSION.id, say: SAID, then: [SAID] },
  'then with an unknown action': {
    session_id: SESSION.id,
    say: SAID,
    then: [{ type: SAID, [SAID]: SAID }],
  },
  'an SMS to nobody': {
    session_id: SESSION.id,
    say: SAID,
    then: [{ type: 'send_sms', phone_number: NATIONAL, message: SAID }],
  },
  'a clip that is none': { session_id: SESSION.id, play: SAID },
  'a clip by a name that is none': { session_id: SESSION.id, play: { asset: SAID } },
  'a voice that is none': { session_id: SESSION.id, say: { text: SAID, tts: { provider: SAID } } },
  'a session that is none': { session_id: SAID, say: SAID },
  'a time that is none': { session_id: SESSION.id, say: SAID, triggered_at: SAID },
  'an age that is none': { session_id: SESSION.id, say: SAID, max_age_seconds: SAID },
  'a flag that is none': { session_id: SESSION.id, say: SAID, urgent: SAID },
  'too large a context': { session_id: SESSION.id, context: SAID.repeat(200) },
  contradictions: { session_id: SESSION.id, say: SAID, context: SAID },
  'a text': SAID,
  'JSON that is none': `{"say":"${SAID}`,
  'an array': JSON.stringify([SAID]),
};

const WAYS_IN: Record<string, (request: object | string) => unknown> = {
  HTTP: (request) => http(request),
  EventBridge: (request) => eventBridge(request),
  SNS: (request) => sns(request),
  'SNS with attributes': (request) => sns(request, { label: CANARY.label, [CANARY.name]: SAID }),
  SQS: (request) => sqs(sqsRecord(request)),
  'SQS of SNS': (request) => sqsOfSns(request),
  'SQS of EventBridge': (request) => sqs(sqsRecord(eventBridge(request))),
  'a rule with a mapping': (request) => ({
    interruption: request,
    event: eventBridge({ name: SAID }),
  }),
  'a mapping of canaries': () => ({
    interruption: {
      target: { label: '{$.detail.label}' },
      say: '{$.detail.name}',
      if_turn: '$.detail.name',
    },
    event: eventBridge({ name: SAID, label: CANARY.label }),
  }),
  'a path that leads nowhere': () => ({
    interruption: { target: { label: 'order:{$.detail.nothing}' }, say: SAID, id: '{$.detail.no}' },
    event: eventBridge({ name: SAID }),
  }),
  'a pipe': (request) => [{ interruption: request, event: sqsRecord(SAID) }],
  'a schedule': (interruption) => ({ interruption, schedule: { arn: SAID, time: SAID } }),
  'a schedule without its time': (interruption) => ({ interruption, schedule: { arn: SAID } }),
  'a state of Step Functions': (interruption) => ({
    interruption,
    execution: {
      Execution: { Id: SAID, Input: { name: SAID } },
      State: { Name: SAID, EnteredTime: SAID },
      Map: { Item: { Index: 0, Value: SAID } },
    },
  }),
  'a state without a name': (interruption) => ({
    interruption,
    execution: { Execution: { Id: SAID, Input: SAID }, State: { [SAID]: SAID } },
  }),
  'a direct invocation': (request) => request,
};

async function expectNone(left: Promise<string[]>) {
  const text = (await left).join('\n');
  expect(TRACES.filter((trace) => text.includes(trace))).toEqual([]);
}

it('what is logged as it is would be found', async () => {
  const left = await leftBy(({ interrupt }) =>
    interrupt({ session_id: SESSION.id, say: 'Hi', id: ALL }),
  );
  expect(TRACES.filter((trace) => left.join('\n').includes(trace)).length).toBeGreaterThan(6);
});

describe('an event leaves nothing', () => {
  it.each(Object.entries(EVENTS_IN))('over HTTP: %s', (_name, one) =>
    expectNone(leftBy(event(one))),
  );
  it.each(Object.entries(EVENTS_IN))('over the WebSocket: %s', (_name, one) =>
    expectNone(leftBy(frame(one))),
  );
  it('with a wrong token', async () => {
    await expectNone(
      leftBy(({ webhook }) => webhook({ headers: { 'x-api-token': CANARY.key }, body: ALL })),
    );
    await expectNone(leftBy(frame(ALL, '$connect', CANARY.key)));
  });
});

describe.each(Object.entries(WAYS_IN))('an interruption leaves nothing by %s', (_way, envelope) => {
  it.each(Object.entries(INTERRUPTIONS))('%s', (_name, request) =>
    expectNone(leftBy(({ interrupt }) => interrupt(envelope(request)))),
  );
});

/**
 * What is thrown by whom. Of what AWS says only what stands in quotes, and numbers, may be the
 * caller's.
 */
const ERRORS: Record<string, () => unknown> = {
  'an error with words': () => new Error(SAID),
  'an error with a cause': () => new Error('It failed', { cause: new Error(SAID) }),
  'an error with fields': () => Object.assign(new Error(SAID), { text: SAID, [SAID]: SAID }),
  'an error with a name': () => Object.assign(new Error(SAID), { name: SAID }),
  'a text': () => SAID,
  'an object': () => ({ message: SAID }),
  'what JSON.parse says': () => JSON.parse(`"${SAID}" ${SAID}`),
  'what the engine says': () => (undefined as unknown as Record<string, string>)[SAID]?.at(0),
  'what a URL says': () => new URL(SAID),
  'what a failed fetch says': () => new TypeError('fetch failed', { cause: new Error(SAID) }),
};
const thrower = (make: () => unknown) => () => {
  throw make();
};

describe.each(Object.entries(ERRORS))('%s leaves nothing', (_name, make) => {
  const fail = thrower(make) as never;
  const job = { id: 'job-1', session_id: SESSION.id, turn: 1, input: SAID };

  it('thrown by a handler', () =>
    expectNone(leftBy(event(spoken()), { template: { onUserSpeak: fail } })));
  it('thrown by onTrigger', () =>
    expectNone(
      leftBy(({ interrupt }) => interrupt({ session_id: SESSION.id, context: SAID }), {
        template: { onTrigger: fail },
      }),
    ));
  it('thrown by onJob', () => {
    const template = { onUserSpeak: () => later({ hold: 'One moment.', job: SAID }), onJob: fail };
    const play: Play = async (stack) => {
      await event(spoken())(stack);
      await stack.job(job);
    };
    return expectNone(leftBy(play, { template }));
  });
  it('thrown by onCallEnded', () =>
    expectNone(
      leftBy(({ job: work }) => work({ ...job, last: true }), {
        template: { onCallEnded: fail } as never,
      }),
    ));
});

describe('what a call flow does wrong leaves nothing', () => {
  it.each<[string, Template['onUserSpeak']]>([
    ['an action that is none', () => ({ type: SAID, [SAID]: SAID }) as never],
    ['a transfer to nobody', () => ({ type: 'transfer', target_phone_number: SAID }) as never],
    ['SSML that is none', () => ({ type: 'speak', ssml: `<speak>${SAID}` }) as never],
    [
      'a state under a name of theirs',
      (_event, { state }) => void Object.assign(state, { [SAID]: () => 1 }),
    ],
    ['too large a state', (_event, { state }) => void Object.assign(state, { a: SAID.repeat(20) })],
    ['a label that is too long', (_event, { labels }) => void labels.add(SAID.repeat(3))],
    [
      'a log line with numbers and words',
      ({ text }, _session, { log }) => {
        log.info(`${text}`, { text: text ?? '', number: `+${CANARY.number}` });
      },
    ],
    ['too much at once', () => SAID.repeat(10_000)],
    ['a job that is none', () => later({ hold: SAID, job: undefined as never })],
    ['an hour of thinking', () => new Promise<never>(() => {})],
  ])('%s', (_name, onUserSpeak) =>
    expectNone(leftBy(event(spoken()), { template: { onUserSpeak } as never })),
  );
});

describe('what fails behind us leaves nothing', () => {
  const OUTSIDE: Record<string, Error> = {
    'an error of ours': new Error(SAID),
    'a refusal that quotes': new AwsError(
      'ValidationException',
      `DynamoDB: "${SAID}" is no key, +${CANARY.number}`,
      false,
    ),
    'a socket': Object.assign(new Error(`connect ECONNREFUSED "${SAID}"`), { syscall: 'connect' }),
  };
  const plays: Record<string, Play> = {
    'an event': event(spoken()),
    'an end': event({ ...EVENTS.session_end, session: SESSION_OF_CANARIES }),
    'an interruption': ({ interrupt }) => interrupt({ session_id: SESSION.id, say: SAID }),
    'an interruption of many': ({ interrupt }) =>
      interrupt(eventBridge({ target: { caller: CANARY.number }, say: SAID })),
    'one with a context': ({ interrupt }) =>
      interrupt(sqs(sqsRecord({ session_id: SESSION.id, context: SAID }))),
    'a disconnect': frame('', '$disconnect'),
    'a job': ({ job }) => job({ id: 'job-1', session_id: SESSION.id, turn: 1, input: SAID }),
    'a job that is none': ({ job }) => job({ [SAID]: SAID, session_id: SAID }),
  };
  const cells = Object.keys(OUTSIDE).flatMap((error) =>
    Object.keys(plays).map((play) => [error, play] as const),
  );

  it.each(cells)('%s of the table: %s', (error, play) =>
    expectNone(leftBy(plays[play] as Play, { broken: OUTSIDE[error] as Error })),
  );
  it.each(cells)('%s of the channel, the queue and the bus: %s', (error, play) => {
    const fails = OUTSIDE[error] as Error;
    const channel: Channel = { send: () => Promise.reject(fails) };
    return expectNone(
      leftBy(plays[play] as Play, { channel, queueIsDown: true, busIsDown: fails }),
    );
  });

  it.each([
    ['a token that no header may hold', async () => `${CANARY.token}\u0000${CANARY.name}`],
    ['a token that can’t be read', () => Promise.reject(new Error(SAID))],
  ])('%s', (_name, token) => {
    const settings = {
      url: 'http://127.0.0.1:9/{session_id}',
      method: 'POST',
      authHeader: 'Authorization',
      authScheme: 'Bearer',
      acceptedStatuses: '200-299',
    };
    const channel = createExternalApi({
      settings,
      token,
      post: createPost(systemClock),
      clock: systemClock,
      random: () => 0,
    });
    return expectNone(leftBy(plays['an interruption'] as Play, { channel }));
  });
});

describe('a call that is to be placed leaves nothing', () => {
  const REQUESTS: Record<string, unknown> = {
    'one that is placed': { to: `+${CANARY.number}`, id: 'call-1' },
    'a national number': { to: NATIONAL },
    'no number': { to: SAID },
    'an unknown key': { to: CANARY.number, [SAID]: SAID },
    'a text': SAID,
  };
  it.each(Object.entries(REQUESTS))('%s', async (_name, request) => {
    const lines: string[] = [];
    const log = createLog('call', (line) => void lines.push(line));
    const claims = { claim: async () => true, release: async () => {} };
    const placeCall = async () => ({ status: 'in_doubt', message: 'no answer' }) as const;
    const handle = createCallHandler({ placeCall, claims, log });
    for (const way of [request, eventBridge(request)])
      await handle(way, { awsRequestId: 'request-1' }).catch((error) =>
        lines.push(asLambdaTells(error)),
      );
    await expectNone(Promise.resolve(lines));
  });
});
