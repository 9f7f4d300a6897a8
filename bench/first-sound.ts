import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeCall } from '../local/http-stage.ts';
import type { PlayCall } from '../local/play.ts';
import { startRuntime } from '../local/runtime.ts';
import { readSettings } from '../local/settings.ts';
import { quantile } from './measure.ts';
import { aligned, figure } from './table.ts';

/* `node bench/first-sound.ts`: what a caller of `llm-agent` waits, from their words to the first sound of the answer, by each way to the call. */

const CALLS = 3;
const TOKEN_MS = 25;
const DOORS: Record<string, { push: boolean; call: PlayCall }> = {
  WebSocket: { push: false, call: { transport: 'websocket' } },
  'HTTP, with push': { push: true, call: {} },
  'HTTP, without': { push: false, call: {} },
};

/** A model whose first token comes after so long, ms. */
async function model(first_ms: number) {
  const server = createServer(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await sleep(first_ms);
    for (const content of 'It left our warehouse this morning. You will have it at noon.'.match(
      /\S+\s?/g,
    ) ?? []) {
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      await sleep(TOKEN_MS);
    }
    response.end('data: [DONE]\n\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stop: () => void server.close(),
  };
}

const output = new Writable({ write: (_chunk, _encoding, done) => done() });
const rows = [['first token of the model', ...Object.keys(DOORS)]];
for (const first_ms of [200, 1_000, 3_000]) {
  const { url, stop } = await model(first_ms);
  const row = [`after ${first_ms} ms`];
  for (const { push, call } of Object.values(DOORS)) {
    const settings = readSettings({
      TEMPLATE: 'llm-agent',
      MODEL_URL: url,
      MODEL: 'bench',
      ...(!push && { EXTERNAL_API_URL: '' }),
    });
    const runtime = await startRuntime(
      { ...settings, port: 0, ...(!push && { externalApiUrl: '' }) },
      output,
    );
    // The first call of a process loads what the others have.
    const waits = [];
    for (let n = 0; n <= CALLS; n++) waits.push(await waited(runtime.url, call));
    row.push(`${figure(quantile(waits.slice(1)))} ms`);
    await runtime.stop();
  }
  rows.push(row);
  stop();
}
console.log(aligned(rows));
process.exit();

/** From the caller's words to the first sentence that the model has written, ms. */
async function waited(url: string, call: PlayCall): Promise<number> {
  const stage = await placeCall({ url, speed: 1.6, call, tell: () => {} });
  let isGreeted = false;
  let [spoke, heard]: (number | undefined)[] = [];
  // An event is told once it is answered, which what is pushed doesn't wait for.
  while (spoke === undefined || heard === undefined) {
    const entry = await stage.next();
    if (!entry) throw new Error('nothing was said');
    if (entry.kind === 'playback_finished' && !isGreeted) {
      isGreeted = true;
      await stage.says('Where is it?');
    }
    if (entry.kind === 'event' && entry.event.type === 'user_speak')
      spoke = entry.at_ms - (entry.took_ms ?? 0);
    if (entry.kind === 'playback_started' && 'text' in entry && entry.text.startsWith('It left'))
      heard = entry.at_ms;
  }
  await stage.hangsUp();
  return heard - spoke;
}
