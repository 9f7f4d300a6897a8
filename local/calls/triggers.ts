import {
  assistantIsCut,
  assistantSays,
  awsSends,
  callerHangsUp,
  callerSays,
  outcomesAre,
  type Play,
} from '../play.ts';
import { CALLER, HOTLINE, ORDER, SCENES } from '../scenes.ts';

export const template = 'order-status';
export const call = { from: CALLER, to: HOTLINE };

/** Early: on a busy machine it may take a second to be cut. */
const begins = (text: string) => text.split(' ').slice(0, 2).join(' ');

/**
 * All recipes of `docs/triggers.md`, one after the other: each cuts what the one before has to say.
 */
function scenes(answer: string): Play {
  let after = answer;
  return SCENES.flatMap(({ recipe, says, payload }) => {
    const sent = awsSends(recipe, { after: begins(after), payload });
    if (says === undefined) return [sent];
    after = says;
    return [sent, assistantIsCut({ by: 'app' }), assistantSays(says)];
  });
}

/** The answer to the order number is pushed as well. */
const heard = SCENES.filter(({ says }) => says !== undefined).length + 1;

export default [
  assistantSays('This call is recorded'),
  assistantSays('What is your order number?'),
  callerSays(ORDER),
  assistantSays('One moment, I am looking for'),
  assistantSays(`Order ${ORDER} is packed`),
  ...scenes(`Order ${ORDER} is packed`),
  outcomesAre(...Array(heard).fill(['delivered', 'heard']).flat()),
  callerHangsUp(),
] satisfies Play;
