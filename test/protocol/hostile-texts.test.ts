import { describe, expect, it } from 'vitest';
import { createContexts } from '../../functions/assistant/template-context.ts';
import { logFor } from '../../functions/assistant/template-log.ts';
import { printOf, restOf } from '../../functions/call/words.ts';
import { fromSns, fromSqs } from '../../functions/interruption/envelopes.ts';
import { resolveMapping } from '../../functions/interruption/mapping.ts';
import { partsOf } from '../../functions/interruption/path.ts';
import { fromPipe } from '../../functions/interruption/pipes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { sentencesOf } from '../../functions/models/sentences.ts';
import { spokenIn } from '../../functions/models/spoken/spoken.ts';
import { parseCall } from '../../functions/outbound/request.ts';
import { parseAction } from '../../functions/protocol/actions.ts';
import { ssml } from '../../functions/protocol/builders.ts';
import { eventSchemas, parseEvent, partiesOf } from '../../functions/protocol/events.ts';
import { parseJson } from '../../functions/protocol/json.ts';
import { maskedText } from '../../functions/protocol/masked.ts';
import { readPhoneNumber } from '../../functions/protocol/phone-number.ts';
import { ssmlProblem, wordsOf } from '../../functions/protocol/ssml.ts';
import { wavProblem } from '../../functions/protocol/wav.ts';
import { createLog } from '../../functions/runtime/log.ts';
import { templates } from '../../functions/templates/index.ts';
import { readLetter } from '../../ops/letters.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { sns, sqsRecord } from '../support/envelopes.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

const CHARACTERS = 60_000;
/**
 * What takes as long as its text is long is done in some milliseconds; what takes the square of it,
 * in some seconds.
 */
const BOUND_MS = 1_000;

const repeated = (text: string) => text.repeat(CHARACTERS / text.length);
const TEXTS = [
  ...[
    '<',
    '>',
    '&',
    '"',
    "'",
    '`',
    '.',
    ',',
    ' ',
    '\n',
    '-',
    '(',
    '+',
    '0',
    '1',
    '[',
    '{',
    '\\',
    ';',
    '%',
    '@',
    'a',
    'A',
  ],
  ...[
    '&#',
    '&amp',
    '&#1',
    ']]',
    ']]>',
    '<a',
    '<a ',
    '<a b',
    '</',
    '<!--',
    '--',
    '<!-',
    '<?',
    '<?a',
    '<![CDATA[',
    '<!',
  ],
  ...[
    'a=',
    ' a="',
    'a b ',
    '1 ',
    '1 2 3 4 ',
    '0 (0)',
    '+49',
    ' .',
    '. ',
    '."',
    '.) ',
    '1. ',
    'a. b',
    'Dr. ',
    '\n ',
    ' \n',
  ],
  ...[
    'ü',
    '\u0301',
    'a\u0301\u0323',
    '\u202a',
    '\u3000',
    '日',
    '。',
    '👋',
    '\ud800',
    '\u0000',
    'ﷺ',
    '"\'`',
    '""',
    '=;',
  ],
].map(repeated);
/** What a text must begin or end with to get as far as some expressions. */
const FRAMES: Record<string, (text: string) => string[]> = {
  ssmlProblem: (text) => [
    `<speak>${text}</speak>`,
    `<speak a="${text}`,
    `<speak><!--${text}`,
    `<speak ${text}`,
    `<speak></${text}`,
    `<?xml ${text}`,
  ],
  'wordsOf SSML': (text) => [`<${text}`, `<speak>${text}</speak>`],
  readPhoneNumber: (text) => [`tel:${text}`, `sip:${text}@${text}`, `+49${text}1`, `49 (0${text}`],
  fromSqs: (text) => [`"${text}`, `[${text}`, `{"a":${text}`],
  restOf: (text) => [`Hello. ${text}`, `${text}. Hello.`],
  log: (text) => [`"${text}`, `+49${text}1`],
  partsOf: (text) => [`$.${text}`, `{$${text}`, `$['${text}`],
};
const MANY_NAMES = Array.from({ length: 8_000 }, (_, n) => `a${n}="b"`).join(' ');

const session = { id: 'session-1' };
const DEFAULTS = { id: 'a', at: 0 };
const interruption = (fields: object) =>
  parseInterruption({ session_id: 'a', ...fields }, DEFAULTS, 0);
const log = createLog('test', () => {});
const fromSystem = (message: string) => Object.assign(new Error(message), { syscall: 'connect' });

