import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  type Play,
  silenceFor,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'Answers at once by the timetable, and corrects itself in mid-sentence.',
} satisfies Partial<Story>;

/**
 * Two sentences that turn out to be wrong while they are being said: once the assistant finds out,
 * once the caller says so.
 */
export default [
  assistantSays('Where are you going'),
  callerSays('I need the train to Hamburg'),
  assistantSays('By the timetable, the train to Hamburg leaves from platform 4'),
  assistantIsCut({ by: 'app', heard: 'By the timetable' }),
  assistantSays('today it leaves from platform 9'),
  callerSays('And the one to Berlin?'),
  assistantSays('the train to Berlin leaves from platform 2'),
  callerInterrupts('No', { after: 'By the timetable' }),
  assistantIsCut({ by: 'app', heard: 'By the timetable' }),
  assistantSays('Sorry, I got you wrong'),
  assistantSays('Where are you going'),
  callerSays('Munich'),
  assistantSays('the train to Munich leaves from platform 6'),
  silenceFor(2),
  callerHangsUp(),
] satisfies Play;
