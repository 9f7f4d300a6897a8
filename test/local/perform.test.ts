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
  type Play,
} from '../../local/play.ts';
import type { Happening, TimelineEntry } from '../../local/simulator/timeline.ts';

/** A stage on which `script` happens: strings are what the caller must have done before the story goes on. */
function stageFor(script: (Happening | string)[]) {
  const done: string[] = [];
  const story = [...script];
  const act = (what: string) => async () => void done.push(what);
  const stage: Stage = {
    async next(): Promise<TimelineEntry | undefined> {
      while (typeof story[0] === 'string') if (!done.includes(story.shift() as string)) return undefined;
      const happening = story.shift() as Happening | undefined;
      return happening && { at_ms: 0, ...happening };
    },
    wait: (ms) => act(`waits ${Math.round(ms)} ms`)(),
    says: (text) => act(`says ${text}`)(),
    presses: (digit) => act(`presses ${digit}`)(),
    hangsUp: act('hangs up'),
  };
  return { stage, done };
}

const says = (text: string): Happening => ({ kind: 'playback_started', text, duration_ms: text.length * 10 });
const finished: Happening = { kind: 'playback_finished' };
const cut = (heard: string): Happening => ({ kind: 'playback_interrupted', by: 'caller', heard, played_ms: 1 });
const session = { id: 'session-1' };
const hangup: Happening = { kind: 'action', action: { type: 'hangup', session_id: 'session-1' }, source: 'webhook' };
const end: Happening = { kind: 'event', event: { type: 'session_end', session }, status: 204, took_ms: 1 };

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
  await perform([assistantSays('name'), callerSays('Anna'), assistantSays(/^Bye/), assistantHangsUp()], stage);
  expect(done).toEqual(['says Anna']);
});

test('the caller interrupts once a part has been heard to the end of its word', async () => {
  const { stage, done } = stageFor([says('One moment, please'), 'says No', cut('One moment,'), 'hangs up', end]);
  const play = [
    assistantSays('One'),
    callerInterrupts('No', { after: 'One moment' }),
    assistantIsCut({ by: 'caller', heard: 'One moment' }),
    callerHangsUp(),
  ];
  await perform(play, stage);
  expect(done).toEqual(['waits 110 ms', 'says No', 'hangs up']);
});

test('another sentence is shown as a diff', async () => {
  expect(
    await diffOf(
      [assistantSays('Hello'), callerPresses('1'), assistantSays(/one/)],
      [says('Hello'), finished, 'presses 1', says('Two')],
    ),
  ).toBe('  assistant says "Hello"\n  caller presses 1\n- assistant says /one/\n+ assistant says "Two"');
});

test.each<[string, Play, (Happening | string)[]]>([
  [
    '+ assistant says "And then"',
    [assistantSays('A'), callerSays('B')],
    [says('A'), finished, says('And then'), finished],
  ],
  ['+ assistant says "Still here"', [assistantSays('A')], [says('A'), finished, says('Still here')]],
  ['+ assistant is cut by the caller after "A"', [assistantSays('A B'), callerSays('C')], [says('A B'), cut('A')]],
  ['+ the call ended', [assistantSays('A'), assistantHangsUp()], [says('A'), finished, end]],
  ['+ nothing happened', [assistantSays('A')], []],
  [
    '+ assistant is silent',
    [assistantSays('A'), callerSays('B'), callerInterrupts('C', { after: 'D' })],
    [says('A'), finished],
  ],
  ['+ error: status 500', [assistantSays('A')], [{ kind: 'error', message: 'status 500' }]],
])('%s', async (line, play, script) => {
  expect((await diffOf(play, script)).split('\n').at(-1)).toBe(line);
});
