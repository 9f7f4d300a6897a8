import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { Hono } from 'hono';

const FOLDER = join(import.meta.dirname, 'console');

// What callers say is shown on the page; even if some of it became HTML, it could load and send
// nothing.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The page, read at each look, and its script, built at the first one: nothing of it stays in
 * memory before.
 */
export function consolePage(): Hono {
  let script: string | undefined;
  const file = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

  return new Hono()
    .get('/', (c) => c.html(file('index.html'), 200, { 'content-security-policy': POLICY }))
    .get('/console/style.css', (c) =>
      c.body(file('style.css'), 200, { 'content-type': 'text/css; charset=utf-8' }),
    )
    .get('/console/main.js', (c) => {
      script ??= built();
      return c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' });
    });
}

/** In one go, so that no build service stays behind. */
function built(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: FOLDER,
    entryPoints: ['main.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
