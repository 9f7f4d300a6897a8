import type { Metafile } from 'esbuild';
import { packageIn } from './packages.ts';

type Import = Metafile['inputs'][string]['imports'][number];

/**
 * The packages that nothing but `import()` in files of one's own leads to, as they are imported
 * there. A dynamic import inside of a package counts like any other: whoever imports the package
 * can't tell what it needs.
 */
export function onlyInJobs({ inputs }: Metafile, entries: readonly string[]): string[] {
  const reached = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(
      ...importsOf(file)
        .filter(isAtOnce(file))
        .map(({ path }) => path),
    );
  }
  const packages = Object.keys(inputs)
    .filter((file) => !packageIn(file))
    .flatMap(importsOf)
    .filter(({ path, external }) => !external && packageIn(path) && !reached.has(path));
  return [...new Set(packages.flatMap(({ original }) => original ?? []))];

  function importsOf(file: string): readonly Import[] {
    return inputs[file]?.imports ?? [];
  }
}

const isAtOnce =
  (file: string) =>
  ({ kind }: Import) =>
    kind !== 'dynamic-import' || packageIn(file) !== undefined;
