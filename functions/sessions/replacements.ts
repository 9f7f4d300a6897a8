import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';
import { held } from './condition.ts';
import { createItems, readReplacement, replacementItem } from './items.ts';
import { replacementKey, sessionKey, voiceKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { pushClauses } from './push.ts';
import { expression, time } from './row.ts';
import type { Push, Replacement, Tracked } from './session.ts';

/** What is said instead, until it has been heard. The session's row tracks the last one; the rest is beside it. */
export function createReplacements(parts: TableParts) {
  const { client, table: TableName, clock } = parts;
  const items = createItems(parts);

  return { keepVoice, voice, noteReplacement, replacement, markHeard, takeFollowUp, startReplacement, addFollowUp };

  async function keepVoice(id: string, tts: Tts) {
    await items.put({ ...voiceKey(id), tts: { S: JSON.stringify(tts) } });
  }

  async function voice(id: string): Promise<Tts | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: voiceKey(id), ConsistentRead: true }));
    return Item?.tts?.S === undefined ? undefined : (JSON.parse(Item.tts.S) as Tts);
  }

  async function noteReplacement(id: string, note: Replacement, sent: boolean) {
    await items.put({ ...replacementKey(id, note.key), ...replacementItem(note, clock.now()), sent: { BOOL: sent } });
  }

  async function replacement(id: string, key: string): Promise<Replacement | undefined> {
    const Key = replacementKey(id, key);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item && readReplacement(Item);
  }

  function markHeard(id: string, key: string): Promise<boolean> {
    return whileTracked(id, key, 'SET heard');
  }

  async function takeFollowUp(id: string, { key, heard }: Tracked): Promise<ActionDraft[]> {
    if (!(await whileTracked(id, key, 'REMOVE'))) return [];
    const notes = (await items.list(id, 'replacement#')).filter(
      (row) => row.follow_up && (row.sent?.BOOL || (heard && row.key?.S === key)),
    );
    notes.sort((a, b) => Number(a.noted_at?.N) - Number(b.noted_at?.N));
    const taken = await Promise.all(notes.map(items.take));
    return taken.flatMap((row) => (row ? [...readReplacement(row).follow_up] : []));
  }

  async function startReplacement(id: string, note: Replacement, replacement: NonNullable<Push['replacement']>) {
    const { name, value, clauses, input } = expression();
    pushClauses({ name, value, clauses }, note.key, { replacement });
    await Promise.all([
      noteReplacement(id, note, true),
      client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input() })),
    ]);
  }

  async function addFollowUp(id: string, note: Replacement): Promise<boolean> {
    await noteReplacement(id, note, true);
    const { name, value, clauses, input } = expression();
    const [speech, silenceAt] = [name('speech'), name('silence_at')];
    clauses.SET.push(`${name('next')} = ${value({ BOOL: true })}`);
    const conditions = [
      `${name('said')}.${name('key')} = ${value({ S: note.key })}`,
      `${speech}.${name('until')} > ${value(time(clock.now()))}`,
      `(attribute_not_exists(${silenceAt}) OR ${silenceAt} < ${speech}.${name('after')})`,
    ];
    const command = new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(conditions.join(' AND ')) });
    const stillSaid = await held(client.send(command));
    // An answer that comes too late for this end must not be said at another.
    if (!stillSaid) await noteReplacement(id, { ...note, follow_up: [] }, true);
    return stillSaid;
  }

  /** Writes only while this is the last replacement. */
  function whileTracked(id: string, key: string, verb: 'SET heard' | 'REMOVE'): Promise<boolean> {
    const { name, value, clauses, input } = expression();
    const said = name('said');
    const heard = `${said}.${name('heard')}`;
    const conditions = [`${said}.${name('key')} = ${value({ S: key })}`];
    if (verb === 'REMOVE') clauses.REMOVE.push(said, name('next'));
    else {
      clauses.SET.push(`${heard} = ${value({ BOOL: true })}`);
      conditions.push(`attribute_not_exists(${heard})`);
    }
    const command = new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(conditions.join(' AND ')) });
    return held(client.send(command));
  }
}
