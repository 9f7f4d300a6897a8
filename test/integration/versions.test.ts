import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { unpacked } from '../../functions/sessions/packed.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { sqs, sqsRecord } from '../support/envelopes.ts';
import { CALLS, functionsOn, type Left, LONG, load, play } from '../versions/world.ts';

const dynamodb = embeddedDynamoDb();
const FOLDER = join(import.meta.dirname, '../versions');
const versions = globSync('*.json', { cwd: FOLDER })
  .map((file) => basename(file, '.json'))
  .sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
const leftBy = (version: string) =>
  JSON.parse(readFileSync(join(FOLDER, `${version}.json`), 'utf8')) as Left;

describe.each(versions)('a call that functions of %s have begun', (version) => {
  const left = leftBy(version);
  beforeEach(() => load(dynamodb.endpoint(), left.rows));
  const deployed = (later_ms = 1_000) => functionsOn(dynamodb.endpoint(), left.at + later_ms);
  const asQueued = (index: number) => {
    const { body, attributes } = left.messages[index] ?? { body: '', attributes: {} };
    const messageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue }]),
    );
    const SentTimestamp = String(left.at);
    return sqs(sqsRecord(body, { messageAttributes, attributes: { SentTimestamp } }));
  };

  it('goes on, with what the template knew and where the interruption waits', async () => {
    const { hear, clock, events } = deployed(60_000);
    expect(await hear(CALLS.waiting, { type: 'assistant_speech_ended' })).toEqual([
      'barge_in',
      'Your parcel has shipped.',
    ]);
    await clock.advance(100);
    const text = 'Your parcel has shipped.';
    await hear(CALLS.waiting, { type: 'assistant_speak', text, duration_ms: 1_600 });
    await clock.advance(1_700);
    expect(await hear(CALLS.waiting, { type: 'assistant_speech_ended' })).toEqual(['hangup']);
    expect(events.map(({ outcome }) => outcome)).toEqual(['delivered', 'heard']);
  });

  it('knows its state and its turn', async () => {
    const { hear } = deployed();
    expect(await hear(CALLS.promised, { type: 'user_speak', text: 'Hello?' })).toEqual([
      'Your order is 4711.',
    ]);
  });

  it('is told the answer to a question that was put off', async () => {
    const { hear, job, said } = deployed();
    await hear(CALLS.promised, { type: 'assistant_speech_ended' });
    await job(left.jobs.find(({ session_id }) => session_id === CALLS.promised));
    expect(said).toEqual(['Order 4711 is packed.']);
  });

  it('is told what lay in the queue, and a wake-up finds it', async () => {
    const { interrupt, said } = deployed();
    for (const index of left.messages.keys())
      expect(await interrupt(asQueued(index))).toEqual({ batchItemFailures: [] });
    expect(said).toContain('Better late than never.');
  });

  it('is told nothing twice', async () => {
    const { interrupt, said } = deployed();
    const shipped = { session_id: CALLS.told, id: 'shipped', say: 'Your parcel has shipped.' };
    expect(await interrupt(shipped)).toMatchObject({ outcomes: [{ reason: 'duplicate' }] });
    expect(said).toEqual([]);
  });

  it('is found by its label, its numbers and its account', async () => {
    const { interrupt } = deployed();
    const told = async (target: object) => {
      const reply = await interrupt({ target, say: 'Hello.', dry_run: true });
      const { outcomes } = reply as unknown as { outcomes: { session_id: string }[] };
      return outcomes.map(({ session_id }) => session_id).sort();
    };
    const live = [CALLS.promised, CALLS.retried, CALLS.told, CALLS.waiting].sort();
    expect(await told({ label: 'order:4711' })).toEqual([CALLS.promised]);
    expect(await told({ caller: '+4917639123456' })).toEqual(live);
    expect(await told({ callee: '+493023125000', account_id: 'account-1' })).toEqual(live);
    expect(await told({ everyone: true })).toEqual(live);
  });

  it('is over if it was', async () => {
    const { interrupt } = deployed();
    const reply = await interrupt({ session_id: CALLS.ended, say: 'Hello.' });
    expect(reply).toMatchObject({ outcomes: [{ reason: 'session_ended' }] });
  });

  it('has said a text that was too long for its row', () => {
    expect(JSON.stringify(left.rows)).toContain(LONG);
  });
});

it('what is written today is what functions of the newest version can read, beside these', async () => {
  await load(dynamodb.endpoint(), []);
  const today = await play(dynamodb.endpoint());
  const newest = leftBy(versions.at(-1) as string);
  const remedy =
    'raise the minor version, say so in CHANGELOG.md, and keep what it leaves behind: test/versions/record.ts';
  for (const missing of missingIn(shapeOf(newest), shapeOf(today)))
    expect.fail(`${missing} is no longer written, or of another kind: ${remedy}`);
});

/**
 * Paths of all that is there, with their kinds. Entries of an array count as one, and so do ids
 * that differ from run to run.
 */
function shapeOf({ rows, messages, jobs }: Left): Set<string> {
  const paths = new Set<string>();
  visit('jobs', jobs);
  visit(
    'messages',
    messages.map(({ body, ...rest }) => ({ body: JSON.parse(body), ...rest })),
  );
  for (const row of rows) visit(nameOf(row), row);
  return paths;

  function visit(path: string, value: unknown): void {
    const opened = isPacked(value) ? unpacked(Buffer.from(value.B, 'base64')) : value;
    if (Array.isArray(opened)) for (const one of opened) visit(`${path}[]`, one);
    else if (typeof opened === 'object' && opened !== null)
      for (const [key, inner] of Object.entries(opened))
        visit(`${path}.${key.replace(/#.*/, '#')}`, inner);
    else paths.add(`${path}: ${typeof opened}`);
  }
}

const isPacked = (value: unknown): value is { B: string } =>
  typeof value === 'object' && value !== null && 'B' in value;

/** The kind of an item, by its keys. */
function nameOf({ pk, sk }: Record<string, object>): string {
  const [one, other] = [pk, sk].map((key) => (key as { S: string }).S.replace(/#.*/, ''));
  return one === 'session' ? `${one}/${other}` : `${one}`;
}

const missingIn = (expected: Set<string>, found: Set<string>) =>
  [...expected].filter((path) => !found.has(path));
