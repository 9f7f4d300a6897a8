import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { billsOfCalls } from './calls.ts';
import { latencies } from './latency.ts';
import { STORE_MS } from './stub.ts';
import { aligned, markdown } from './table.ts';
import { compareWebhooks, costsOfEvents } from './webhook.ts';

/*
 * `npm run bench` prints everything; `npm run bench -- --write` puts it into the README and `docs/performance.md` as well,
 * between `<!-- bench:name -->` and `<!-- /bench -->`.
 */

const ROOT = join(import.meta.dirname, '..');
/** What a caller feels, and what it costs. */
const IN_README = [
  '',
  'zip KB',
  'first answer',
  'with secret',
  'at 512 MB, ms',
  'warm event',
  'p50 ms',
];

const ran = `Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, a store that answers in ${STORE_MS} ms`;
console.log(`${ran}\n`);
const webhooks = await compareWebhooks();
shown(webhooks);
const latency = await latencies();
shown(latency);
const [events = [], row = []] = await costsOfEvents();
shown(events);
shown(row);
const calls = await billsOfCalls();
shown(calls);

if (process.argv.includes('--write')) {
  const picked = IN_README.map((heading) => (heading ? (webhooks[0]?.indexOf(heading) ?? 0) : 0));
  const short = webhooks.map((cells) => picked.map((n) => cells[n] ?? ''));
  put('README.md', { webhooks: `${ran}\n\n${markdown(short)}` });
  put('docs/performance.md', {
    webhooks: `${ran}\n\n${markdown(webhooks)}`,
    latency: markdown(latency),
    events: `${markdown(events)}\n\n${markdown(row)}`,
    calls: markdown(calls),
  });
}
process.exit();

function shown(rows: readonly (readonly string[])[]): void {
  console.log(`${aligned(rows)}\n`);
}

function put(file: string, sections: Record<string, string>): void {
  let text = readFileSync(join(ROOT, file), 'utf8');
  for (const [name, section] of Object.entries(sections)) {
    const place = new RegExp(`(<!-- bench:${name} -->)[^]*?(<!-- /bench -->)`);
    if (!place.test(text)) throw new Error(`${file} has no place for bench:${name}`);
    text = text.replace(place, (_all, before, after) => `${before}\n${section}\n${after}`);
  }
  writeFileSync(join(ROOT, file), text);
}
