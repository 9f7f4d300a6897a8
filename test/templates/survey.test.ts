import { describe, expect, it, test } from 'vitest';
import { templateNamed } from '../../functions/templates/index.ts';
import template, { deliver, type SurveyResult, survey } from '../../functions/templates/survey.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerPresses,
  callerSays,
  type Play,
} from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { playCall } from '../support/play-call.ts';

const GREETING = [assistantSays('May I ask them?'), callerSays('Yes')];
const SATISFIED = assistantSays('How satisfied are you');
const RECOMMEND = assistantSays('How likely is it');
const COMMENT = assistantSays('what could we do better?');
const THANKS = assistantSays('Thank you.');
const OVER = [assistantSays('That was all.'), assistantHangsUp()] as const;

/** What was delivered of a call, in order; so often it couldn't be. */
async function resultsOf(play: Play, failures = 0): Promise<SurveyResult[]> {
  const results: SurveyResult[] = [];
  const flow = survey(async (result) => {
    results.push(result);
    if (results.length <= failures) throw new Error('down');
  });
  let afterwards: ManualClock | undefined;
  await playCall(({ clock }) => {
    afterwards = clock;
    return flow;
  }, play);
  await afterwards?.advance(10_000);
  return results;
}

describe('what is delivered', () => {
  it('of a whole survey', async () => {
    const [result] = await resultsOf([
      ...GREETING,
      SATISFIED,
      callerSays('A two'),
      THANKS,
      RECOMMEND,
      callerPresses('1'),
      assistantSays('I am sorry to hear that.'),
      COMMENT,
      callerSays('The bell still doesn’t ring'),
      assistantSays('anything that you would like to add?'),
      callerSays('And it was expensive'),
      ...OVER,
    ]);
    expect(result).toMatchObject({
      caller: '4915112345678',
      answers: { satisfied: 2, recommend: 1 },
      comment: 'The bell still doesn’t ring And it was expensive',
      complete: true,
    });
  });

  it('of a caller who hangs up in the middle', async () => {
    const results = await resultsOf([
      ...GREETING,
      SATISFIED,
      callerSays('Five'),
      THANKS,
      RECOMMEND,
      callerHangsUp(),
    ]);
    expect(results).toMatchObject([{ answers: { satisfied: 5 }, comment: '', complete: false }]);
  });

  it('of somebody who doesn’t want to be asked, and of a machine', async () => {
    const declined = await resultsOf([
      assistantSays('May I ask them?'),
      callerSays('No, I have no time'),
      assistantSays('Thank you for your time.'),
      assistantHangsUp(),
    ]);
    expect(declined).toMatchObject([{ answers: {}, comment: '', complete: false }]);
  });

  it('again, where it couldn’t be', async () => {
    const results = await resultsOf([...GREETING, SATISFIED, callerHangsUp()], 2);
    expect(results).toHaveLength(3);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });
});

describe('a figure', () => {
  it.each([
    ['Four', 4],
    ['4 out of 5', 4],
    ['I would give it a one', 1],
    ['Not at all', 1],
    ['Very dissatisfied', 1],
    ['Very good', 5],
    ['Quite happy', 4],
    ['not really', 2],
    ['so so', 3],
    ['It was a good one', 4],
  ])('is heard in %j', async (text, satisfied) => {
    const results = await resultsOf([
      ...GREETING,
      SATISFIED,
      callerSays(text),
      assistantSays(satisfied === 1 ? 'I am sorry' : 'Thank you.'),
      RECOMMEND,
      callerHangsUp(),
    ]);
    expect(results).toMatchObject([{ answers: { satisfied } }]);
  });

  it('is none: it is asked for again, and then the next one', async () => {
    const again = [assistantSays('a number from 1 to 5.'), SATISFIED];
    const results = await resultsOf([
      ...GREETING,
      SATISFIED,
      callerSays('Seven'),
      ...again,
      callerSays('Three or four'),
      ...again,
      callerPresses('0'),
      assistantSays('Never mind.'),
      RECOMMEND,
      callerHangsUp(),
    ]);
    expect(results).toMatchObject([{ answers: {} }]);
  });
});

test('what occurs to somebody in the goodbye is a comment, too', async () => {
  const results = await resultsOf([
    ...GREETING,
    SATISFIED,
    callerSays('Five'),
    THANKS,
    RECOMMEND,
    callerSays('Five'),
    THANKS,
    COMMENT,
    callerSays('Nothing'),
    OVER[0],
    callerInterrupts('Wait, the bell is broken', { after: 'That was all. Thank you' }),
    assistantIsCut({ by: 'caller' }),
    ...OVER,
  ]);
  expect(results).toMatchObject([{ comment: 'Wait, the bell is broken', complete: true }]);
});

test('whoever says neither yes nor no isn’t asked', async () => {
  await playCall(template, [
    assistantSays('May I ask them?'),
    callerSays('Who is this?'),
    assistantSays('May I ask you'),
    callerSays('Which bicycle?'),
    assistantSays('May I ask you'),
    callerSays('I see a bicycle'),
    assistantSays('Thank you for your time. Goodbye.'),
    assistantHangsUp(),
  ]);
});

test('in German', async () => {
  await playCall(templateNamed('survey:de-DE'), [
    assistantConfigures('transcription'),
    assistantSays('Darf ich sie stellen?'),
    callerSays('Ja, gern'),
    assistantSays('Wie zufrieden sind Sie'),
    callerSays('Sehr zufrieden'),
    assistantSays('Danke schön.'),
    assistantSays('Wie wahrscheinlich'),
    callerSays('Eine Vier'),
    assistantSays('Danke schön.'),
    assistantSays('was könnten wir besser machen?'),
    callerSays('Nein, nichts'),
    assistantSays('Das war alles.'),
    assistantHangsUp(),
  ]);
});

const result = { id: 'a', caller: '49', callee: '49', answers: {}, comment: 'x', complete: true };

test('results are in the log where nobody takes them, without words and numbers', async () => {
  const lines: unknown[] = [];
  const log = { info: (...line: unknown[]) => void lines.push(line) };
  await deliver(result, { env: {}, log } as never);
  expect(lines).toEqual([['survey_result', { answers: {}, complete: true }]]);
});
