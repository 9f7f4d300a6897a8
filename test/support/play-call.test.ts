import { expect, test } from 'vitest';
import { defineTemplate, type HandlerResult, later } from '../../functions/assistant/template.ts';
import {
  audio,
  configureTranscription,
  hangup,
  mixAudio,
  sendSms,
  speak,
  transfer,
} from '../../functions/protocol/builders.ts';
import { PlayFailed } from '../../local/perform.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantMixes,
  assistantPlaysClip,
  assistantSays,
  assistantSendsSms,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  interrupted,
  outcomesAre,
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import type { ManualClock } from './manual-clock.ts';
import { playCall } from './play-call.ts';
import { wav } from './wav.ts';

const OPERATOR = {
  target_phone_number: '493023125100',
  caller_id_name: 'Shop',
  caller_id_number: '493023125042',
};
const CLIP = wav(1000);
const KEYS: Record<string, HandlerResult> = {
  '1': audio({ asset: 'hold-music' }),
  '2': [mixAudio({ audio: CLIP }), 'Music.'],
  '3': mixAudio({ stop: true }),
  '4': [configureTranscription({ languages: ['de-DE'] }), 'Deutsch.'],
  '5': sendSms({ phone_number: '4917639123456', message: 'Your order 4711' }),
  '6': transfer({ ...OPERATOR, timeout: 20 }),
};

type LookUp = (order: string, signal: AbortSignal) => Promise<string>;

/** Does a bit of everything, some of it slowly. */
const shop = (lookUp: LookUp) =>
  defineTemplate<{ goodbye: boolean }, { order: string }>({
    fallback: 'Sorry?',
    assets: ['hold-music'],
    progress: 'Still looking.',
    apology: 'I could not find it.',
    onSessionStart(_event, { labels, reopened, callee }) {
      labels.add('order:4711');
      return reopened
        ? 'Nobody is there.'
        : speak(`You called ${callee}.`, { user_input_timeout_seconds: 8 });
    },
    onUserInputTimeout: () => 'Are you there?',
    onUserSpeak({ text }, { state }) {
      state.goodbye = text === 'Goodbye';
      if (state.goodbye) return 'Goodbye to you.';
      return later({ hold: 'One moment, please.', job: { order: text } });
    },
    onJob: async ({ order }, _session, { signal }) => lookUp(order, signal),
    onDtmfReceived: ({ digit }) => KEYS[digit],
    onTrigger: ({ context }) => (context === 'nothing' ? undefined : `It is ${context}.`),
    onAssistantSpeechEnded: (_event, { state }) => (state.goodbye ? hangup() : undefined),
  });

const atOnce = shop(async (order) => `Order ${order} is here.`);

/** By the clock that a test hands over; an order without a number is none. */
const slowly =
  (ms: number) =>
  ({ clock }: { clock: ManualClock }) =>
    shop(async (order) => {
      await new Promise<void>((go) => clock.after(ms, go));
      if (!/\d/.test(order)) throw new Error('no such order');
      return `Order ${order} is here.`;
    });

const GREETING = assistantSays('You called 493023125042.');
const END = [callerSays('Goodbye'), assistantSays('Goodbye'), assistantHangsUp()];

const failing = async (play: Play) => {
  const failure = await playCall(atOnce, play).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PlayFailed);
  return (failure as PlayFailed).message;
};

test('what a job takes 12 s for is said after the hold and the progress, and costs the test none of it', async () => {
  const before = performance.now();
  const { timeline } = await playCall(slowly(12_000), [
    GREETING,
    callerSays('4711'),
    assistantSays('One moment'),
    callerIsSilent(5),
    assistantSays('Still looking'),
    assistantSays('Order 4711 is here'),
    ...END,
  ]);
  expect(performance.now() - before).toBeLessThan(1000);
  expect(timeline().at(-1)?.at_ms).toBeGreaterThan(12_000);
});

