import { expect, test } from 'vitest';
import { PlayFailed, perform, type Stage } from '../../local/perform.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerPresses,
  callerSays,
  interrupted,
  outcomesAre,
  type Play,
} from '../../local/play.ts';
import type { Happening, TimelineEntry } from '../../local/simulator/timeline.ts';

/**
 * A stage on which `script` happens: strings are what must have been done before the story goes on.
 */
function stageFor(script: (Happening | string)[], outcomes: string[] = []) {
  const done: string[] = [];
  const story = [...script];
  const act = (what: string) => async () => void done.push(what);
  const stage: Stage = {
    async next(): Promise<TimelineEntry | undefined> {
      while (typeof story[0] === 'string')
        if (!done.includes(story.shift() as string)) return undefined;
      const happening = story.shift() as Happening | undefined;
      return happening && { at_ms: 0, ...happening };
    },
    wait: (ms) => act(`waits ${Math.round(ms)} ms`)(),
    push: async () => undefined,
    invoke: async () => undefined,
    says: (text) => act(`says ${text}`)(),
    presses: (digit) => act(`presses ${digit}`)(),
    hangsUp: act('hangs up'),
    interrupt: ({ id, say }, through) => act(`${through.join(' and ')}: ${id} ${say}`)(),
    outcomes: async () => outcomes,
  };
  return { stage, done };
}

const says = (text: string): Happening => ({
  kind: 'playback_started',
  text,
  duration_ms: text.length * 10,
});
const finished: Happening = { kind: 'playback_finished' };
const cut = (heard: string): Happening => ({
  kind: 'playback_interrupted',
  by: 'caller',
  heard,
  played_ms: 1,
});
const session = { id: 'session-1' };
const hangup: Happening = {
  kind: 'action',
  action: { type: 'hangup', session_id: 'session-1' },
  source: 'webhook',
};
const end: Happening = {
  kind: 'event',
  event: { type: 'session_end', session },
  status: 204,
  took_ms: 1,
};

async function diffOf(play: Play, script: (Happening | string)[]): Promise<string> {
  const failure = await perform(play, stageFor(script).stage).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PlayFailed);
  return (failure as PlayFailed).message;
}

test('a call that goes as written', async () => {
  const { stage, done } = stageFor([
    says('Your name?'),
    finished,
    'says Anna',
    says('Bye, Anna'),
    finished,
    hangup,
    end,
  ]);
  await perform(
    [assistantSays('name'), callerSays('Anna'), assistantSays(/^Bye/), assistantHangsUp()],
    stage,
  );
  expect(done).toEqual(['says Anna']);
});

test('the caller interrupts once a part has been heard to the end of its word', async () => {
  const { stage, done } = stageFor([
    says('One moment, please'),
    'says No',
    cut('One moment,'),
    'hangs up',
    end,
  ]);
  const play = [
    assistantSays('One'),
    callerInterrupts('No', { after: 'One moment' }),
    assistantIsCut({ by: 'caller', heard: 'One moment' }),
    callerHangsUp(),
  ];
  await perform(play, stage);
  expect(done).toEqual(['waits 111 ms', 'says No', 'hangs up']);
});

test('two things happen during one sentence', async () => {
  const { stage, done } = stageFor([
    says('One moment, please'),
    'says Yes',
    'says No',
    finished,
    'hangs up',
    end,
  ]);
  const play = [
    assistantSays('One'),
    callerInterrupts('Yes', { after: 'One' }),
    callerInterrupts('No', { after: 'One moment' }),
    callerHangsUp(),
  ];
  await perform(play, stage);
  expect(done).toEqual(['waits 31 ms', 'says Yes', 'waits 80 ms', 'says No', 'hangs up']);
});

const INTERRUPTED = [
  assistantSays('One'),
  interrupted({ id: 'i-1', say: 'Stop', after: 'One moment', through: ['SQS', 'HTTP'] }),
  assistantSays('Stop'),
  outcomesAre('heard', 'delivered', 'duplicate'),
  callerHangsUp(),
];
const STORY = [
  says('One moment, please'),
  'SQS and HTTP: i-1 Stop',
  says('Stop'),
  finished,
  'hangs up',
  end,
];

test('the application interrupts, and what came of it is compared in any order', async () => {
  const { stage, done } = stageFor(STORY, ['delivered', 'heard', 'duplicate']);
  await perform(INTERRUPTED, stage);
  expect(done).toEqual(['waits 111 ms', 'SQS and HTTP: i-1 Stop', 'hangs up']);
});

test('other outcomes are shown as a diff', async () => {
  const { stage } = stageFor(STORY, ['delivered', 'heard', 'delivered']);
  await expect(perform(INTERRUPTED, stage)).rejects.toThrow(
    '- outcomes are delivered, duplicate, heard\n+ outcomes are delivered, delivered, heard',
  );
});

test('another sentence is shown as a diff', async () => {
  expect(
    await diffOf(
      [assistantSays('Hello'), callerPresses('1'), assistantSays(/one/)],
      [says('Hello'), finished, 'presses 1', says('Two')],
    ),
  ).toBe(
    '  assistant says "Hello"\n  caller presses 1\n- assistant says /one/\n+ assistant says "Two"',
  );
});

test.each<[string, Play, (Happening | string)[]]>([
  [
    '+ assistant says "And then"',
    [assistantSays('A'), callerSays('B')],
    [says('A'), finished, says('And then'), finished],
  ],
  [
    '+ assistant says "Still here"',
    [assistantSays('A')],
    [says('A'), finished, says('Still here')],
  ],
  [
    '+ assistant is cut by the caller after "A"',
    [assistantSays('A B'), callerSays('C')],
    [says('A B'), cut('A')],
  ],
  ['+ the call ended', [assistantSays('A'), assistantHangsUp()], [says('A'), finished, end]],
  ['+ nothing happened', [assistantSays('A')], []],
  [
    '+ assistant is silent',
    [assistantSays('A'), callerSays('B'), callerInterrupts('C', { after: 'D' })],
    [says('A'), finished],
  ],
  [
    '+ error: status 500',
    [assistantSays('A')],
    [{ kind: 'error', message: 'status 500', mistake: 'status', see: '' }],
  ],
])('%s', async (line, play, script) => {
  expect((await diffOf(play, script)).split('\n').at(-1)).toBe(line);
});
