import { type AttributeValue, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';
import { held } from './condition.ts';
import { createItems, readReplacement, replacementItem } from './items.ts';
import { replacementKey, sessionKey, voiceKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { endedEarly } from './playback.ts';
import { expression, saidValue, time } from './row.ts';
import type { Replacement, Session } from './session.ts';

/** What is said instead, until it has been heard. The session's row tracks the last one; the rest is beside it. */
export function createReplacements(parts: TableParts) {
  const { client, table: TableName, clock, log } = parts;
  const items = createItems(parts);

  return {
    keepVoice,
    voice,
    noteReplacement,
    markSent,
    replacements,
    markHeard,
    takeFollowUp,
    giveReplacement,
    addFollowUp,
  };

  async function keepVoice(id: string, tts: Tts) {
    await items.put({ ...voiceKey(id), tts: { S: JSON.stringify(tts) } });
  }

  async function voice(id: string): Promise<Tts | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: voiceKey(id), ConsistentRead: true }));
    return Item?.tts?.S === undefined ? undefined : (JSON.parse(Item.tts.S) as Tts);
  }

  async function noteReplacement(id: string, note: Replacement) {
    await items.put({ ...replacementKey(id, note.key), ...replacementItem(note, clock.now()) });
  }

  async function markSent(id: string, key: string) {
    // Not a put: it may have been heard, and its follow-up taken, before the answer to the send arrived.
    await items.update(replacementKey(id, key), ({ name, value }) => ({
      set: `${name('sent_at')} = ${value(time(clock.now()))}`,
    }));
  }

  async function replacements(id: string): Promise<Replacement[]> {
    return (await items.list(id, 'replacement#')).map(readReplacement);
  }

  async function markHeard(id: string, key: string, at: number): Promise<boolean> {
    if (!(await items.once(replacementKey(id, key), 'heard_by', { heard_at: time(at) }))) return false;
    const { name, value, clauses, input } = expression();
    const said = name('said');
    clauses.SET.push(`${said} = ${value(saidValue(key, at, true))}`);
    // Another one that has been claimed since is what will be heard next; or has been, if it began later.
    const [heard, after] = [`${said}.${name('heard')}`, `${said}.${name('after')}`];
    const tracked = `${said}.${name('key')} = ${value({ S: key })}`;
    const earlier = `(attribute_exists(${heard}) AND ${after} <= ${value(time(at))})`;
    const condition = `attribute_not_exists(${said}) OR ${tracked} OR ${earlier}`;
    await held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(condition) })));
    return true;
  }

  async function takeFollowUp(session: Session): Promise<ActionDraft[]> {
    const { id, starts, replacement } = session;
    if (!replacement) return [];
    const { key, heard, after } = replacement;
    const all = (await items.list(id, 'replacement#')).filter((row) => Number(row.starts?.N) === starts);
    const own = all.find((row) => row.key?.S === key);
    const leftAt = Number(own?.sent_at?.N ?? own?.given_at?.N ?? own?.noted_at?.N ?? clock.now());
    const followed = all.filter((row) => row.follow_up);
    // What an answer was to say may have died with it: unless it was heard, only its own end tells. And one that left
    // later than this one, and did not begin before it, is still to come, or is cutting it.
    const ready = followed.filter((row) =>
      row === own ? heard || row.sent_at || row.given_at : before(row.heard_at, after) || before(row.sent_at, leftAt),
    );
    ready.sort((a, b) => Number(a.noted_at?.N) - Number(b.noted_at?.N));
    const taken = await Promise.all(ready.map(async (row) => ((await items.take(row)) ? [readReplacement(row)] : [])));
    // Nobody else has it any more: it is said though the row still speaks of it.
    await forget(id, key, followed.length > ready.length).catch((error: unknown) => {
      log.error('follow_up_not_forgotten', { session_id: id, error });
    });
    return followUpsOf(taken.flat(), session);
  }

  async function forget(id: string, key: string, moreFollows: boolean) {
    const { name, value, clauses, input } = expression();
    clauses.REMOVE.push(name('said'), ...(moreFollows ? [] : [name('next')]));
    const condition = `${name('said')}.${name('key')} = ${value({ S: key })}`;
    await held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(condition) })));
  }

  async function giveReplacement(id: string, note: Replacement): Promise<void> {
    const { name, value, clauses, input } = expression();
    clauses.SET.push(`${name('next')} = ${value({ BOOL: true })}`);
    const live = input('attribute_exists(pk) AND attribute_not_exists(ended_at)');
    await Promise.all([
      keep(id, note, 'given_at'),
      note.follow_up.length > 0 &&
        held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...live }))),
    ]);
  }

  async function addFollowUp(id: string, note: Replacement): Promise<boolean> {
    await keep(id, note, 'sent_at');
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
    if (!stillSaid) await keep(id, { ...note, follow_up: [] }, 'sent_at');
    return stillSaid;
  }

  /** An answer goes out as it is written. */
  async function keep(id: string, note: Replacement, mark: 'sent_at' | 'given_at') {
    const now = clock.now();
    await items.put({ ...replacementKey(id, note.key), ...replacementItem(note, now), [mark]: time(now) });
  }
}

/**
 * What follows these, the newest last. Whoever goes on talking isn't hung up on: the end of a sentence that they cut
 * comes before their words. And a newer answer takes the place of one that was cut.
 */
export function followUpsOf(notes: readonly Replacement[], { turn, playback }: Session): ActionDraft[] {
  const answer = notes.findLast((note) => note.turn !== undefined);
  const isOver = (note: Replacement) =>
    note.turn !== turn || note !== answer || endedEarly(playback, playback.silence_at ?? 0);
  return notes.flatMap((note) => (note.turn !== undefined && isOver(note) ? [] : note.follow_up));
}

const before = (when: AttributeValue | undefined, limit: number) => when !== undefined && Number(when.N) <= limit;
