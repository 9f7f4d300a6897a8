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
  about: 'A language model, sentence by sentence. It knows what you have heard of its answer.',
} satisfies Partial<Story>;

/**
 * A model's answer is said sentence by sentence; who cuts it hears no more of it, and the model
 * knows what was heard.
 */
export default [
  assistantSays('What can I do for you?'),
  callerSays('Where is my order 4711?'),
  assistantSays(/^Order 4711 left our warehouse this morning\.$/),
  assistantSays('It weighs three point five kilograms, so somebody must be there'),
  callerInterrupts('Please repeat that', { after: 'It weighs three point five kilograms,' }),
  assistantIsCut({ by: 'caller', heard: 'It weighs' }),
  assistantSays(/^The last you heard was: "It weighs.* The caller heard no more than that\."$/),
  callerSays('Goodbye'),
  assistantSays('Goodbye, and thank you for calling.'),
  assistantHangsUp(),
] satisfies Play;
