import type { StoryStep } from '../story.ts';
import { heardIn, type Picture } from './picture.ts';

/** A step in a few words. */
export function labelOf(step: StoryStep): { does: string; what: string } {
  if ('say' in step) return { does: 'Say', what: `“${step.say}”` };
  if ('press' in step) return { does: 'Press', what: step.press };
  if ('hang_up' in step) return { does: 'Hang up', what: '' };
  const { interrupt, through } = step;
  const words = interrupt.say ?? interrupt.context ?? interrupt;
  const what = typeof words === 'string' ? `“${words}”` : JSON.stringify(words);
  return { does: through.join(' + '), what };
}

/** Nothing has been said for so long: it is the caller's turn. */
const TURN_MS = 700;

/**
 * How many ms until a step is due; `undefined` if that depends on what is still to come. A step
 * `while` something is said comes when those words have been heard; any other one is the caller's,
 * when the assistant has spoken and is silent.
 */
export function dueIn(step: StoryStep, picture: Picture, now_ms: number): number | undefined {
  if (step.while !== undefined) return heardIn(picture, step.while, now_ms);
  const last = picture.bars.at(-1);
  if (!last || picture.playing() || last.lane === 'caller') return undefined;
  const silent_since = last.cut ? last.cut.at_ms : last.until_ms;
  return Math.max(0, silent_since + TURN_MS - now_ms);
}
