import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { FLOWS, shippedNames } from '../lib/flows.ts';
import type { Play, PlayCall } from './play.ts';
import type { Story } from './story.ts';

const PLAYS = join(import.meta.dirname, 'calls');
/** Of our own: the packed package has them compiled. */
const OURS = extname(import.meta.filename);
const YOURS = '.call.ts';
const DEFAULT_TEMPLATE = 'conversation';

/** A file in `local/calls`, or `<name>.call.ts` in `flows`. */
export interface PlayFile {
  play: Play;
  /**
   * Name of the call flow that it is about: `export const template`, else its own name where there
   * is one of that name.
   */
  template: string;
  /** `export const call`. */
  call: PlayCall;
  /** `export const story`: how to see it on the page, where the play itself won't do. */
  story?: Partial<Story>;
}

/** The names of those in `local/calls`. */
export const shippedPlays = (): string[] => playsIn(PLAYS, OURS);

/** The names of all plays that there are. */
export const playNames = (): string[] => [...shippedPlays(), ...playsIn(FLOWS, YOURS)];

/** Loads the play of this name. */
export async function loadPlay(name: string): Promise<PlayFile> {
  const yours = join(FLOWS, `${name}.ts`);
  const own = resolve(FLOWS, `${name}${YOURS}`);
  const ours = shippedNames().includes(name) ? name : DEFAULT_TEMPLATE;
  const namesake = existsSync(own) && existsSync(yours) ? yours : ours;
  const file = (await import(existsSync(own) ? own : join(PLAYS, `${name}${OURS}`))) as {
    default: Play;
    template?: string;
    call?: PlayCall;
    story?: Partial<Story>;
  };
  const { default: play, template = namesake, call = {}, story } = file;
  return { play, template, call, ...(story && { story }) };
}

const playsIn = (folder: string, ending: string): string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending));
