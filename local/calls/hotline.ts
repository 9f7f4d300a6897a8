import {
  assistantMixes,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerSays,
  outcomesAre,
  type Play,
  silenceFor,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'You wait with music, hear your place, and are taken out of the queue by whoever is free.',
  steps: [
    {
      interrupt: { context: { position: 2 } },
      through: ['EventBridge'],
      while: 'number 3',
    },
    {
      interrupt: { context: { operator: 'Anna', number: '493023125103' } },
      through: ['EventBridge'],
    },
  ],
} satisfies Partial<Story>;

/**
 * The template `hotline`: the place in the queue is told and told again, until somebody is free.
 */
export default [
  assistantMixes('start'),
  assistantSays('Welcome to our hotline.'),
  assistantSays('You are number 3 in the queue.'),
  callerSays('How long will it take?'),
  assistantSays('Thank you for waiting.'),
  assistantSays('You are number 3 in the queue.'),
  triggered({ through: 'EventBridge', context: { position: 2 }, when: 'after_current' }),
  assistantSays('You are number 2 in the queue.'),
  // Nothing has changed.
  triggered({ context: { position: 2 } }),
  triggered({
    through: 'EventBridge',
    context: { operator: 'Anna', number: '493023125103' },
  }),
  assistantMixes('stop'),
  assistantSays('Anna is free now, and takes your call.'),
  assistantTransfers('493023125103'),
  outcomesAre(
    'delivered',
    'heard',
    'delivered',
    'heard',
    'declined',
    'delivered',
    'heard',
    'delivered',
    'heard',
  ),
  silenceFor(2),
  callerHangsUp(),
] satisfies Play;
