import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Template } from '../../functions/assistant/template.ts';
import { templateNamed } from '../../functions/templates/index.ts';
import { FLOWS } from '../../lib/flows.ts';
import type { Play, PlayCall } from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';

/** A call that goes wrong, and what the flow makes of it. */
export interface Day {
  readonly play: Play;
  /**
   * As it goes where words come 2 s late: into the silence, in which "whoever waits hears
   * `progress`" (docs/templates.md).
   */
  readonly late?: Play;
  /** The flow with parts of its own, such as a back end that is down; by default as it ships. */
  readonly template?: Template | ((parts: { clock: ManualClock }) => Template);
  readonly call?: PlayCall;
  /** When it begins, as ISO 8601; by default at noon on a Monday, UTC. */
  readonly at?: string;
  /** Variables and secrets of the flow. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The bad days that every flow has, by what goes wrong. */
interface EveryFlow {
  /** The caller says nothing, from the start or in mid-call. */
  readonly silence: Day;
  /** The caller says "mhm" and "ok" while something is said or worked on. */
  readonly listeners: Day;
  /** The caller, or something elsewhere, cuts what is being said. */
  readonly cuts: Day;
  /** The caller presses keys where words are expected, and the other way round. */
  readonly keys: Day;
  /** "Thanks, bye" before the flow is done. */
  readonly 'early goodbye': Day;
}

/** Those of a flow that asks another system, too. */
interface WithBackEnd {
  readonly 'back end down': Day;
  readonly 'back end slow': Day;
}

/** The bad days of one flow; more of its own by any name. */
export type Days = EveryFlow & Partial<WithBackEnd> & { readonly [more: string]: Day };

interface BadDays {
  readonly flow: string;
  readonly template: Template;
  readonly days: Days;
}

/**
 * For ours the default export of `test/plays/days/<flow>.ts`, for yours of `flows/<flow>.days.ts`.
 */
const OURS = join(import.meta.dirname, 'days');
const YOURS = '.days.ts';

export const badDays: readonly BadDays[] = await Promise.all([
  ...filesIn(OURS, '.ts').map((flow) =>
    badDaysOf(flow, join(OURS, `${flow}.ts`), templateNamed(flow)),
  ),
  ...filesIn(FLOWS, YOURS).map(async (flow) =>
    badDaysOf(
      flow,
      resolve(FLOWS, `${flow}${YOURS}`),
      await defaultOf<Template>(resolve(FLOWS, `${flow}.ts`)),
    ),
  ),
]);

async function badDaysOf(flow: string, file: string, template: Template): Promise<BadDays> {
  return { flow, template, days: await defaultOf<Days>(file) };
}

async function defaultOf<T>(file: string): Promise<T> {
  return ((await import(file)) as { default: T }).default;
}

function filesIn(folder: string, ending: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(ending)).map((file) => basename(file, ending));
}
