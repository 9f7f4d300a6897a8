import type { Metafile } from 'esbuild';
import { packageIn } from './packages.ts';

/** What call flows want of a bundle that a caller waits for. */
export interface Wants {
  /** Packages that nothing but `import()` in files of one's own leads to, as they are imported there. */
  readonly inJobs: readonly string[];
  /** Whether there are clients of AWS other than ours. */
  readonly clients: boolean;
}

type Import = Metafile['inputs'][string]['imports'][number];

const FOREIGN_CLIENT = /^@aws-sdk\/client-(?!dynamodb$)|^@smithy\/node-http-handler$/;

/**
 * What the graph of a function shows. A dynamic import inside of a package counts like any other: whoever imports the
 * package can't tell what it needs.
 */
export function wantsOf({ inputs }: Metafile, entry: string): Wants {
  const reached = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(
      ...importsOf(file)
        .filter(isAtOnce(file))
        .map(({ path }) => path),
    );
  }
  const ofOwn = Object.keys(inputs)
    .filter((file) => !packageIn(file))
    .flatMap(importsOf)
    .filter(({ path, external }) => !external && packageIn(path));
  const later = ofOwn.filter(({ path }) => !reached.has(path));
  return {
    inJobs: [...new Set(later.flatMap(({ original }) => original ?? []))],
    clients: ofOwn.some(
      ({ path }) => reached.has(path) && FOREIGN_CLIENT.test(packageIn(path) ?? ''),
    ),
  };

  function importsOf(file: string): readonly Import[] {
    return inputs[file]?.imports ?? [];
  }
}

const isAtOnce =
  (file: string) =>
  ({ kind }: Import) =>
    kind !== 'dynamic-import' || packageIn(file) !== undefined;
