import { assistantHangsUp, assistantSays, callerSays, type Play } from '../play.ts';

/** The template `starter`: what takes long is said as soon as it is known, and nobody waits in silence. */
export default [
  assistantSays('Which book are you looking for?'),
  callerSays('Moby Dick'),
  assistantSays('I am looking for Moby Dick.'),
  assistantSays('You will find it on shelf 42'),
  callerSays('No, thank you'),
  assistantSays('Goodbye, and enjoy Moby Dick.'),
  assistantHangsUp(),
] satisfies Play;
