import { beforeEach, describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import {
  defineTemplate,
  InvalidTemplate,
  later,
  type Template,
} from '../../functions/assistant/template.ts';
import {
  always,
  byNumber,
  chosenOf,
  type TemplateChoice,
} from '../../functions/assistant/template-choice.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import { templates } from '../../functions/templates/index.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const VOICE = { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' } as const;
const OTHER = { provider: 'eleven_labs', voice: 'Rachel' } as const;

const PIN = collectDigits({ name: 'pin', say: 'Your PIN, please.', length: 4 });

let log: ReturnType<typeof recordingLog>;
beforeEach(() => {
  log = recordingLog();
});

function call(templates: TemplateChoice) {
  const clock = manualClock();
  const parts = {
    sessions: createMemoryStore(clock),
    outcomes: recordingOutcomes(),
    jobs: noJobs,
    clock,
    log,
  };
  const assistant = createAssistant({ templates, ...parts });
  return (event: object) =>
    assistant(event as never, { at: clock.now(), deadline: clock.now() + 800 });
}

describe('a mistake in a template', () => {
  it.each<[string, object, string]>([
    [
      'an unknown handler',
      { onUserSpeek: () => 'Hi' },
      'onUserSpeek is not a field of a template: use one of onSession',
    ],
    [
      'a job without progress',
      { onJob: () => 'Hi' },
      'onJob needs progress: say what a caller hears who waits',
    ],
    [
      'a fallback that AI Flow refuses',
      { fallback: { type: 'speak' } },
      'speak: text or ssml must be given',
    ],
    ['a progress that AI Flow refuses', { progress: '' }, 'text must not be empty'],
    ['a history that is none', { history: { turns: 0 } }, 'history'],
    ['a handler that is a text', { onUserSpeak: 'Hi' }, 'onUserSpeak must be a function; got "Hi"'],
    [
      'a voice that nobody has',
      { voice: { provider: 'google' } },
      'voice.provider must be one of "azure", "eleven_labs"; got "google"',
    ],
    [
      'one in a language',
      { texts: { de: { voice: 'Katja' } } },
      'texts.de.voice must be an object; got "Katja"',
    ],
    [
      'a recogniser that nobody has',
      { transcription: { provider: 'google' } },
      'provider must be one of "AZURE"',
    ],
    [
      'silence without a question',
      { silence: { ask: [], goodbye: 'Bye.' } },
      'silence needs ask and goodbye',
    ],
    [
      'silence without a goodbye',
      { silence: { ask: 'Hello?', goodbye: [] } },
      'silence needs ask and goodbye',
    ],
    ...[0, 61].map((after_seconds): [string, object, string] => [
      `silence after ${after_seconds} seconds`,
      { silence: { ask: 'Hello?', goodbye: 'Bye.', after_seconds } },
      `silence.after_seconds must be from 1 to 60; got ${after_seconds}`,
    ]),
    ...[-1, 11, 1.5].map((times): [string, object, string] => [
      `silence that is asked into ${times} times`,
      { silence: { ask: 'Hello?', goodbye: 'Bye.', times } },
      `silence.times must be a whole number from 0 to 10; got ${times}`,
    ]),
    [
      'silence with a misspelt field',
      { silence: { ask: 'Hello?', goodbye: 'Bye.', afterSeconds: 5 } },
      'silence.afterSeconds is not a known field',
    ],
    ['listeners without words', { listeners: ['mhm'] }, 'listeners must be false, or { words'],
    ['a name in place of names', { env: 'SHOP_URL' }, 'env must be an array; got "SHOP_URL"'],
    [
      'a variable that can be none',
      { env: ['SHOP-URL'] },
      'env: "SHOP-URL" must be 2 to 64 letters',
    ],
    ['a variable that is no text', { env: [7] }, 'env: 7 must be 2 to 64 letters'],
    [
      'a secret that is a variable, too',
      { env: ['SHOP_KEY'], secrets: ['SHOP_KEY?'] },
      'secrets: SHOP_KEY is in env, too',
    ],
    [
      'digits that collectDigits has not made',
      { digits: [{ name: 'pin' }], onDigits: () => 'Hi' },
      'digits.0 must be what collectDigits() has made',
    ],
    [
      'digits that nobody takes',
      { digits: [PIN] },
      'digits need onDigits: say what becomes of them',
    ],
    [
      'a language that is none',
      { language: 'German' },
      'language: "German" must be a BCP-47 tag such as de-DE',
    ],
    [
      'texts in a language that is none',
      { texts: { de_DE: { fallback: 'Wie bitte?' } } },
      'language: "de_DE" must be a BCP-47 tag such as de-DE',
    ],
    [
      'two kinds of digits of one name',
      { digits: [PIN, PIN], onDigits: () => 'Hi' },
      'digits: "pin" is the name of two',
    ],
  ])('is refused when it is defined: %s', (_name, fields, message) => {
    expect(() => defineTemplate({ fallback: 'Sorry.', ...fields } as never)).toThrow(message);
  });

  it('has a name of its own', () => {
    expect(() => defineTemplate({ fallback: 'Sorry.', onHello: 1 } as never)).toThrow(
      InvalidTemplate,
    );
  });

  it('is a compile error where that can be', () => {
    // @ts-expect-error: no such handler
    expect(() => defineTemplate({ fallback: 'Sorry.', onUserSpeek: () => 'Hi' })).toThrow();
    // @ts-expect-error: a fallback of its own is asked for
    defineTemplate({ onUserSpeak: () => 'Hi' });
    // @ts-expect-error: text and ssml exclude each other
    expect(() => speak({ text: 'Hi', ssml: '<speak>Hi</speak>' })).toThrow();
    defineTemplate<{ name: string }>({
      fallback: 'Sorry.',
      // @ts-expect-error: the state has no such key
      onUserSpeak: (_event, { state }) => state.nmae,
    });
  });

  it.each([
    [undefined, {}, 'Sorry, could you say that again?'],
    ['de-AT', {}, 'Entschuldigung, können Sie das noch einmal sagen?'],
    ['ja-JP', { fallback: [] }, 'Sorry, could you say that again?'],
    ['de', { texts: { en: {}, de: {} } }, 'Entschuldigung, können Sie das noch einmal sagen?'],
    ['de', { texts: { de: { fallback: 'Bitte?' } } }, 'Bitte?'],
  ])('has a fallback where it is compiled without its types: %s %j', (language, fields, said) => {
    const template = defineTemplate({ ...fields, ...(language && { language }) } as never);
    expect(template.fallback).toBe(said);
  });

  it.each<[string, Template['onUserSpeak'], string]>([
    [
      'speech after a hangup',
      () => [hangup(), 'Goodbye.'],
      'speak after hangup would not be heard: put it first',
    ],
    [
      'too much state',
      (_event, { state }) => {
        state.x = 'x'.repeat(300);
      },
      'session.state must be at most 256 bytes',
    ],
    [
      'state that is not JSON',
      (_event, { state }) => {
        state.found = { at: [new Date(0)] } as never;
      },
      'session.state.found must be JSON',
    ],
    [
      'later among actions',
      () => ['Hi', later({ job: 1 })] as never,
      'later() is an answer by itself',
    ],
    ['no action at all', () => 7 as never, 'an action must be a string or an object'],
  ])('is heard as the fallback, and named in the log: %s', async (_name, onUserSpeak, message) => {
    const hear = call(
      always(defineTemplate({ fallback: 'Sorry.', ...(onUserSpeak && { onUserSpeak }) })),
    );
    expect(await hear(userSpeak('Hi'))).toMatchObject([{ text: 'Sorry.' }]);
    expect(String(log.lines.find(({ message }) => message === 'answer_failed')?.error)).toContain(
      message,
    );
  });
});

describe('the voice of a template', () => {
  it('is that of everything that has none, the fallback included', async () => {
    const template = defineTemplate({
      voice: VOICE,
      fallback: 'Entschuldigung.',
      onSessionStart: () => ['Hallo.', speak('Hello.', { tts: OTHER })],
      onUserSpeak: () => Promise.reject(new Error('no')),
    });
    const hear = call(always(template));
    expect(await hear(EVENTS.session_start)).toMatchObject([{ tts: VOICE }, { tts: OTHER }]);
    expect(await hear(EVENTS.user_speak)).toMatchObject([{ text: 'Entschuldigung.', tts: VOICE }]);
  });
});

describe('one template for each number', () => {
  const saying = (text: string) =>
    defineTemplate({
      fallback: `${text}?`,
      onSessionStart: () => text,
      onUserSpeak: () => text,
      onDtmfReceived: () => '',
    });
  const hotline = '+49 30 23125-001';
  const choice = byNumber([[hotline, saying('hotline')]], {
    ...saying('others'),
    onUserSpeak: () => 'others',
  });
  const numbers = (from: string, to: string, direction = 'inbound') => ({
    ...EVENTS.session_start,
    session: {
      ...EVENTS.session_start.session,
      from_phone_number: from,
      to_phone_number: to,
      direction,
    },
  });

  it.each([
    ['that is called', numbers('+4917639123456', '493023125001'), 'hotline'],
    ['that calls', numbers('493023125001', '+4917639123456', 'outbound'), 'hotline'],
    ['that calls another number of ours', numbers('493023125001', '493023125002'), 'others'],
    [
      'that another number of ours calls',
      numbers('493023125002', '493023125001', 'outbound'),
      'others',
    ],
    ['of nobody', numbers('+4917639123456', '493023125002'), 'others'],
    ['that is withheld', numbers('anonymous', ''), 'others'],
  ])('%s', async (_name, event, text) => {
    const hear = call(choice);
    expect(await hear(event)).toMatchObject([{ text }]);
    // Later events name nothing but their session.
    expect(await hear(EVENTS.user_speak)).toMatchObject([{ text }]);
  });

  it('has its own fallback', async () => {
    const hear = call(choice);
    await hear(numbers('+4917639123456', '493023125001'));
    expect(await hear(EVENTS.dtmf_received)).toMatchObject([{ text: 'hotline?' }]);
  });

  it('is named in the configuration, or refused with the names there are', () => {
    const { all, of } = chosenOf(templates, {
      template: 'conversation',
      templateByNumber: { '+493023125001': 'conversation' },
    });
    expect([all.length, of({ callee: '493023125001' })]).toEqual([1, of({})]);
    expect(() =>
      chosenOf(templates, { template: 'conversation', templateByNumber: { '1': 'fax' } }),
    ).toThrow('there is no template "fax"');
    expect(() =>
      chosenOf(templates, {
        template: 'conversation',
        templateByNumber: { '030 1234': 'conversation' },
      }),
    ).toThrow('TEMPLATE_BY_NUMBER: "030 1234" must be an international phone number');
  });
});
