import { assistantHangsUp, assistantSays, callerSays, type Play, triggered } from '../play.ts';

/** What `npm run call` performs, with what `flow.local.ts` stands in for. */
export default [
  assistantSays('What is your order number?'),
  callerSays('4711'),
  assistantSays('One moment, let me check.'),
  assistantSays('Order 4711 is packed.'),
  triggered({ context: { status: 'on its way' }, target: { label: 'order:4711' } }),
  assistantSays('Good news: your order is on its way.'),
  callerSays('No, thank you'),
  assistantSays('Goodbye!'),
  assistantHangsUp(),
] satisfies Play;
