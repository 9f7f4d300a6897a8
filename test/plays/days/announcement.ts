import {
  assistantHangsUp,
  assistantIsCut,
  assistantMixes,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const LEGAL = assistantSays('This call may be recorded');
const QUESTION = assistantSays('Which line would you like to hear about?');
const NEWS = [assistantMixes('start'), assistantSays("Here is today's news")];

export default {
  silence: {
    play: [
      LEGAL,
      ...NEWS,
      assistantMixes('stop'),
      QUESTION,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('Thank you for listening. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  listeners: {
    play: [
      LEGAL,
      callerInterrupts('ok', { after: 'This call may' }),
      ...NEWS,
      callerInterrupts('mhm', { after: "Here is today's news" }),
      assistantMixes('stop'),
      QUESTION,
      callerSays('Line one, please'),
      assistantSays('every ten minutes'),
      callerHangsUp(),
    ],
  },
  cuts: {
    play: [
      LEGAL,
      ...NEWS,
      callerInterrupts('What about line two?', { after: "Here is today's news of your public" }),
      assistantIsCut({ by: 'caller' }),
      assistantMixes('stop'),
      assistantSays('Line two ends at the market place.'),
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      LEGAL,
      callerPresses('1', { after: 'This call' }),
      assistantSays('Line one runs every ten minutes.'),
      callerPresses('7'),
      QUESTION,
      callerPresses('2', { after: 'Which line' }),
      assistantIsCut({ by: 'app' }),
      assistantSays('Line two ends at the market place.'),
      callerHangsUp(),
    ],
  },
  'nothing that it knows': {
    play: [
      LEGAL,
      ...NEWS,
      assistantMixes('stop'),
      QUESTION,
      callerSays('Can I talk to a person?'),
      assistantSays('I know nothing new of that. Which line would you like'),
      callerSays('Two'),
      assistantSays('Line two ends at the market place.'),
      callerSays('What?'),
      assistantSays('Line two ends at the market place.'),
      callerSays('No, thank you'),
      assistantSays('Thank you for listening. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      LEGAL,
      ...NEWS,
      callerInterrupts('Thanks, bye', { after: 'public transport. Line two' }),
      assistantIsCut({ by: 'caller' }),
      assistantMixes('stop'),
      assistantSays('Thank you for listening. Goodbye.'),
      assistantHangsUp(),
    ],
  },
} satisfies Days;
