import { beforeEach, describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import { defineTemplate, type HandlerResult } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { audio, mixAudio, speak } from '../../functions/protocol/builders.ts';
import { type Assets, AssetUnavailable } from '../../functions/runtime/assets.ts';
import { memoryAssets } from '../support/assets.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { phoneLine } from '../support/phone-line.ts';
import { wav } from '../support/wav.ts';

const CLIP = wav(2_000);
const CHIME = wav(300);
const ASSETS = memoryAssets({
  hold: CLIP,
  chime: CHIME,
  lost: new AssetUnavailable('lost.wav: S3 answered 503'),
  slow: new Promise<string>(() => {}),
  large: wav(20_000),
});
const session_id = SESSION.id;

let clock: ManualClock;
let log: ReturnType<typeof recordingLog>;
beforeEach(() => {
  clock = manualClock();
  log = recordingLog();
});

interface Options {
  declared?: string[];
  assets?: Assets | undefined;
  fallback?: Parameters<typeof defineTemplate>[0]['fallback'];
}

/** What is answered when a template returns `result` for what the caller said. */
async function answerTo(
  result: HandlerResult | (() => HandlerResult | Promise<HandlerResult>),
  options: Options = {},
) {
  const { declared = ['hold', 'chime', 'lost', 'slow', 'gone'], fallback = [], ...rest } = options;
  const template = defineTemplate({
    assets: declared,
    fallback,
    onUserSpeak: typeof result === 'function' ? result : () => result,
  });
  const parts = { sessions: createMemoryStore(clock), outcomes: recordingOutcomes(), clock, log };
  const assistant = createAssistant({
    templates: always(template),
    jobs: noJobs,
    assets: ASSETS,
    ...rest,
    ...parts,
  });
  const answering = assistant(userSpeak('Hello') as never, {
    at: clock.now(),
    deadline: clock.now() + 800,
  });
  await clock.advance(800);
  return answering;
}

const problems = () =>
  log.lines
    .filter(({ level }) => level === 'error')
    .map(({ message, error }) => [message, String(error)]);

describe('a clip by name goes out as Base64', () => {
  it('in its place among the other actions, with its options', async () => {
    const barge_in = { strategy: 'none' } as const;
    const result = [
      'One moment.',
      audio({ asset: 'hold' }, { barge_in }),
      speak('Here I am.'),
      audio(CHIME),
    ];
    expect(await answerTo(result)).toEqual([
      { type: 'speak', text: 'One moment.', session_id },
      { type: 'audio', audio: CLIP, barge_in, session_id },
      { type: 'speak', text: 'Here I am.', session_id },
      { type: 'audio', audio: CHIME, session_id },
    ]);
    expect(problems()).toEqual([]);
  });

  it('as a loop, and as a plain object', async () => {
    expect(await answerTo(mixAudio({ audio: { asset: 'chime' }, volume: 0.2 }))).toEqual([
      { type: 'mix_audio', audio: CHIME, volume: 0.2, session_id },
    ]);
    expect(await answerTo({ type: 'audio', audio: { asset: 'chime' } })).toEqual([
      { type: 'audio', audio: CHIME, session_id },
    ]);
  });
});

describe('the fallback is said instead of a clip', () => {
  const fallback = 'Sorry.';
  const said = [{ type: 'speak', text: 'Sorry.', session_id }];

  it.each<[string, HandlerResult, Options, RegExp]>([
    [
      'that the template does not declare',
      audio({ asset: 'hold' }),
      { declared: ['chime'] },
      /doesn't declare.*"hold".*assets: \['hold'\]/,
    ],
    ['that is not there', audio({ asset: 'gone' }), {}, /there is no clip "gone"/],
    ['that cannot be had', audio({ asset: 'lost' }), {}, /lost\.wav: S3 answered 503/],
    [
      'of a function without clips',
      audio({ asset: 'hold' }),
      { assets: undefined },
      /there is no clip "hold"/,
    ],
    [
      'whose name is none',
      { type: 'audio', audio: { asset: '../x' } },
      {},
      /audio\.asset must be 1–64/,
    ],
    [
      'in a speak',
      { type: 'speak', text: 'x', audio: { asset: 'hold' } } as never,
      {},
      /type must be one of "audio"/,
    ],
    ['that takes too long', audio({ asset: 'slow' }), {}, /no answer in time/],
  ])('%s', async (_name, result, options, reason) => {
    expect(await answerTo(result, { fallback, ...options })).toEqual(said);
    expect(problems()).toEqual([['answer_failed', expect.stringMatching(reason)]]);
  });
});

describe('defineTemplate', () => {
  const template = (fields: object) => () =>
    defineTemplate({ fallback: 'Sorry.', ...fields } as never);

  it.each<[string, object, RegExp]>([
    [
      'an apology with a clip that is not declared',
      { apology: audio({ asset: 'hold' }) },
      /assets: \['hold'\]/,
    ],
    [
      'a progress that names a clip wrongly',
      { progress: { type: 'audio', audio: { asset: 7 } } },
      /audio\.asset/,
    ],
    [
      'a fallback with a clip by name',
      { assets: ['hold'], fallback: audio({ asset: 'hold' }) },
      /audio/,
    ],
    [
      'a name with its ending',
      { assets: ['hold.wav'] },
      /"hold\.wav" must be 1–64 of a–z, 0–9 and -, without \.wav/,
    ],
  ])('refuses %s', (_name, fields, message) => {
    expect(template(fields)).toThrow(message);
  });

  it('takes a progress whose clip is declared', () => {
    expect(template({ assets: ['hold'], progress: audio({ asset: 'hold' }) })).not.toThrow();
  });
});

describe('a clip of what is said without being asked', () => {
  const asking = (asset: string) =>
    defineTemplate({
      fallback: 'Once more, please.',
      assets: ['hold', 'lost', 'slow', 'large'],
      onSessionStart: () => 'Hello!',
      silence: { ask: [audio({ asset }), 'Are you there?'], goodbye: 'Goodbye.' },
    });

  /** What a caller is told who has been silent after the greeting. */
  async function intoSilence(asset: string, connection?: string) {
    const sessions = createMemoryStore(clock);
    const outcomes = recordingOutcomes();
    const template = asking(asset);
    const parts = { template, assets: ASSETS, sessions, outcomes, clock, sent: [] };
    const line = phoneLine({ ...parts, connection });
    await line.hear(EVENTS.session_start);
    await clock.advance(1_000);
    await line.hear(EVENTS.assistant_speech_ended);
    await clock.advance(8_000);
    const answering = line.hear(EVENTS.user_input_timeout);
    await clock.advance(800);
    return { said: await answering, log: line.log };
  }

  it('goes out before the words', async () => {
    expect((await intoSilence('hold')).said).toMatchObject([
      { type: 'audio' },
      { text: 'Are you there?' },
    ]);
  });

  it.each(['lost', 'slow'])(
    'that is %s ends no conversation: the fallback has a timer',
    async (asset) => {
      const { said, log } = await intoSilence(asset);
      expect(said).toMatchObject([
        { text: 'Once more, please.', user_input_timeout_seconds: expect.any(Number) },
      ]);
      expect(log.lines).toContainEqual(
        expect.objectContaining({
          message: 'answer_failed',
          session_id,
          event: 'user_input_timeout',
          fallback: true,
        }),
      );
    },
  );

  it('that no WebSocket takes doesn’t either', async () => {
    expect((await intoSilence('large')).said).toMatchObject([{ type: 'audio' }, {}]);
    const { said } = await intoSilence('large', 'connection-1');
    expect(said).toMatchObject([{ text: 'Once more, please.' }]);
  });
});
