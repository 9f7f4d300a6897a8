import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  outcomesAre,
  type Play,
  silenceFor,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'Looks an order up, and is overtaken by the news that it has been shipped.',
  steps: [
    { say: 'Where is my order 4711?' },
    {
      interrupt: { target: { label: 'order:4711' }, context: { status: 'shipped' } },
      through: ['EventBridge'],
      while: 'waits in our warehouse',
    },
  ],
} satisfies Partial<Story>;

/**
 * The template `order-status`: looks up what the caller asked for, and is overtaken by news of that
 * very order.
 */
export default [
  assistantSays('This call is recorded'),
  assistantSays('What is your order number?'),
  callerSays('Where are my things?'),
  assistantSays('at least four digits'),
  callerInterrupts('47 11', { after: 'Please tell me' }),
  assistantIsCut({ by: 'caller' }),
  assistantSays('One moment, I am looking for order 4711.'),
  assistantSays('Order 4711 is packed'),
  // Somebody else's order: nobody on the line asked for it.
  triggered({
    after: 'Order 4711',
    target: { label: 'order:4712' },
    context: { status: 'delivered' },
  }),
  triggered({
    after: 'waits in our warehouse',
    through: 'EventBridge',
    target: { label: 'order:4711' },
    context: { status: 'shipped' },
  }),
  assistantIsCut({ by: 'app', heard: 'waits in our warehouse' }),
  assistantSays('Good news! Order 4711 has left our warehouse'),
  triggered({ target: { label: 'order:4711' }, context: { status: 'invoiced' } }),
  silenceFor(1),
  outcomesAre('delivered', 'heard', 'delivered', 'heard', 'declined'),
  callerHangsUp(),
] satisfies Play;
