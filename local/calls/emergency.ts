import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerInterrupts,
  callerSays,
  outcomesAre,
  type Play,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

const ALARM = {
  id: 'gas-1',
  urgent: true,
  force: true,
  context: { alarm: 'gas', place: 'Market Street' },
} as const;

export const story = {
  about: 'An alarm that all callers hear to its end, until they say that they have understood.',
  steps: [
    {
      interrupt: { ...ALARM, target: { everyone: true } },
      through: ['EventBridge'],
      while: 'This is the information line',
    },
    { say: 'Yes' },
  ],
} satisfies Partial<Story>;

/**
 * The template `emergency`, whose alarm concerns this call alone, because others may be on the
 * line: it cuts whatever is said, is cut by nobody, and is said again until it is understood.
 */
export default [
  assistantSays('This is the information line of the town.'),
  callerSays('Where are the shelters?'),
  assistantSays('The shelters are the school and the town hall.'),
  triggered({ after: 'The shelters', through: 'EventBridge', ...ALARM }),
  assistantIsCut({ by: 'app', heard: 'The shelters' }),
  assistantSays('Attention, this is an alarm. Gas is leaking at Market Street.'),
  callerInterrupts('What did you say?', { after: 'Attention' }),
  assistantSays('Attention, this is an alarm. Gas is leaking at Market Street.'),
  callerSays('Yes'),
  assistantSays('Thank you. Please act now'),
  outcomesAre('delivered', 'heard'),
  callerSays('Bye'),
  assistantSays('Take care. Goodbye.'),
  assistantHangsUp(),
] satisfies Play;
