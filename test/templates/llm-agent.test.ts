import { expect, test } from 'vitest';
import type { Converse, ConverseRequest } from '../../functions/models/model.ts';
import { scripted } from '../../functions/models/scripted.ts';
import { GERMAN, llmAgent } from '../../functions/templates/llm-agent.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { playCall } from '../support/play-call.ts';

const GREETING = assistantSays('What can I do for you?');
const HOLD = assistantSays('Let me see.');
const lookUp = async (order: string) => `Order ${order} has left.`;

/** A model that takes its time before each piece. */
const slow =
  (ms: number, ...pieces: string[]) =>
  ({ clock }: { clock: ManualClock }) => {
    const converse: Converse = async function* converse() {
      for (const piece of pieces) {
        await new Promise<void>((go) => clock.after(ms, go));
        yield piece;
      }
    };
    return llmAgent({ converse, lookUp });
  };

const TALE = [
  GREETING,
  callerSays('Tell me three things'),
  HOLD,
  ...['First.', 'Second.', 'Third.'].map((sentence) => assistantSays(sentence)),
  callerHangsUp(),
];

test('each sentence is said while the model still writes the next', async () => {
  const { timeline } = await playCall(slow(2_000, 'First. ', 'Second. ', 'Third.'), TALE);
  const starts = timeline().flatMap((entry) =>
    entry.kind === 'playback_started' ? entry.at_ms : [],
  );
  const [first = 0, second = 0] = starts.slice(-3);
  // A sentence is over when the next one begins to come.
  expect(second - first).toBeGreaterThan(1_900);
  expect(second - first).toBeLessThan(2_100);
});

test('without a way to push, each follows the end of the one before', async () => {
  await playCall(
    slow(100, 'First. ', 'Second. ', 'Third.'),
    TALE.filter((line) => line !== HOLD),
    { push: false },
  );
});

test('a model that thinks for long is waited for', async () => {
  await playCall(slow(9_000, 'Forty-two.'), [
    GREETING,
    callerSays('What is the meaning of it all?'),
    HOLD,
    callerIsSilent(5),
    assistantSays('I am still thinking.'),
    assistantSays('Forty-two.'),
    callerHangsUp(),
  ]);
});

test('the model is told what was heard, and no more', async () => {
  const asked: ConverseRequest[] = [];
  const converse: Converse = async function* listening(request, signal) {
    asked.push(structuredClone(request));
    yield* scripted(request, signal);
  };
  await playCall(
    llmAgent({
      converse,
      lookUp: async () => 'It has left the warehouse this morning. It is late.',
    }),
    [
      GREETING,
      callerSays('Where is 4711?'),
      assistantSays('It has left the warehouse'),
      callerInterrupts('I mean 4712', { after: 'It has left' }),
      assistantIsCut({ by: 'caller', heard: 'It has' }),
      assistantSays('It has left the warehouse'),
      assistantSays('It is late.'),
      callerHangsUp(),
    ],
  );
  const texts = asked
    .at(-2)
    ?.messages.map(({ content }) => content.map((part) => 'text' in part && part.text));
  expect(texts).toEqual([
    ['[The caller is on the line.]'],
    ['Hello! What can I do for you?'],
    ['Where is 4711?'],
    [expect.stringMatching(/^It has.{0,5} \[The caller heard no more than that\.\]$/)],
    ['I mean 4712'],
  ]);
});

test('a person takes over once that has been said, and it goes on when nobody answers', async () => {
  const play = [
    GREETING,
    callerSays('I want to talk to a person'),
    assistantSays('I will put you through.'),
    assistantTransfers('+49 30 23125100'),
    assistantSays('Nobody is free'),
    callerHangsUp(),
  ];
  await playCall(llmAgent({ converse: scripted, lookUp }), play, { transfer: 'unanswered' });
});

test('nobody is hung up on who goes on talking', async () => {
  await playCall(llmAgent({ converse: scripted, lookUp }), [
    GREETING,
    callerSays('Goodbye'),
    assistantSays('Goodbye, and thank you'),
    callerInterrupts('Where is 4711?', { after: 'Goodbye, and' }),
    assistantIsCut({ by: 'caller' }),
    assistantSays('Order 4711 has left.'),
    callerSays('Goodbye'),
    assistantSays('Goodbye, and thank you'),
    assistantHangsUp(),
  ]);
});

