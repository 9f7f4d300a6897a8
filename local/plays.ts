import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Play, PlayCall } from './play.ts';
import type { Story } from './story.ts';

const PLAYS = join(import.meta.dirname, 'calls');
const TEMPLATES = join(import.meta.dirname, '../functions/templates');
const DEFAULT_TEMPLATE = 'conversation';

/** A file in `local/calls`. */
export interface PlayFile {
  play: Play;
  /** Name of the call flow that it is about: `export const template`, else its own name where there is one of that name. */
  template: string;
  /** `export const call`. */
  call: PlayCall;
  /** `export const story`: how to see it on the page, where the play itself won't do. */
  story?: Partial<Story>;
}

/** The names of all plays that there are. */
export const playNames = (): string[] =>
  readdirSync(PLAYS)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'));

/** Loads the play of this name. */
export async function loadPlay(name: string): Promise<PlayFile> {
  const namesake = existsSync(join(TEMPLATES, `${name}.ts`)) ? name : DEFAULT_TEMPLATE;
  const file = (await import(join(PLAYS, `${name}.ts`))) as {
    default: Play;
    template?: string;
    call?: PlayCall;
    story?: Partial<Story>;
  };
  const { default: play, template = namesake, call = {}, story } = file;
  return { play, template, call, ...(story && { story }) };
}
