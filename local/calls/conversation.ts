import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerInterrupts,
  callerSays,
  type Play,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'The default: learns a name, can be interrupted, says goodbye before it hangs up.',
} satisfies Partial<Story>;

/**
 * The template `conversation`: it learns a name, can be interrupted, remembers, and is heard before
 * it hangs up.
 */
export default [
  assistantSays('What is your name?'),
  callerSays('My name is Anna'),
  assistantSays('Nice to meet you, Anna'),
  callerInterrupts('I would like to order a pizza', { after: 'Nice to meet you' }),
  assistantIsCut({ by: 'caller', heard: 'Nice to meet you' }),
  assistantSays('Anna, you said: I would like to order a pizza'),
  callerSays('What is my name?'),
  assistantSays('Your name is Anna'),
  callerSays('Goodbye'),
  assistantSays('Goodbye, Anna'),
  assistantHangsUp(),
] satisfies Play;
