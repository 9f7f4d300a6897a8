import { readPhoneNumber } from '../functions/protocol/phone-number.ts';
import type { ChosenFlows } from './flows.ts';
import { loadPlay, playNames } from './plays.ts';
import { type Story, stepsOf } from './story.ts';

/**
 * Each call flow with its story: what its play in `local/calls` says of it, or what callers do
 * there.
 */
export async function templateStories(
  names: readonly string[],
): Promise<{ name: string; story: Story }[]> {
  const plays = playNames();
  return Promise.all(
    names.map(async (name) => ({
      name,
      story: plays.includes(name) ? await storyIn(name) : { about: '', steps: [] },
    })),
  );
}

async function storyIn(name: string): Promise<Story> {
  const { play, call, story = {} } = await loadPlay(name);
  const { about = '', steps = await stepsOf(play) } = story;
  return { about, ...(Object.keys(call).length > 0 && { call }), steps };
}

/** The name of the call flow that the functions choose for a call. */
export function chosenTemplate(
  { template, templateByNumber }: Pick<ChosenFlows, 'template' | 'templateByNumber'>,
  call: { template?: string; callee?: string; number?: string },
): string {
  if (call.template !== undefined) return call.template;
  const ours = call.number ?? call.callee;
  const chosen = Object.entries(templateByNumber).find(
    ([number]) => ours && readPhoneNumber(number) === ours,
  );
  return chosen?.[1] ?? template;
}
