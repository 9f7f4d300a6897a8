import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantSendsSms,
  assistantTransfers,
  callerInterrupts,
  callerPresses,
  callerSays,
  type Play,
  type PlayCall,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about:
    'Puts you through by words or keys; nobody answers in this call, so it takes a message, delivered afterwards.',
  steps: [{ press: '2' }, { say: 'My brakes are broken', while: 'how can we reach you' }],
} satisfies Partial<Story>;

/** Nobody answers any telephone in this call. */
export const call: PlayCall = { transfer: 'busy' };

/**
 * The template `receptionist`: by words and by keys, to Anna, who joins and is gone, and to a
 * message.
 */
export default [
  assistantSays('Hello, this is the bicycle shop.'),
  callerInterrupts('When do you open?', { after: 'Hello' }),
  assistantIsCut({ by: 'caller' }),
  assistantSays('from nine to six'),
  triggered({
    after: 'We are',
    through: 'EventBridge',
    context: { operator: 'Anna', number: '493023125103' },
  }),
  assistantIsCut({ by: 'app', heard: 'We are' }),
  assistantSays('Anna is joining now.'),
  assistantTransfers('493023125103'),
  assistantSays("Anna can't answer."),
  callerPresses('2'),
  assistantSays('One moment, I am calling Support.'),
  assistantTransfers('493023125102'),
  assistantSays("Support can't answer. What is it about"),
  callerSays('My brakes are broken, please call me back. Bye!'),
  assistantSendsSms(/^For Support, from 4915112345678: My brakes are broken/),
  assistantSays('I will pass that on. Goodbye.'),
  assistantHangsUp(),
] satisfies Play;
