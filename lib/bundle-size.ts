import type { Metafile } from 'esbuild';
import { InvalidFlow } from './flows.ts';
import { packageIn } from './packages.ts';

export interface SizeLimits {
  /** More is refused. */
  readonly maxBytes?: number;
  /** Is told of what works and costs time. */
  readonly warn?: (message: string) => void;
}

export const MAX_BUNDLE_BYTES = 5 * 1024 * 1024;
const LARGE_BYTES = 1024 * 1024;

/**
 * Warns of a large bundle, and throws {@link InvalidFlow} for one above the limit, both with the
 * packages to blame.
 */
export function checkSize(
  name: string,
  output: Metafile['outputs'][string] | undefined,
  { maxBytes = MAX_BUNDLE_BYTES, warn = () => {} }: SizeLimits,
): void {
  if (!output || output.bytes <= Math.min(LARGE_BYTES, maxBytes)) return;
  const is = `the bundle of ${name} is ${output.bytes} bytes, most of them ${largestIn(output.inputs)}`;
  if (output.bytes > maxBytes)
    throw new InvalidFlow(
      `${is}; at most ${maxBytes} are allowed: use a smaller package, or raise -c maxBundleBytes=…`,
    );
  warn(
    `${is}: each 100 KB is some 20 ms of a cold start. What only onJob uses belongs into an import() there`,
  );
}

function largestIn(inputs: Metafile['outputs'][string]['inputs']): string {
  const sizes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
    const name = packageIn(file) ?? file;
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  const sorted = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 3);
  return sorted.map(([name, bytes]) => `${name} (${bytes})`).join(', ');
}
