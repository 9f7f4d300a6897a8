import { type Live, selfCorrection } from '../../../functions/templates/self-correction.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  triggered,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = assistantSays('This is station information.');
const BERLIN = assistantSays('the train to Berlin leaves from platform 2');
const HAMBURG = assistantSays('the train to Hamburg leaves from platform 4');

const at =
  (ms: number, platform: number): Live =>
  async () => {
    await new Promise((go) => setTimeout(go, ms));
    return platform;
  };
/** Both are right by the timetable. */
const right = selfCorrection(async (to) => (to === 'Hamburg' ? 4 : 2));

export default {
  silence: {
    template: right,
    play: [
      GREETING,
      callerIsSilent(8),
      assistantSays('Where are you going'),
      callerSays('Berlin'),
      BERLIN,
      // It had a timer for what might have been worked on.
      callerIsSilent(5),
      assistantSays('Where are you going'),
      callerHangsUp(),
    ],
  },
  listeners: {
    template: right,
    play: [
      GREETING,
      callerSays('Hamburg'),
      HAMBURG,
      callerInterrupts('mhm', { after: 'By the timetable, the train' }),
      callerSays('And Berlin?'),
      BERLIN,
      callerHangsUp(),
    ],
  },
  cuts: {
    template: right,
    play: [
      GREETING,
      callerSays('Berlin'),
      BERLIN,
      callerInterrupts('No, to Hamburg', { after: 'By the timetable, the train' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('Sorry, I got you wrong.'),
      HAMBURG,
      callerHangsUp(),
    ],
  },
  keys: {
    template: right,
    play: [
      GREETING,
      callerPresses('2'),
      assistantSays('Please tell me by voice.'),
      callerSays('Berlin'),
      BERLIN,
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    template: selfCorrection(at(3_000, 9)),
    play: [
      GREETING,
      callerSays('Hamburg'),
      HAMBURG,
      callerInterrupts('Thanks, bye', { after: 'By the timetable, the train' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('Have a good journey. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'back end down': {
    template: selfCorrection(async () => {
      throw new Error('the live system is down');
    }),
    play: [
      GREETING,
      callerSays('Berlin'),
      BERLIN,
      assistantSays('The live departures are not available.'),
      callerHangsUp(),
    ],
  },
  'back end slow': {
    template: selfCorrection(at(12_000, 9)),
    play: [
      GREETING,
      callerSays('Berlin'),
      BERLIN,
      assistantSays('today it leaves from platform 9'),
      callerHangsUp(),
    ],
  },
  'nothing that it knows': {
    template: right,
    play: [
      GREETING,
      callerSays('Can I talk to a person?'),
      assistantSays('please ask at the desk in the main hall. Where are you going?'),
      callerSays('From Hamburg to Berlin'),
      BERLIN,
      callerSays('What?'),
      assistantSays('It leaves from platform 2'),
      callerSays('No, thank you'),
      assistantSays('Have a good journey. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'it leaves from elsewhere': {
    template: right,
    play: [
      GREETING,
      callerSays('Berlin'),
      BERLIN,
      triggered({ context: { to: 'Berlin', platform: 9 } }),
      assistantSays('your train now leaves from platform 9'),
      callerHangsUp(),
    ],
  },
} satisfies Days;