const READERS: Record<string, (text: string) => unknown> = {
  readPhoneNumber,
  ssmlProblem,
  wavProblem,
  parseJson,
  'wordsOf text': (text) => wordsOf({ text }),
  'wordsOf SSML': (text) => wordsOf({ ssml: text }),
  'ssml``': (text) => ssml`<speak>${text}</speak>`,
  printOf: (text) => printOf({ ssml: text }),
  restOf: (text) => restOf(text, 0.5),
  parseEvent(text) {
    const fields = {
      text,
      transcript: text,
      barged_in: text,
      digit: text,
      duration_ms: text,
      speech_started_at: text,
    };
    const numbers = {
      from_phone_number: text,
      to_phone_number: text,
      phone_number: text,
      direction: text,
    };
    for (const type of [...Object.keys(eventSchemas), text]) {
      partiesOf(parseEvent({ type, ...fields, session: { ...session, ...numbers } }));
    }
    parseEvent({ type: 'session_start', session: { id: text } });
  },
  'parseInterruption say': (text) => interruption({ say: text }),
  'parseInterruption ssml': (text) => interruption({ say: { ssml: text } }),
  'parseInterruption play': (text) => interruption({ play: text }),
  'parseInterruption key': (text) => interruption({ [text]: text }),
  'parseInterruption time': (text) => interruption({ triggered_at: text }),
  'parseInterruption caller': (text) =>
    parseInterruption({ target: { caller: text } }, DEFAULTS, 0),
  'parseInterruption label': (text) => parseInterruption({ target: { label: text } }, DEFAULTS, 0),
  'parseInterruption then': (text) =>
    interruption({ say: 'Hi', then: [{ type: text, [text]: text }] }),
  parseAction: (text) =>
    parseAction({ type: 'send_sms', session_id: 'a', phone_number: text, message: text }),
  'parseAction languages': (text) =>
    parseAction({ type: 'configure_transcription', session_id: 'a', languages: [text] }),
  parseCall: (text) => parseCall({ to: text }, 'a'),
  fromSns: (text) => fromSns(sns(text).Records[0]?.Sns as never),
  fromSqs: (text) => fromSqs(sqsRecord(text) as never),
  partsOf,
  'a mapping': (text) =>
    resolveMapping({
      interruption: { target: { label: '{$.detail.a}' }, say: '{$.detail.a}' },
      event: { detail: { a: text } },
    }),
  'a pipe': (text) =>
    fromPipe({ interruption: {}, event: { eventID: 'a', data: text, body: text } }),
  maskedText,
  spokenIn: (text) => [spokenIn('de')(text), spokenIn('en')(text)],
  "a template's log": (text) =>
    logFor(recordingLog(), 'a', () => ({ numbers: [text], texts: [text], secrets: [text] })).info(
      text,
      { text },
    ),
  'a dead letter': (text) =>
    readLetter(
      { MessageId: 'a', ReceiptHandle: 'a', Body: text, Attributes: { SentTimestamp: '0' } },
      0,
    ),
  log: (text) =>
    [fromSystem(text), new Error(text), new TypeError(text)].map((error) =>
      log.error('a', { error }),
    ),
};

describe.each(Object.entries(READERS))('%s', (name, read) => {
  const texts = [
    ...TEXTS,
    ...TEXTS.flatMap((text) => FRAMES[name]?.(text) ?? []),
    `<speak ${MANY_NAMES}/>`,
  ];

  it('takes no longer than its text is long, whatever is in it', () => {
    expect(slowOf(texts, read)).toEqual([]);
  });
});

describe.each(Object.entries(templates))('the template %s', (_name, template) => {
  const open = {
    id: 'a',
    turn: 1,
    reopened: false,
    state: {},
    labels: new Set<string>(),
    history: [],
  };
  const { signal } = new AbortController();
  const contexts = createContexts({ clock: manualClock(), log: recordingLog() });
  const context = contexts(template, { call: session, signal });

  it('takes no longer than what the caller said is long', () => {
    const hear = (text: string) =>
      template.onUserSpeak?.({ type: 'user_speak', text, session }, open as never, context);
    expect(slowOf(TEXTS, hear)).toEqual([]);
  });
});

describe('sentencesOf', () => {
  it.each(TEXTS.map((text) => [text.slice(0, 20), text]))(
    'takes no longer than its text is long: %j',
    async (_start, text) => {
      const began = cpuTime();
      for await (const sentence of sentencesOf(piecesOf(text))) void sentence;
      expect(cpuTime() - began).toBeLessThan(BOUND_MS);
    },
  );
});

async function* piecesOf(text: string) {
  yield text;
}

/** Where the texts begin that take too long. */
const slowOf = (texts: readonly string[], read: (text: string) => unknown) =>
  texts.filter((text) => timeOf(() => read(text)) > BOUND_MS).map((text) => text.slice(0, 40));

function timeOf(work: () => unknown): number {
  const began = cpuTime();
  try {
    work();
  } catch {
    // Most of it is refused.
  }
  return cpuTime() - began;
}
