import { test } from 'vitest';
import announcement from '../../functions/templates/announcement.ts';
import {
  assistantIsCut,
  assistantMixes,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const LEGAL = assistantSays('This call may be recorded');
const NEWS = [assistantMixes('start'), assistantSays("Here is today's news")];
const hearing = (...play: Play) => playCall(announcement, [LEGAL, ...play, callerHangsUp()]);

test('the news is said over music, which ends with it', async () => {
  await hearing(...NEWS, assistantMixes('stop'), silenceFor(5));
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
    silenceFor(5),
  );
});

test('what is no news cuts nothing', async () => {
  await hearing(
    ...NEWS,
    triggered({ after: 'Here is', context: { news: 42 } }),
    triggered({ after: "Here is today's", context: 'The bridge is open.' }),
    assistantMixes('stop'),
  );
});
