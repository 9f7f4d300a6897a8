import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerInterrupts,
  callerPresses,
  callerSays,
  type Play,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'Makes an appointment by day and time, moves it, cancels it, and calls to remind of it.',
} satisfies Partial<Story>;

/** By words and by keys: a day, a time that is free, another one, and then none at all. */
export default [
  assistantSays('Would you like to make an appointment'),
  callerInterrupts('Make one, please', { after: 'Welcome' }),
  assistantIsCut({ by: 'caller' }),
  assistantSays('On which day'),
  callerSays('Next Tuesday at ten'),
  assistantSays('One moment, please.'),
  assistantSays('is not free. On'),
  callerSays('Half past nine'),
  assistantSays('One moment, please.'),
  assistantSays('is free. Shall I book it?'),
  callerSays('Yes, please'),
  assistantSays('One moment, please.'),
  assistantSays('It is booked:'),
  callerSays('Can I cancel it?'),
  assistantSays('Shall I cancel it?'),
  callerPresses('1'),
  assistantSays('One moment, please.'),
  assistantSays('is cancelled. Is there anything else?'),
  callerSays('No, thank you'),
  assistantSays('Thank you for calling. Goodbye.'),
  assistantHangsUp(),
] satisfies Play;
