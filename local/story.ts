import type { Interruption, Play, PlayCall, Source } from './play.ts';

/**
 * What whoever looks at a template can do, one after the other. `while`: as soon as these words
 * have been heard.
 */
export type StoryStep = { readonly while?: string } & (
  | { readonly say: string }
  | { readonly press: string }
  | { readonly hang_up: true }
  | { readonly interrupt: Interruption; readonly through: readonly Source[] }
);

/** What a template is for, and how to see it. */
export interface Story {
  /** In a sentence or two. */
  readonly about: string;
  /** The call that it needs, where the ordinary one won't do. */
  readonly call?: PlayCall;
  readonly steps: readonly StoryStep[];
}

/** What callers and others do in a play. */
export async function stepsOf(play: Play): Promise<StoryStep[]> {
  const steps: StoryStep[] = [];
  for (const step of play) {
    if (!('act' in step)) continue;
    const add = (what: object) =>
      void steps.push({
        ...what,
        ...(step.after !== undefined && { while: step.after }),
      } as StoryStep);
    await step.act({
      says: async (say) => add({ say }),
      presses: async (press) => add({ press }),
      hangsUp: async () => add({ hang_up: true }),
      interrupt: async (interrupt, through) => add({ interrupt, through }),
      // Only recordings have it.
      push: async () => {},
      // Only the terminal shows it.
      invoke: async () => {},
    });
  }
  return steps;
}
