import { receptionist } from '../../../functions/templates/receptionist.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantSendsSms,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = assistantSays('Hello, this is the bicycle shop.');

const CALLING = [
  callerPresses('2'),
  assistantSays('calling Support'),
  assistantTransfers('493023125102'),
];
const ABSENT = assistantSays("Support can't answer.");
const NOTED = [
  callerSays('My brakes are broken'),
  assistantSendsSms('For Support, from 4915112345678: My brakes are broken'),
  assistantSays('I will pass that on. Goodbye.'),
];
const env = { MESSAGES_URL: 'https://chat.example/hook' };

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
  'nobody answers, and nobody speaks': {
    call: { transfer: 'busy' },
    play: [
      GREETING,
      ...CALLING,
      ABSENT,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerIsSilent(8),
      assistantSays('I can’t hear you. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'a person, whoever it is': {
    play: [
      GREETING,
      callerSays('I want to talk to a human'),
      assistantSays('calling Sales'),
      assistantTransfers('493023125101'),
      callerHangsUp(),
    ],
  },
  'nothing that it knows': {
    play: [
      GREETING,
      callerSays('Where is my bicycle?'),
      assistantSays('Say sales or press 1'),
      callerSays('The red one'),
      assistantSays('Say sales or press 1'),
      callerSays('Is it ready?'),
      assistantSays('calling Sales'),
      assistantTransfers('493023125101'),
      callerHangsUp(),
    ],
  },
  'a message that nobody has asked for': {
    play: [
      GREETING,
      callerSays('Can I leave a message?'),
      assistantSays('What is it about'),
      callerSays('What?'),
      assistantSays('What is it about'),
      callerSays('My brakes are broken'),
      assistantSendsSms('For anybody, from 4915112345678: My brakes are broken'),
      assistantSays('I will pass that on. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'a message in parts': {
    call: { transfer: 'busy' },
    play: [
      GREETING,
      ...CALLING,
      ABSENT,
      ...NOTED,
      callerInterrupts('Oh, and call before noon', { after: 'I will' }),
      assistantIsCut({ by: 'caller' }),
      assistantSendsSms('from 4915112345678: Oh, and call before noon'),
      assistantSays('I will pass that on. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  closed: {
    at: '2026-11-22T12:00:00Z',
    play: [
      assistantSays('Hello, this is the bicycle shop. We are closed now, but support is there.'),
      callerSays('Sales, please'),
      assistantSays("Sales can't answer. What is it about"),
      callerSays('I want a red one'),
      assistantSendsSms('For Sales, from 4915112345678: I want a red one'),
      assistantSays('I will pass that on. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'back end down': {
    template: receptionist(async () => {
      throw new Error('the chat is down');
    }),
    env,
    call: { transfer: 'busy' },
    play: [GREETING, ...CALLING, ABSENT, ...NOTED, assistantHangsUp()],
  },
  'back end slow': {
    template: receptionist(() => new Promise(() => {})),
    env,
    call: { transfer: 'busy' },
    play: [GREETING, ...CALLING, ABSENT, ...NOTED, assistantHangsUp()],
  },
} satisfies Days;
