import type { Story, StoryStep } from '../story.ts';
import { $, button, element } from './dom.ts';
import type { Picture } from './picture.ts';
import { dueIn, labelOf } from './story-steps.ts';

export interface TryIt {
  /** The story of a call that has just been placed, or is looked at. */
  show(name: string, story: Story, picture: Picture): void;
  /** There is no story: says what to do for one, if there is any. */
  hide(remedy?: string): void;
  /** Does what has become due. */
  tick(now_ms: number): void;
}

/** A story as buttons. `act` does a step. */
export function createTryIt(act: (step: StoryStep) => void): TryIt {
  const box = $('try');
  let steps: { step: StoryStep; node: HTMLButtonElement; state: '' | 'armed' | 'done' }[] = [];
  let picture: Picture | undefined;
  let playing = false;

  return {
    show(name, story, shown) {
      picture = shown;
      playing = false;
      steps = story.steps.map((step) => made(step));
      const all = button('Play it all', () => {
        playing = true;
        all.disabled = true;
      });
      box.replaceChildren(
        element('span', 'about', `${name}: ${story.about || 'what to try'}`),
        ...steps.map(({ node }) => node),
        ...(steps.length > 1 ? [all] : []),
      );
    },
    hide(remedy) {
      steps = [];
      box.replaceChildren(...(remedy ? [element('span', 'about', remedy)] : []));
    },
    tick(now_ms) {
      const next = steps.find(({ state }) => state !== 'done');
      if (playing && next?.state === '') arm(next);
      for (const one of steps)
        if (one.state === 'armed' && picture && (dueIn(one.step, picture, now_ms) ?? 1) <= 0)
          does(one);
    },
  };

  function made(step: StoryStep) {
    const { does: verb, what } = labelOf(step);
    const node = button('', () => {
      // What belongs into a sentence waits for it.
      if (step.while === undefined) does(one);
      else arm(one);
    });
    node.append(element('b', '', verb), ` ${what}`);
    if (step.while !== undefined) node.title = `while it says “${step.while}”`;
    const one = { step, node, state: '' as '' | 'armed' | 'done' };
    return one;
  }

  function arm(one: (typeof steps)[number]) {
    one.state = 'armed';
    one.node.className = 'armed';
  }

  function does(one: (typeof steps)[number]) {
    one.state = 'done';
    one.node.className = 'done';
    one.node.prepend('✓ ');
    act(one.step);
  }
}
