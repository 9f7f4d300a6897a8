import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { sessionKey } from './keys.ts';
import { MAX_LABELS } from './limits.ts';
import type { createListings, TableParts } from './listings.ts';
import { BEGINS_WITHIN_MS } from './playback.ts';
import { expression, guardValue, jobValue, speechValue, time } from './row.ts';
import type { JobMark, SessionChanges, Speech } from './session.ts';

/** What an answer changes in its session: one conditional write. */
export function createChanges(
  { client, table: TableName, clock }: TableParts,
  listed: ReturnType<typeof createListings>,
) {
  return {
    async change(id: string, changes: SessionChanges, signal?: AbortSignal): Promise<boolean> {
      const labels = Object.entries(changes.labels);
      const { account_id } = changes;
      const account = account_id !== undefined && { account_id };
      const added = labels.filter(([, kept]) => kept).map(([label]) => ({ label, ...account }));
      const removed = labels.filter(([, kept]) => !kept).map(([label]) => ({ label }));
      const [saved] = await Promise.all([
        save(id, changes, MAX_LABELS - added.length + removed.length, signal),
        listed.put(id, added),
        listed.remove(id, removed),
      ]);
      if (!saved) await listed.remove(id, added);
      return saved;
    },

    async goesOn(id: string, job: JobMark, speech: Speech): Promise<boolean> {
      const { name, value, clauses, input } = expression();
      const [said, silenceAt, own] = [name('speech'), name('silence_at'), name('job')];
      const [at, after, until] = [`${said}.${name('at')}`, `${said}.${name('after')}`, `${said}.${name('until')}`];
      clauses.SET.push(`${said} = ${value(speechValue(speech))}`);
      const silent = [
        `attribute_not_exists(${said})`,
        `${until} <= ${value(time(clock.now()))}`,
        `${silenceAt} >= ${after}`,
        `(${after} <> ${at} AND ${at} <= ${value(time(clock.now() - BEGINS_WITHIN_MS))})`,
        // The SDK repeats a write whose answer got lost.
        `(${at} = ${value(time(speech.at))} AND ${after} = ${value(time(speech.after))})`,
      ];
      const condition = `${own}.${name('key')} = ${value({ S: job.key })} AND (${silent.join(' OR ')})`;
      return held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(condition) })));
    },

    async endJob(id: string, key: string): Promise<void> {
      const { name, value, clauses, input } = expression();
      const job = name('job');
      clauses.REMOVE.push(job);
      const own = input(`${job}.${name('key')} = ${value({ S: key })}`);
      await held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...own })));
    },
  };

  function save(id: string, changes: SessionChanges, labelsBefore: number, signal?: AbortSignal) {
    const { name, value, clauses, input } = expression();
    const [state, labels] = [name('state'), name('labels')];
    for (const [key, kept] of Object.entries(changes.state)) {
      const path = `${state}.${name(key)}`;
      if (kept === undefined) clauses.REMOVE.push(path);
      else clauses.SET.push(`${path} = ${value({ S: JSON.stringify(kept) })}`);
    }
    for (const [label, kept] of Object.entries(changes.labels)) {
      const path = `${labels}.${name(label)}`;
      if (kept) clauses.SET.push(`${path} = ${value({ BOOL: true })}`);
      else clauses.REMOVE.push(path);
    }
    const { speech, guard, transferred, job } = changes;
    if (speech) clauses.SET.push(`${name('speech')} = ${value(speechValue(speech))}`);
    if (guard) clauses.SET.push(`${name('guard')} = ${value(guardValue(guard))}`);
    if (transferred) clauses.SET.push(`${name('transferred')} = ${value({ BOOL: true })}`);
    if (job) clauses.SET.push(`${name('job')} = ${value(jobValue(job))}`);
    const room = `size(${labels}) <= ${value({ N: String(labelsBefore) })}`;
    const command = new UpdateItemCommand({
      TableName,
      Key: sessionKey(id),
      ...input(`attribute_exists(${state}) AND attribute_not_exists(ended_at) AND ${room}`),
    });
    return held(client.send(command, { ...(signal && { abortSignal: signal }) }));
  }
}
