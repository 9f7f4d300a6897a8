import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Whom each part may import; packages are named as such. A Lambda's own file wires everything. */
const ARROWS: Record<string, RegExp> = {
  'functions/protocol': /^(functions\/protocol|zod\/mini$)/,
  'functions/call': /^(functions\/(call|protocol|sessions\/history)|node:(crypto|util)$)/,
  'functions/sessions':
    /^(functions\/(sessions|call|protocol|runtime\/(assets|clock|dynamodb|log|recorder))|@aws-sdk\/client-dynamodb$|node:)/,
  // Of DynamoDB's client the types alone.
  'functions/runtime': /^(functions\/(runtime|protocol)|@aws-sdk\/client-dynamodb$|node:)/,
  'functions/assistant':
    /^(functions\/(assistant|kit|jobs\/job\.ts|call|interruption|sessions\/(deciding|limits|history)|protocol|runtime)|zod\/mini$|node:)/,
  // What a caller means, and asks: it knows what a template is, and nothing of how calls are
  // answered.
  'functions/kit':
    /^functions\/(kit|assistant\/(language|said|template)\.ts|call\/(document|listening|meaning)|interruption\/wording|protocol)/,
  'functions/jobs':
    /^(functions\/(jobs|assistant|call|interruption\/telling|sessions\/(history|limits)|protocol|runtime)|zod\/mini$|node:)/,
  'functions/interruption':
    /^(functions\/(interruption|call|delivery\/channel|sessions\/(deciding|limits)|protocol|runtime)|zod\/mini$|node:)/,
  'functions/delivery': /^(functions\/(delivery|protocol|runtime)|node:)/,
  'functions/outbound':
    /^(functions\/(outbound|delivery\/(attempts|authorized-post|channel|post)|interruption\/envelopes|protocol|runtime)|zod\/mini$|node:)/,
  'functions/models':
    /^(functions\/(models|runtime|call\/document)|#(bedrock|model-server)$|@aws-sdk\/client-bedrock-runtime$|n2words\/|node:)/,
  // Call flows know the front door alone; the list of them knows who chooses.
  'functions/templates': /^functions\/(templates|template\/index|assistant\/(template|language))/,
  'functions/template':
    /^functions\/(kit|assistant\/template|call\/document|models|protocol\/(actions|builders|events|settings)|sessions\/history)/,
  functions: /^(functions\/|#flows$|@aws-sdk\/)/,
  lib: /^(lib\/|functions\/(assistant\/(declared-names|template)\.ts|interruption\/(mapping|path|request)|protocol\/(assets|invalid|phone-number|wav)|runtime\/declared|sessions\/limits|delivery\/external-api-shape)|aws-cdk-lib|constructs$|cdk-nag$|esbuild$|node:)/,
  'local/console': /^(local\/|functions\/protocol)/,
  ops: /^(ops\/|functions\/(protocol|runtime|interruption\/(envelopes|mapping|provenance|request|restricted|waking)|sessions\/(keys|parties))|@aws-sdk\/credential-provider-node$|ws$|node:)/,
  local:
    /^(local\/|functions\/(protocol|runtime\/(aws-json|clock|declared|dynamodb|http|limit)|call\/|interruption\/(outcomes|request)|sessions\/(call-store|keys))|lib\/(bundle|flows|read-flow)\.ts|@aws-sdk\/client-dynamodb$|aws-lambda$|esbuild$|hono|@hono\/|ws$|zod\/mini$|node:)/,
};

// What `npm run new` copies is an author's.
const files = globSync('{functions,lib,local,ops}/**/*.ts', { exclude: ['local/new/**'] }).map(
  (file) => file.replaceAll('\\', '/'),
);

describe('imports run one way', () => {
  it.each(files)('%s', (file) => {
    const part = Object.keys(ARROWS).find((folder) => dirname(file).startsWith(folder));
    const allowed = ARROWS[part as string] as RegExp;
    for (const target of importsOf(file)) expect(target).toMatch(allowed);
  });
});

describe('functions', () => {
  const texts = files
    .filter((file) => file.startsWith('functions/'))
    .map((file) => [file, readFileSync(file, 'utf8')] as const);

  it('read process.env in runtime/env alone', () => {
    expect(
      texts
        .filter(([, text]) => text.includes('process.env'))
        .map(([file]) => file)
        .sort(),
    ).toEqual(['functions/runtime/env-credentials.ts', 'functions/runtime/env.ts']);
  });

  it('that are deployed are wiring, and short', () => {
    for (const [file, text] of texts.filter(([file]) => dirname(file) === 'functions')) {
      expect(text.split('\n').length, file).toBeLessThanOrEqual(32);
    }
  });
});

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?)'([^']+)'/g)].map(
    ([, specifier]) => specifier as string,
  );
  return specifiers.map((specifier) =>
    specifier.startsWith('.')
      ? normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
      : specifier,
  );
}
