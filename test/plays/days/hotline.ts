import { hotline } from '../../../functions/templates/hotline.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantMixes,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  triggered,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const WELCOME = [assistantMixes('start'), assistantSays('Welcome to our hotline.')];
const place = (position: number) => assistantSays(`You are number ${position} in the queue.`);
const TOLD = [assistantSays('Thank you for waiting.'), place(3)];
const ANNA = { operator: 'Anna', number: '493023125103' };
const TAKEN = [
  assistantMixes('stop'),
  assistantSays('Anna is free now, and takes your call.'),
  assistantTransfers('493023125103'),
];

const queue = { place: async () => 3, leave: async () => {} };
const slowly = (ms: number) =>
  hotline({
    ...queue,
    async place() {
      await new Promise((go) => setTimeout(go, ms));
      return 3;
    },
  });
const down = hotline({
  async place() {
    throw new Error('the queue is down');
  },
  async leave() {
    throw new Error('the queue is down');
  },
});

export default {
  silence: {
    template: hotline(queue),
    play: [
      ...WELCOME,
      place(3),
      callerIsSilent(20),
      ...TOLD,
      callerIsSilent(20),
      ...TOLD,
      callerHangsUp(),
    ],
  },
  listeners: {
    play: [
      ...WELCOME,
      callerInterrupts('ok', { after: 'Welcome' }),
      place(3),
      callerInterrupts('mhm', { after: 'You' }),
      callerIsSilent(20),
      ...TOLD,
      callerHangsUp(),
    ],
  },
  cuts: {
    play: [
      ...WELCOME,
      callerInterrupts('How long will it take?', { after: 'Welcome' }),
      assistantIsCut({ by: 'caller' }),
      ...TOLD,
      callerInterrupts('Really?', { after: 'You are number' }),
      assistantIsCut({ by: 'caller' }),
      ...TOLD,
      triggered({ after: 'You are number', context: ANNA }),
      assistantIsCut({ by: 'app' }),
      ...TAKEN,
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      ...WELCOME,
      place(3),
      callerPresses('0'),
      callerPresses('0'),
      callerIsSilent(20),
      ...TOLD,
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      ...WELCOME,
      place(3),
      callerSays('Thanks, bye'),
      assistantMixes('stop'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'back end down': {
    template: down,
    play: [
      ...WELCOME,
      assistantSays('Please hold the line: you keep your place.'),
      callerIsSilent(20),
      assistantSays('Thank you for waiting.'),
      assistantSays('Please hold the line: you keep your place.'),
      callerHangsUp(),
    ],
  },
  'back end slow': {
    template: slowly(12_500),
    play: [
      ...WELCOME,
      callerIsSilent(5),
      assistantSays('One moment, please.'),
      place(3),
      callerHangsUp(),
    ],
  },
  'nobody works now': {
    template: hotline({ ...queue, place: async () => undefined }),
    play: [
      ...WELCOME,
      assistantMixes('stop'),
      assistantSays('Nobody is here at the moment. Please call again'),
      assistantHangsUp(),
    ],
  },
  'the operator is gone': {
    call: { transfer: 'busy' },
    play: [
      ...WELCOME,
      place(3),
      triggered({ context: ANNA }),
      ...TAKEN,
      assistantMixes('start'),
      assistantSays('I am sorry, Anna could not take your call. You keep your place.'),
      callerIsSilent(20),
      ...TOLD,
      // Whoever is free next finds them again.
      triggered({ target: { label: 'waiting' }, context: { position: 2 } }),
      place(2),
      callerHangsUp(),
    ],
  },
} satisfies Days;
