import { assistantHangsUp, assistantSays, callerSays, type Play } from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'What `npm run new` copies: a question, a slow lookup, its result.',
} satisfies Partial<Story>;

/**
 * The template `starter`: what takes long is said as soon as it is known, and nobody waits in
 * silence.
 */
export default [
  assistantSays('Which book are you looking for?'),
  callerSays('Moby Dick'),
  assistantSays('I am looking for Moby Dick.'),
  assistantSays('You will find it on shelf 42'),
  callerSays('No, thank you'),
  assistantSays('Goodbye, and enjoy Moby Dick.'),
  assistantHangsUp(),
] satisfies Play;