test('without a way to push, an event fetches the result', async () => {
  const patient = (parts: { clock: ManualClock }) => {
    const { onUserInputTimeout: _asks, ...template } = slowly(4000)(parts);
    return template;
  };
  const play = [
    GREETING,
    callerSays('4711'),
    assistantSays('One moment'),
    assistantSays('is here'),
    ...END,
  ];
  const pushed = await playCall(patient, play);
  const fetched = await playCall(patient, play, { push: false });
  const saidAt = ({ timeline }: typeof pushed) =>
    timeline().find(
      (entry) => entry.kind === 'playback_started' && 'text' in entry && /here/.test(entry.text),
    )?.at_ms;
  expect(saidAt(fetched)).toBeGreaterThan(saidAt(pushed) ?? Number.NaN);
});

test('a job that fails ends in its apology', async () => {
  const play = [
    GREETING,
    callerSays('nothing'),
    assistantSays('One moment'),
    assistantSays('could not find it'),
    ...END,
  ];
  const { log } = await playCall(slowly(1000), play);
  expect(log.lines.filter(({ message }) => message === 'job_failed')).toHaveLength(3);
});

test('nobody hears the result of a question that has been overtaken', async () => {
  await playCall(slowly(8000), [
    GREETING,
    callerSays('4711'),
    assistantSays('One moment'),
    callerSays('Goodbye'),
    assistantSays('Goodbye'),
    assistantHangsUp(),
  ]);
});

