import { appointment, pretendCalendar } from '../../../functions/templates/appointment.ts';
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

const GREETING = assistantSays('Welcome to the Fischer practice.');
const SLOT = callerSays('Tuesday at half past nine');
const HOLD = assistantSays('One moment, please.');
const SHALL_I = assistantSays('Shall I book it?');

const NODDED = [GREETING, SLOT, HOLD, callerInterrupts('mhm', { after: 'One' })];
const BOOKED = [SHALL_I, callerSays('ok'), HOLD, assistantSays('It is booked:'), callerHangsUp()];

const calendar = pretendCalendar(0);
const slow = appointment(() => ({
  ...calendar,
  async free(day) {
    await new Promise((go) => setTimeout(go, 3_000));
    return calendar.free(day);
  },
}));
const down = appointment(() => ({
  ...calendar,
  async free() {
    throw new Error('the calendar is down');
  },
}));

export default {
  silence: {
    play: [
      GREETING,
      SLOT,
      HOLD,
      SHALL_I,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerSays('Yes'),
      HOLD,
      assistantSays('It is booked:'),
      callerHangsUp(),
    ],
  },
  listeners: {
    template: slow,
    play: [...NODDED, ...BOOKED],
    late: [...NODDED, assistantSays('I am still looking.'), ...BOOKED],
  },
  cuts: {
    play: [
      GREETING,
      callerInterrupts('A new appointment, please', { after: 'Welcome' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('On which day'),
      callerInterrupts('On Tuesday at nine thirty', { after: 'On which day would' }),
      assistantIsCut({ by: 'caller' }),
      HOLD,
      SHALL_I,
      callerInterrupts('No, at eleven o’clock', { after: 'is free.' }),
      assistantIsCut({ by: 'caller' }),
      HOLD,
      assistantSays('11:00 AM, is free. Shall I book it?'),
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      GREETING,
      callerPresses('9'),
      assistantSays('Say make, change or cancel'),
      callerPresses('3'),
      HOLD,
      assistantSays('Shall I cancel it?'),
      callerPresses('7'),
      assistantSays('Shall I cancel it?'),
      callerPresses('2'),
      assistantSays('Then it stays as it is.'),
      callerHangsUp(),
    ],
  },
  'in words, and by place': {
    play: [
      GREETING,
      callerSays('An appointment, please'),
      assistantSays('On which day'),
      callerSays('As soon as possible'),
      assistantSays('Please name a day'),
      callerSays('The first of December'),
      HOLD,
      assistantSays('Which one would you like?'),
      callerSays('The second one'),
      HOLD,
      assistantSays('Tuesday, December 1, at 11:00 AM, is free. Shall I book it?'),
      callerSays('No, rather the last one'),
      HOLD,
      assistantSays('Tuesday, December 1, at 4:00 PM, is free. Shall I book it?'),
      callerSays('Yes, please'),
      HOLD,
      assistantSays('It is booked:'),
      callerHangsUp(),
    ],
  },
  'nothing that it knows': {
    play: [
      GREETING,
      callerSays('Which insurance do you take?'),
      assistantSays('Press 0 for a person.'),
      callerSays('Do you take mine?'),
      assistantSays('Press 0 for a person.'),
      callerSays('What?'),
      assistantSays('Press 0 for a person.'),
      callerSays('The insurance'),
      assistantSays('I will put you through.'),
      assistantTransfers('493023125100'),
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      GREETING,
      SLOT,
      HOLD,
      SHALL_I,
      callerSays('Thanks, bye'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'back end down': {
    template: down,
    call: { transfer: 'busy' },
    play: [
      GREETING,
      SLOT,
      HOLD,
      assistantSays('our calendar cannot be reached'),
      callerSays('A person, please'),
      assistantSays('I will put you through.'),
      assistantTransfers(),
      assistantSays('Nobody is free'),
      assistantHangsUp(),
    ],
  },
  'back end slow': {
    template: slow,
    play: [GREETING, SLOT, assistantSays('One moment, please.'), SHALL_I, callerHangsUp()],
  },
  'a machine': {
    call: { direction: 'outbound' },
    play: [
      assistantSays('Hello, this is the Fischer practice.'),
      assistantSays('I call about your appointment'),
      callerInterrupts('Please leave a message after the beep', {
        after: 'about your appointment',
      }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('We remind you of your appointment'),
      assistantHangsUp(),
    ],
  },
} satisfies Days;
