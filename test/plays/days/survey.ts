import { survey } from '../../../functions/templates/survey.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = assistantSays('May I ask them?');
const SATISFIED = assistantSays('How satisfied are you');
const RECOMMEND = [assistantSays('Thank you.'), assistantSays('How likely is it')];

const GOODBYE = [
  GREETING,
  callerSays('Yes'),
  SATISFIED,
  callerSays('Thanks, bye'),
  assistantSays('Thank you for your time. Goodbye.'),
  assistantHangsUp(),
];

export default {
  silence: {
    play: [
      GREETING,
      callerSays('Yes'),
      SATISFIED,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('I can’t hear you.'),
      assistantHangsUp(),
    ],
  },
  listeners: {
    play: [
      GREETING,
      callerSays('mhm'),
      SATISFIED,
      callerInterrupts('mhm', { after: 'How satisfied are you' }),
      callerSays('Four'),
      ...RECOMMEND,
      callerHangsUp(),
    ],
  },
  cuts: {
    play: [
      GREETING,
      callerSays('Yes'),
      SATISFIED,
      callerInterrupts('Very satisfied', { after: 'How satisfied are you with the repair?' }),
      assistantIsCut({ by: 'caller' }),
      ...RECOMMEND,
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      GREETING,
      callerPresses('1'),
      SATISFIED,
      callerPresses('9'),
      assistantSays('a number from 1 to 5.'),
      SATISFIED,
      callerPresses('4'),
      ...RECOMMEND,
      callerHangsUp(),
    ],
  },
  'early goodbye': { play: GOODBYE },
  'back end down': {
    template: survey(async () => {
      throw new Error('nobody takes results');
    }),
    play: GOODBYE,
  },
  'not understood': {
    play: [
      GREETING,
      callerSays('Who is this?'),
      assistantSays('This is the assistant of the bicycle shop. May I ask you'),
      callerSays('Well, yes'),
      SATISFIED,
      callerSays('What?'),
      assistantSays('a number from 1 to 5.'),
      SATISFIED,
      callerSays('Five'),
      ...RECOMMEND,
      callerSays('Five'),
      assistantSays('Thank you.'),
      assistantSays('what could we do better?'),
      callerSays('Sorry, what?'),
      assistantSays('what could we do better?'),
      callerSays('I left a message on your voicemail, and nobody called'),
      assistantSays('Is there anything that you would like to add?'),
      callerSays('No, thank you'),
      assistantSays('That was all. Thank you for your help.'),
      assistantHangsUp(),
    ],
  },
  'a machine': {
    call: { direction: 'outbound' },
    play: [
      GREETING,
      callerSays('Please leave a message after the beep'),
      assistantSays('We will call again. Goodbye.'),
      assistantHangsUp(),
    ],
  },
} satisfies Days;
