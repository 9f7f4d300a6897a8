import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = assistantSays('Hello, this is the bicycle shop.');

export default {
  silence: {
    play: [
      GREETING,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('I can’t hear you. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  listeners: {
    play: [
      GREETING,
      callerSays('When do you open?'),
      assistantSays('from nine to six'),
      callerSays('ok'),
      assistantSays('Say sales or press 1'),
      callerHangsUp(),
    ],
  },
  cuts: {
    play: [
      GREETING,
      callerInterrupts('Sales, please', { after: 'Hello' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('calling Sales'),
      callerInterrupts('No, support!', { after: 'One moment' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('calling Support'),
      assistantTransfers('493023125102'),
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      GREETING,
      callerPresses('9'),
      assistantSays('Say sales or press 1'),
      callerPresses('3'),
      assistantSays('from nine to six'),
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      GREETING,
      callerSays('Thanks, bye'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
} satisfies Days;
