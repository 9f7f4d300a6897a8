import { emergency } from '../../../functions/templates/emergency.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  type Play,
  triggered,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const HELLO = assistantSays('This is the information line of the town.');
const STILL_THERE = [callerIsSilent(8), assistantSays('Are you still there?')];
const ALARM = assistantSays('Attention, this is an alarm. There is a fire in the whole town.');
const UNDERSTOOD = assistantSays('Thank you. Please act now');

const context = { alarm: 'fire' };
const alarm = {
  id: 'fire-1',
  target: { everyone: true },
  urgent: true,
  force: true,
  context,
} as const;
const told: Play = [
  HELLO,
  triggered({ after: 'This is', ...alarm }),
  assistantIsCut({ by: 'app' }),
  ALARM,
];
const env = { RECEIPTS_URL: 'https://count.example/receipts' };

export default {
  silence: {
    play: [
      ...told,
      callerIsSilent(5),
      ALARM,
      callerIsSilent(5),
      ALARM,
      callerIsSilent(5),
      assistantSays('Others need the line now.'),
      assistantHangsUp(),
    ],
  },
  'silence without an alarm': {
    play: [
      HELLO,
      ...STILL_THERE,
      ...STILL_THERE,
      callerIsSilent(8),
      assistantSays('I can’t hear you. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  // Nobody has understood what they haven't heard.
  listeners: {
    play: [
      ...told,
      callerInterrupts('mhm', { after: 'Attention' }),
      callerInterrupts('yes', { after: 'this is an alarm' }),
      callerIsSilent(5),
      ALARM,
      callerSays('Yes'),
      UNDERSTOOD,
      callerHangsUp(),
    ],
  },
  cuts: {
    play: [
      ...told,
      callerInterrupts('What? Where is it?', { after: 'Attention' }),
      triggered({ after: 'this is an alarm', id: 'early', say: 'Your parcel has been shipped.' }),
      ALARM,
      callerSays('I have understood'),
      UNDERSTOOD,
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      HELLO,
      callerPresses('7', { after: 'This is' }),
      assistantIsCut({ by: 'app' }),
      assistantSays('Ask me for shelters'),
      triggered(alarm),
      ALARM,
      callerPresses('5'),
      callerIsSilent(5),
      ALARM,
      callerPresses('1'),
      UNDERSTOOD,
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      HELLO,
      callerSays('Thanks, bye'),
      assistantSays('Take care. Goodbye.'),
      triggered({ after: 'Take', ...alarm }),
      assistantIsCut({ by: 'app' }),
      ALARM,
      assistantHangsUp(),
    ],
  },
  'somebody who needs help': {
    play: [
      HELLO,
      callerSays('Where is the fire? I need help'),
      assistantSays('In danger of life, call 112.'),
      triggered({ after: 'In danger', ...alarm }),
      assistantIsCut({ by: 'app' }),
      ALARM,
      callerSays('Where can we go?'),
      assistantSays('The shelters are'),
      ALARM,
      callerSays('No, I have not understood'),
      ALARM,
      callerSays('Understood'),
      UNDERSTOOD,
      callerHangsUp(),
    ],
  },
  'it is over': {
    play: [
      ...told,
      callerSays('Yes'),
      UNDERSTOOD,
      triggered({ ...alarm, id: 'fire-1-over', context: { alarm: 'over' } }),
      assistantSays('The alarm is over. You are safe.'),
      assistantSays('Ask me for shelters'),
      callerHangsUp(),
    ],
  },
  'back end down': {
    template: emergency(async () => {
      throw new Error('nobody counts');
    }),
    env,
    play: [...told, callerSays('Yes'), UNDERSTOOD, callerHangsUp()],
  },
} satisfies Days;
