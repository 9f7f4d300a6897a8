import { orderStatus } from '../../../functions/templates/order-status.ts';
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
  triggered,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = [
  assistantSays('This call is recorded'),
  assistantSays('What is your order number?'),
];
const ASKED = [...GREETING, callerSays('4711'), assistantSays('One moment')];
const STILL_THERE = [callerIsSilent(8), assistantSays('Are you still there?')];
const PACKED = assistantSays('Order 4711 is packed and waits in our warehouse');

const slowly = (ms: number) =>
  orderStatus(async () => {
    await new Promise((go) => setTimeout(go, ms));
    return 'packed';
  });

export default {
  silence: {
    play: [
      ...GREETING,
      ...STILL_THERE,
      ...STILL_THERE,
      callerIsSilent(8),
      assistantSays('Goodbye.'),
      assistantHangsUp(),
    ],
  },
  listeners: {
    play: [
      ...GREETING,
      callerSays('4711'),
      assistantSays('One moment'),
      callerInterrupts('ok', { after: 'One' }),
      PACKED,
      callerInterrupts('mhm', { after: 'Order 4711' }),
      callerSays('Thanks, bye'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  cuts: {
    play: [
      ...ASKED,
      PACKED,
      callerInterrupts('No, I mean 4712', { after: 'Order 4711' }),
      assistantIsCut({ by: 'caller', heard: 'Order 4711' }),
      assistantSays('looking for order 4712'),
      assistantSays('Order 4712 is packed'),
      triggered({
        after: 'Order 4712',
        target: { label: 'order:4712' },
        context: { status: 'delivered' },
      }),
      assistantIsCut({ by: 'app' }),
      assistantSays('Good news! Order 4712 is in front of your door.'),
      callerHangsUp(),
    ],
  },
  keys: {
    play: [
      ...GREETING,
      ...[...'47#'].map((key) => callerPresses(key)),
      assistantSays('at least four digits'),
      ...[...'4711#'].map((key) => callerPresses(key)),
      assistantSays('One moment'),
      PACKED,
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      ...GREETING,
      callerSays('Thanks, bye'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'nothing more': {
    play: [
      ...ASKED,
      PACKED,
      callerSays('What?'),
      assistantSays('One moment'),
      PACKED,
      callerSays('And 4712? No, 4713'),
      assistantSays('looking for order 4713'),
      assistantSays('Order 4713 is packed'),
      callerSays('No, thank you'),
      assistantSays('Thank you for calling. Goodbye.'),
      assistantHangsUp(),
    ],
  },
  'no number': {
    call: { transfer: 'busy' },
    play: [
      ...GREETING,
      callerSays('I have no number'),
      assistantSays('Or ask for a person.'),
      callerSays('A person, please'),
      assistantSays('I will put you through.'),
      assistantTransfers('493023125100'),
      assistantSays('Nobody is free at the moment.'),
      assistantSays('at least four digits'),
      callerSays('Four seven one one'),
      assistantSays('One moment'),
      PACKED,
      callerHangsUp(),
    ],
  },
  'back end down': {
    template: orderStatus(async () => {
      throw new Error('the shop is down');
    }),
    play: [
      ...ASKED,
      assistantSays('I am sorry, I can not look that up right now.'),
      callerHangsUp(),
    ],
  },
  'back end slow': {
    template: slowly(11_000),
    play: [
      ...ASKED,
      callerIsSilent(5),
      assistantSays('I am still looking.'),
      PACKED,
      callerHangsUp(),
    ],
  },
} satisfies Days;
