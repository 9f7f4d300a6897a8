/**
 * The package that a path lies in: `@scope/name` of `…/node_modules/@scope/name/index.js`; nothing
 * for a file of one's own.
 */
export function packageIn(path: string): string | undefined {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return name;
}
