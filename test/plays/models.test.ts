import { expect, test } from 'vitest';
import type { Converse, ConverseRequest, ToolUse } from '../../functions/models/model.ts';
import { llmAgent } from '../../functions/templates/llm-agent.ts';
import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  type Play,
} from '../../local/play.ts';
import { WEATHERS, weatherNamed } from '../../local/weathers.ts';
import { playCall } from '../support/play-call.ts';
import { impatience } from './patience.ts';

/* A model that does what models do, in every weather, over every way to the call: what the caller hears is sensible, and in time. */

const GREETING = assistantSays('What can I do for you?');
const HOLD = assistantSays('Let me see.');
const APOLOGY = assistantSays('I am sorry, I cannot answer that now.');
const ORDER = (order: string): ToolUse => ({
  toolUseId: `use-${order}`,
  name: 'look_up_order',
  input: { order },
});

type Part = string | ToolUse | Error;

/** Each question in turn is answered with the next of these; the last answers all others. */
interface Model {
  readonly answers: readonly (readonly Part[])[];
  readonly play: Play;
}

const question = callerSays('Tell me about my order');
const asking = (...lines: Play): Play => [GREETING, question, ...lines, callerHangsUp()];

const MODELS: Record<string, Model> = {
  'answers nothing': { answers: [[]], play: asking(HOLD, APOLOGY) },
  'writes Markdown': {
    answers: [
      [
        '**Sure!** It weighs ',
        '3.5 kg.\n\n## Next',
        '\n- See [our page](https://a.example/b)\n- 👍',
      ],
    ],
    play: asking(
      assistantSays(/^Sure!$/),
      assistantSays(/^It weighs three point five kilograms\.$/),
      assistantSays(/^Next$/),
      assistantSays(/^See our page$/),
    ),
  },
  'never ends, until somebody speaks': {
    answers: [Array.from({ length: 10_000 }, (_, n) => `word${n} `), ['I have stopped.']],
    play: [
      GREETING,
      question,
      assistantSays(/^word0 (?:word\d+ ?){40,60}$/),
      callerInterrupts('Stop it', { after: 'word3' }),
      assistantIsCut({ by: 'caller', heard: 'word0 word1' }),
      assistantSays(/^I have stopped\.$/),
      callerHangsUp(),
    ],
  },
  'asks for a tool that there is not': {
    answers: [[{ ...ORDER('1'), name: 'refund_all' }], ['I can’t do that.']],
    play: asking(assistantSays(/^I can’t do that\.$/)),
  },
  'asks for two tools at once': {
    answers: [['One moment. ', ORDER('1'), ORDER('2')], ['Both are here.']],
    play: asking(assistantSays(/^One moment\.$/), assistantSays(/^Both are here\.$/)),
  },
  'fails in mid-sentence': {
    answers: [['It has left. It will be the', new Error('reset')]],
    play: asking(assistantSays(/^It has left\.$/), APOLOGY),
  },
  'hangs up without a word': {
    answers: [[{ ...ORDER('1'), name: 'hang_up', input: {} }]],
    play: [
      GREETING,
      question,
      assistantSays(/^Goodbye!$/),
      { line: 'assistant hangs up', matches: isHangup },
    ],
  },
};

function isHangup(entry: { kind: string; action?: { type: string } }) {
  return entry.kind === 'action' && entry.action?.type === 'hangup';
}

function modelOf({ answers }: Model) {
  const left = [...answers];
  const asked: ConverseRequest[] = [];
  const converse: Converse = async function* converse(request) {
    asked.push(structuredClone(request));
    const answer = left.length > 1 ? left.shift() : left[0];
    for (const part of answer ?? []) {
      if (part instanceof Error) throw part;
      yield part;
    }
  };
  return { asked, converse };
}

const NAMES = Object.keys(WEATHERS).filter(
  (name) => !name.startsWith('push-') && name !== 'sms-fails' && name !== 'socket-lost',
);
const WAYS = {
  push: {},
  'no push': { push: false },
  websocket: { push: false, transport: 'websocket' },
} as const;
const cells = Object.keys(MODELS).flatMap((model) =>
  NAMES.flatMap((weather) =>
    (Object.keys(WAYS) as (keyof typeof WAYS)[]).map((way) => [model, weather, way] as const),
  ),
);

test.each(cells)('a model that %s, in %s, by %s', async (name, weather, way) => {
  const model = MODELS[name] as Model;
  const given = weatherNamed(weather);
  const template = llmAgent({ converse: modelOf(model).converse, lookUp: async () => 'It left.' });
  const { timeline } = await playCall(template, model.play, { ...WAYS[way], weather: given });
  expect(impatience(timeline(), given)).toBeUndefined();
});

test('ten thousand words end by themselves, in two minutes', async () => {
  const { answers } = MODELS['never ends, until somebody speaks'] as Model;
  const { converse } = modelOf({ answers: answers.slice(0, 1), play: [] });
  const { timeline } = await playCall(llmAgent({ converse, lookUp: async () => '' }), [
    GREETING,
    question,
    ...Array.from({ length: 4 }, () => assistantSays(/^word\d+ /)),
    callerHangsUp(),
  ]);
  expect(timeline().at(-1)?.at_ms).toBeLessThan(120_000);
});

test('the model knows what was heard of an answer that failed', async () => {
  const { answers } = MODELS['fails in mid-sentence'] as Model;
  const { asked, converse } = modelOf({ answers: [...answers, ['Yes.']], play: [] });
  await playCall(llmAgent({ converse, lookUp: async () => '' }), [
    GREETING,
    question,
    assistantSays('It has left.'),
    APOLOGY,
    callerSays('Are you there?'),
    assistantSays('Yes.'),
    callerHangsUp(),
  ]);
  const said = asked
    .at(-1)
    ?.messages.at(-2)
    ?.content.map((part) => 'text' in part && part.text);
  expect(said).toEqual(['It has left.', expect.stringContaining('I am sorry')]);
});