test('a model that fails is apologised for', async () => {
  const converse: Converse = () => {
    throw new Error('throttled');
  };
  await playCall(llmAgent({ converse, lookUp }), [
    GREETING,
    callerSays('Hello?'),
    HOLD,
    assistantSays('I am sorry, I cannot answer that now.'),
    callerHangsUp(),
  ]);
});

test.each([
  [250, []],
  [900, [HOLD]],
])('a first sentence after %s ms needs %j', async (ms, hold) => {
  for (const push of [true, false])
    await playCall(
      slow(ms, 'Here.'),
      [GREETING, callerSays('Hello?'), ...hold, assistantSays(/^Here\.$/), callerHangsUp()],
      { push },
    );
});

test('the one who takes over sees what it is about', async () => {
  const converse: Converse = async function* converse() {
    yield { toolUseId: 'use-1', name: 'hand_over', input: { about: 'Order 4711 is late.' } };
  };
  const { timeline } = await playCall(llmAgent({ converse, lookUp }), [
    GREETING,
    callerSays('A person, please'),
    assistantSays('I will put you through.'),
    assistantTransfers('+49 30 23125100'),
    callerHangsUp(),
  ]);
  const [shown] = timeline().flatMap((entry) =>
    entry.kind === 'action' && entry.action.type === 'transfer' ? entry.action.caller_id_name : [],
  );
  expect(shown).toBe('Order 4711 is late.');
});

test('a slow tool lets the model’s own words be heard, and then progress', async () => {
  await playCall(
    ({ clock }) => {
      const converse: Converse = async function* converse({ messages }) {
        if (messages.length > 1 && JSON.stringify(messages).includes('toolResult'))
          yield 'It left.';
        else {
          yield 'I am asking the shop.';
          yield { toolUseId: 'use-1', name: 'look_up_order', input: { order: '1' } };
        }
      };
      const slowly = () =>
        new Promise<string>((found) => void clock.after(12_000, () => found('It left.')));
      return llmAgent({ converse, lookUp: slowly });
    },
    [
      GREETING,
      callerSays('Where is order 1?'),
      assistantSays('I am asking the shop.'),
      callerIsSilent(5),
      assistantSays('I am still thinking.'),
      assistantSays('It left.'),
      callerHangsUp(),
    ],
  );
});

test('without a word of what it is about, the one who takes over sees what was said', async () => {
  const { timeline } = await playCall(llmAgent({ converse: scripted, lookUp }), [
    GREETING,
    callerSays('Let me talk to a person'),
    assistantSays('I will put you through.'),
    assistantTransfers('+49 30 23125100'),
    callerHangsUp(),
  ]);
  expect(timeline()).toContainEqual(
    expect.objectContaining({
      action: expect.objectContaining({ caller_id_name: 'Let me talk to a person' }),
    }),
  );
});

test('in German, all that the model doesn’t say is German, and so is what it is told', async () => {
  const systems: string[] = [];
  const converse: Converse = async function* converse({ system, messages }) {
    systems.push(system);
    if (messages.length > 3) yield { toolUseId: 'use-1', name: 'hang_up', input: {} };
    else yield 'Es wiegt 3,5 kg.';
  };
  await playCall(llmAgent({ converse, lookUp }), [
    GREETING,
    callerSays('Auf Deutsch, bitte'),
    assistantSays('Es wiegt drei Komma fünf Kilogramm.'),
    // With the answer, which waits for the first words of the model.
    assistantConfigures('transcription'),
    callerPresses('1'),
    assistantSays('Bitte sagen Sie mir'),
    callerIsSilent(8),
    assistantSays('Sind Sie noch da?'),
    callerSays('Nein'),
    assistantSays('Auf Wiederhören!'),
    assistantHangsUp(),
  ]);
  expect(systems).toEqual([GERMAN.system, GERMAN.system]);
});
