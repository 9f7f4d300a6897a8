import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildFailure, Message, Metafile } from 'esbuild';
import { defineTemplate, type Template } from '../functions/assistant/template.ts';
import { buildFlow, ROOT } from './bundle.ts';
import { type Flow, InvalidFlow, isOurs } from './flows.ts';
import { packageIn } from './packages.ts';

/** What a call flow has declared. */
export type Declared = Pick<Template, 'assets' | 'env' | 'secrets'>;

/**
 * Bundles and loads a call flow as a function would, and gives what it declares. Throws
 * {@link InvalidFlow} for one that doesn't parse or load, exports no template, or needs what a
 * bundle can't have.
 */
export function readFlow(flow: Flow): Declared {
  const { file } = flow;
  // Nothing in ours is what a bundle can't have, and all of them share what they import.
  if (isOurs(flow)) return templateIn(file, file);
  const folder = mkdtempSync(join(tmpdir(), 'flow-'));
  try {
    refuseAddons(bundled(file, join(folder, 'flow.cjs')), file);
    return templateIn(join(folder, 'flow.cjs'), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bundled(file: string, outfile: string): Metafile {
  try {
    return buildFlow(file, outfile);
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!errors) throw error;
    throw new InvalidFlow(problemOf(file, errors[0]));
  }
}

function problemOf(flow: string, message: Message | undefined): string {
  const { id = '', text = 'it could not be bundled', location } = message ?? {};
  const place = location && `${location.file}:${location.line}:${location.column + 1}`;
  const culprit = location && packageIn(location.file);
  const subject = culprit ? `the package ${culprit}` : 'it';
  const [, missing] = /^Could not resolve "([^./][^"]*)"/.exec(text) ?? [];
  const problem = missing
    ? `there is no package ${missing}: npm install ${packageIn(`node_modules/${missing}`)}`
    : (REFUSED.find(([pattern]) => pattern.test(`${id} ${text}`))?.[1](subject) ?? text);
  return `the call flow ${flow} can't be bundled: ${problem}${place ? ` (${place})` : ''}`;
}

/** What esbuild says of what CommonJS in one file can't have, and what we say. */
const REFUSED: readonly (readonly [RegExp, (subject: string) => string])[] = [
  [
    /^top-level-await|Top-level await/i,
    (subject) => `${subject} awaits at the top level, which CommonJS can't: await in a handler`,
  ],
  [
    /^empty-import-meta|import\.meta/,
    (subject) =>
      `${subject} uses import.meta, and in a bundle there are no files beside it: import what it reads`,
  ],
  [
    /loader is configured for "\.node"/,
    (subject) => `${subject} is a native addon, which is built for this machine: use one without`,
  ],
];

/** Most addons are looked for when they are loaded: a bundler sees nothing of that. */
function refuseAddons({ inputs }: Metafile, flow: string): void {
  for (const input of Object.keys(inputs)) {
    const name = packageIn(input);
    if (!name) continue;
    const folder = join(ROOT, input.slice(0, input.lastIndexOf(`node_modules/${name}`)));
    if (isAddon(join(folder, 'node_modules', name)))
      throw new InvalidFlow(
        `the call flow ${flow} can't be bundled: the package ${name} is a native addon, which is built for this machine: use one without (${input})`,
      );
  }
}

function isAddon(folder: string): boolean {
  if (existsSync(join(folder, 'binding.gyp'))) return true;
  const { gypfile, napi, binary } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as { gypfile?: unknown; napi?: unknown; binary?: unknown };
  return Boolean(gypfile || napi || binary);
}

function templateIn(bundle: string, flow: string): Declared {
  const exported = loaded(bundle, flow);
  if (typeof exported !== 'object' || exported === null)
    throw new InvalidFlow(
      `the call flow ${flow} exports no template: write export default defineTemplate({ … })`,
    );
  try {
    // What `defineTemplate` has added to one in many languages is no field of an author's.
    const { native: _, ...fields } = exported as Template & { fallback: string };
    const { assets, env, secrets } = defineTemplate(fields);
    return { ...(assets && { assets }), ...(env && { env }), ...(secrets && { secrets }) };
  } catch (error) {
    throw new InvalidFlow(`the call flow ${flow} is no template: ${(error as Error).message}`);
  }
}

function loaded(bundle: string, flow: string): unknown {
  try {
    return (createRequire(bundle)(bundle) as { default?: unknown }).default;
  } catch (error) {
    const { message } = error as Error;
    throw new InvalidFlow(`the call flow ${flow} doesn't load: ${message}`, { cause: error });
  }
}