test('`setTimeout` counts the time of the call', async () => {
  const patient = shop(
    (order, signal) =>
      new Promise((done, reject) => {
        const timer = setTimeout(done, 20_000, `Order ${order} is here.`);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  );
  const before = setTimeout;
  const play = [
    callerSays('4711'),
    assistantSays('One moment'),
    callerIsSilent(5),
    assistantSays('Still looking'),
  ];
  await playCall(patient, [GREETING, ...play, callerHangsUp()]);
  expect(setTimeout).toBe(before);
});

test.each(['http', 'websocket'] as const)(
  'triggers cut what is said and are worded (%s)',
  async (transport) => {
    const play = [
      GREETING,
      callerSays('4711'),
      assistantSays('One moment'),
      assistantSays('Order 4711 is here'),
      triggered({ after: 'Order', context: 'late', target: { label: 'order:4711' } }),
      assistantIsCut({ by: 'app', heard: 'Order' }),
      assistantSays('It is late.'),
      triggered({ context: 'nothing' }),
      silenceFor(20),
      triggered({ say: 'It is over.', through: 'EventBridge' }),
      assistantSays('It is over.'),
      interrupted({
        after: 'It is',
        id: 'once',
        say: 'Once.',
        through: ['SQS', 'EventBridge', 'HTTP'],
      }),
      assistantIsCut({ by: 'app', heard: 'It is' }),
      assistantSays('Once.'),
      outcomesAre(
        ...Array(4).fill('delivered'),
        ...Array(4).fill('heard'),
        'declined',
        'duplicate',
        'duplicate',
      ),
      ...END,
    ];
    await playCall(atOnce, play, { transport, push: transport === 'http' });
  },
);

test('whoever asks for what is no interruption is told so', async () => {
  await expect(playCall(atOnce, [GREETING, triggered({ words: 'Hello' })])).rejects.toThrow(
    /refused: .*words is not a known field/,
  );
});

test('the caller interrupts, and may say nothing', async () => {
  const play = [
    GREETING,
    callerIsSilent(8),
    assistantSays('Are you there?'),
    callerInterrupts('4711', { after: 'Are you' }),
    assistantIsCut({ by: 'caller', heard: 'Are you' }),
    assistantSays('One moment'),
    assistantSays('is here'),
    ...END,
  ];
  await playCall(atOnce, play);
});

test('keys: clips, loops, languages, messages', async () => {
  await playCall(atOnce, [
    GREETING,
    callerPresses('1'),
    assistantPlaysClip(),
    callerPresses('2'),
    assistantMixes('start'),
    assistantSays('Music.'),
    callerPresses('3'),
    assistantMixes('stop'),
    callerPresses('4'),
    assistantConfigures('transcription'),
    assistantSays('Deutsch.'),
    callerPresses('5'),
    assistantSendsSms('4711'),
    ...END,
  ]);
});

test('a transfer that nobody answers comes back, one that somebody answers does not', async () => {
  const play = [GREETING, callerPresses('6'), assistantTransfers('+49 30 23125100')];
  await playCall(atOnce, [...play, assistantSays('Nobody is there.'), ...END], {
    transfer: 'unanswered',
  });
  await playCall(atOnce, [...play, silenceFor(60), callerHangsUp()]);
});

test('weather, as on the running stack', async () => {
  const calm = await playCall(atOnce, [GREETING, ...END]);
  const slow = await playCall(atOnce, [GREETING, ...END], {
    weather: { voice_starts_after_ms: 700 },
  });
  const greetedAt = ({ timeline }: typeof calm) =>
    timeline().find(({ kind }) => kind === 'playback_started')?.at_ms ?? Number.NaN;
  expect(greetedAt(slow)).toBe(greetedAt(calm) + 700);
});

test.each([
  [503, 'failed'],
  [404, 'session_ended'],
  ['never', 'failed'],
] as const)('an external API that answers %s', async (external_api, outcome) => {
  const play = [GREETING, triggered({ say: 'It is late.' }), outcomesAre(outcome), callerHangsUp()];
  await playCall(atOnce, play, { weather: { external_api } });
});

test('in parallel, events that leave in the same millisecond are answered side by side', async () => {
  const order: string[] = [];
  const flow = defineTemplate({
    fallback: 'Sorry?',
    onSessionStart: () => 'Hello, you called the library.',
    async onAssistantSpeechEnded() {
      order.push('end begins');
      await new Promise((go) => setTimeout(go, 50));
      order.push('end ends');
    },
    onDtmfReceived: () => void order.push('key'),
  });
  const play = [
    assistantSays('Hello'),
    triggered({ after: 'Hello', say: 'News.' }),
    assistantIsCut({ by: 'app', heard: 'Hello' }),
    assistantSays('News.'),
    callerPresses('1'),
    silenceFor(1),
    callerHangsUp(),
  ];
  await playCall(flow, play, { weather: { parallel: true } });
  expect(order).toEqual(['end begins', 'key', 'end ends']);
  order.length = 0;
  await playCall(flow, play);
  expect(order).toEqual(['end begins', 'end ends', 'key']);
});

test('a number of ours', async () => {
  await playCall(atOnce, [assistantSays('You called 493023125001.'), callerHangsUp()], {
    to: '+493023125001',
  });
});

test('what is not as written is shown as a diff', async () => {
  expect(await failing([GREETING, callerPresses('5'), assistantSendsSms('4712')])).toBe(
    '  assistant says "You called 493023125042."\n  caller presses 5\n' +
      '- assistant sends the SMS "4712"\n+ assistant sends the SMS "Your order 4711"',
  );
  const lastLineOf = async (...play: Play) =>
    (await failing([GREETING, ...play])).split('\n').at(-1);
  expect(await lastLineOf(callerIsSilent(5))).toBe('+ caller is silent for 8 s');
  expect(await lastLineOf(silenceFor(10))).toBe('+ assistant says "Are you there?"');
  expect(await lastLineOf(callerPresses('6'), assistantTransfers('493023125101'))).toBe(
    '+ assistant transfers the call to 493023125100',
  );
  expect(await lastLineOf(callerPresses('2'), assistantMixes('stop'))).toBe(
    '+ assistant mixes in a loop',
  );
  expect(await lastLineOf(callerPresses('1'), assistantSays('One'))).toBe(
    '+ assistant plays a clip',
  );
  expect(await lastLineOf(callerPresses('4'))).toBe('+ assistant configures transcription');
  expect(
    await lastLineOf(
      callerSays('4711'),
      assistantSays('One'),
      assistantSays('Order 4711 is here'),
      callerIsSilent(1),
    ),
  ).toBe('+ nothing happened');
});

test('why it is not as written is shown with it, once', async () => {
  const broken = defineTemplate({
    fallback: 'Sorry.',
    onUserSpeak() {
      throw new Error('the shop has no such order');
    },
  });
  const play = [
    callerSays('4711'),
    assistantSays('Sorry.'),
    callerSays('4711'),
    assistantSays('Found.'),
  ];
  const { message } = (await playCall(broken, play).catch((error: unknown) => error)) as Error;
  expect(message.split('\n').slice(-2)).toEqual([
    '+ assistant says "Sorry."',
    'answer_failed: Error: the shop has no such order',
  ]);
});
