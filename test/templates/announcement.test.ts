import { test } from 'vitest';
import announcement from '../../functions/templates/announcement.ts';
import { templateNamed } from '../../functions/templates/index.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantMixes,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerPresses,
  callerSays,
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const LEGAL = assistantSays('This call may be recorded');
const NEWS = [assistantMixes('start'), assistantSays("Here is today's news")];
const QUESTION = assistantSays('Which line would you like');
const hearing = (...play: Play) => playCall(announcement, [LEGAL, ...play, callerHangsUp()]);

test('the news is said over music, which ends with it', async () => {
  await hearing(...NEWS, assistantMixes('stop'), QUESTION, silenceFor(5));
});

test('who asks for a line cuts the news, and the music', async () => {
  await hearing(
    ...NEWS,
    callerInterrupts('What about line one?', { after: "Here is today's news" }),
    assistantIsCut({ by: 'caller' }),
    assistantMixes('stop'),
    assistantSays('Line one runs every ten minutes.'),
    silenceFor(5),
  );
});

test('who asks while the law speaks is answered after it, instead of the news', async () => {
  await hearing(
    callerInterrupts('Line two, please', { after: 'This call' }),
    assistantSays('Line two ends at the market place.'),
    silenceFor(5),
  );
});

test('what has just come in cuts the news, and the music', async () => {
  await hearing(
    ...NEWS,
    triggered({
      after: 'Here is',
      target: { label: 'news' },
      context: { news: 'The bridge is open.' },
    }),
    assistantIsCut({ by: 'app' }),
    assistantMixes('stop'),
    assistantSays('This has just come in: The bridge is open.'),
    QUESTION,
    silenceFor(5),
  );
});

test('what is no news cuts nothing', async () => {
  await hearing(
    ...NEWS,
    triggered({ after: 'Here is', context: { news: 42 } }),
    triggered({ after: "Here is today's", context: 'The bridge is open.' }),
    assistantMixes('stop'),
    QUESTION,
  );
});

test.each([
  ['Line 1, please', 'Line one runs'],
  ['And the two?', 'Line two ends'],
  ['Line nine', 'Which line would you like'],
])('%j', async (text, words) => {
  await hearing(...NEWS, assistantMixes('stop'), QUESTION, callerSays(text), assistantSays(words));
});

test('a key into the news cuts them, and the music', async () => {
  await hearing(
    ...NEWS,
    callerPresses('2', { after: 'Here is' }),
    assistantMixes('stop'),
    assistantIsCut({ by: 'app' }),
    assistantSays('Line two ends'),
  );
});

test('in German', async () => {
  await playCall(templateNamed('announcement:de-DE'), [
    assistantConfigures('transcription'),
    assistantSays('Dieses Gespräch kann'),
    assistantMixes('start'),
    assistantSays('Das ist heute neu'),
    assistantMixes('stop'),
    assistantSays('Zu welcher Linie'),
    callerSays('Linie eins'),
    assistantSays('Linie eins fährt'),
    callerSays('Danke, tschüss'),
    assistantSays('Danke fürs Zuhören.'),
    assistantHangsUp(),
  ]);
});
