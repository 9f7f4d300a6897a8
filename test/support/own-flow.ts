import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The path of a call flow of an author's own, in a folder of its own: `before`, and what it
 * defines.
 */
export function ownFlow(fields: string, { before = '', name = 'own' } = {}): string {
  const file = join(mkdtempSync(join(tmpdir(), 'flows-')), `${name}.ts`);
  const front = 'audio, defineTemplate, hangup, later, speak, withContext';
  writeFileSync(
    file,
    `import { ${front} } from 'ai-flow-lambda/template';\n${before}\nexport default defineTemplate({ ${fields} });\n`,
  );
  return file;
}
