import { readPhoneNumber } from '../functions/protocol/phone-number.ts';
import { templates } from '../functions/templates/index.ts';
import { loadPlay, playNames } from './plays.ts';
import type { Settings } from './settings.ts';
import { type Story, stepsOf } from './story.ts';

/** What the functions are without `TEMPLATE`. */
const DEFAULT_TEMPLATE = 'conversation';

let names = Object.keys(templates);
let version = 0;

/** Names of the call flows there are. */
export const templateNames = (): string[] => names;

/** Reads the names again: one may have been added. */
export async function readTemplateNames(): Promise<void> {
  version++;
  const again = (await import(`../functions/templates/index.ts?${version}`)) as {
    templates: typeof templates;
  };
  names = Object.keys(again.templates);
}

/** Each call flow with its story: what its play in `local/calls` says of it, or what callers do there. */
export async function templateStories(): Promise<{ name: string; story: Story }[]> {
  const plays = playNames();
  return Promise.all(
    templateNames().map(async (name) => ({
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
  {
    template = DEFAULT_TEMPLATE,
    templateByNumber = '{}',
  }: Pick<Settings, 'template' | 'templateByNumber'>,
  call: { template?: string; callee?: string; number?: string },
): string {
  if (call.template !== undefined) return call.template;
  const ours = call.number ?? call.callee;
  const byNumber = Object.entries(JSON.parse(templateByNumber) as Record<string, string>);
  const chosen = byNumber.find(([number]) => ours && readPhoneNumber(number) === ours);
  return chosen?.[1] ?? template;
}
