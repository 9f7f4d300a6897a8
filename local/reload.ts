import { readdirSync, watch } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { BuildFailure } from 'esbuild';
import type { Clock } from '../functions/runtime/clock.ts';
import type { Flow } from '../lib/flows.ts';
import type { ReloadableFunction } from './functions.ts';
import type { Log } from './log.ts';
import type { Notice } from './notices.ts';

const ROOT = join(import.meta.dirname, '..');
/** An editor writes a file in several steps, and saves several files at once. */
const SETTLED_MS = 100;
const KEY = 'reload';

export interface ReloadParts {
  functions: Readonly<Record<string, ReloadableFunction>>;
  /** Builds all of them; gives the folder with their bundles. Rejects with a `BuildFailure`. */
  build(): Promise<string>;
  clock: Clock;
  notice(notice: Notice): void;
  log: Log;
}

export interface Reload {
  /** Something may have been saved. */
  changed(file: string): void;
}

/**
 * Loads the functions anew when something of them has been saved: the next event finds what is new,
 * whoever is being answered is answered to the end, and calls go on. What doesn't build or load is
 * said, and the old one stays.
 */
export function createReload({ functions, build, clock, notice, log }: ReloadParts): Reload {
  let cancel: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  return {
    changed(file) {
      cancel?.();
      cancel = clock.after(SETTLED_MS, () => {
        running = running.then(() => reload(file));
      });
    },
  };

  async function reload(file: string): Promise<void> {
    try {
      const folder = await build();
      await Promise.all(
        Object.entries(functions).map(([name, lambda]) =>
          lambda.reload(join(folder, name, 'index.cjs')),
        ),
      );
      notice({ key: KEY });
      log(`${file} is live`);
    } catch (error) {
      const text = `${file} is not live, what was there before goes on:\n${problemIn(error)}`;
      notice({ key: KEY, text });
      log(text);
    }
  }
}

/** File, line and what is wrong there. */
export function problemIn(error: unknown): string {
  const { errors } = error as Partial<BuildFailure>;
  if (errors) return errors.map(inLine).join('\n');
  const { message, stack = '', cause } = error as Error;
  const whole = `${stack}\n${(cause as Error | undefined)?.stack ?? ''}`;
  const places = whole.match(/(?<![\w-])(?:functions|flows)\/[\w./-]+\.ts:\d+/g) ?? [];
  // What a template does wrong is found out elsewhere.
  const place = places.find((one) => /templates|^flows/.test(one)) ?? places[0];
  return place ? `${place}: ${message}` : message;
}

function inLine({ text, location }: BuildFailure['errors'][number]): string {
  if (!location) return text;
  const { file, line, column, lineText } = location;
  return `${shown(file)}:${line}:${column + 1}: ${text}\n  ${lineText.trim()}`;
}

/**
 * As whoever edits it would name it. esbuild's paths begin where we are, and the package may lie in
 * `node_modules`.
 */
const shown = (file: string) => relative(process.cwd(), resolve(ROOT, file));

/**
 * Watches the folders that functions and their call flows are made of, each by itself: whoever
 * saves puts another file in the place of the old one, and a recursive watch loses it. Returns the
 * function that ends it.
 */
export function watchFunctions(
  flows: readonly Flow[],
  changed: (file: string) => void,
): () => void {
  const folders = readdirSync(join(ROOT, 'functions'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  const own = flows.map(({ file }) => dirname(file));
  const watched = new Set([join(ROOT, 'functions'), ...folders, ...own]);
  const watchers = [...watched].map((folder) =>
    watch(folder, (_event, file) => {
      if (file && /\.(ts|wav|json)$/.test(file)) changed(shown(join(folder, file)));
    }),
  );
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
