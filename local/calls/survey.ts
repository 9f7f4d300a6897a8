import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerInterrupts,
  callerPresses,
  callerSays,
  type Play,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about:
    'Asks on a scale, by words or keys, and what could be better. The result is sent after the call.',
} satisfies Partial<Story>;

/** A figure in words, one by a key into the question, and a comment in two goes. */
export default [
  assistantSays('May I ask them?'),
  callerSays('Sure'),
  assistantSays('How satisfied are you with the repair?'),
  callerInterrupts('A four, I would say', { after: 'How satisfied are you with the repair?' }),
  assistantIsCut({ by: 'caller' }),
  assistantSays('Thank you.'),
  assistantSays('How likely is it that you recommend us'),
  callerPresses('5'),
  assistantSays('Thank you.'),
  assistantSays('And what could we do better?'),
  callerSays('It took you rather long to call me back'),
  assistantSays('Is there anything that you would like to add?'),
  callerSays('No, thank you'),
  assistantSays('That was all. Thank you for your help.'),
  assistantHangsUp(),
] satisfies Play;
