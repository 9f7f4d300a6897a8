import { createHash } from 'node:crypto';
import { held } from './condition.ts';
import type { Note, Noted } from './history.ts';
import { sessionPartition, TURN, turnKey } from './keys.ts';
import { MAX_NOTES, SESSION_TTL_SECONDS } from './limits.ts';
import type { TableParts } from './listings.ts';
import { expression, type Row, time } from './row.ts';

/** What was said, one item a turn: an attribute for each note, so that none needs to know of another. */
export function createTurns({ dynamoDb, table: TableName, clock }: TableParts) {
  return {
    async keepTurn(
      id: string,
      turn: number,
      notes: readonly Note[],
      signal?: AbortSignal,
    ): Promise<void> {
      const { name, value, clauses, input } = expression();
      const count = name('notes');
      clauses.SET.push(
        `${name('expires_at')} = ${value(time(clock.now() / 1000 + SESSION_TTL_SECONDS))}`,
      );
      for (const note of notes) {
        const text = JSON.stringify(note);
        clauses.SET.push(`${name(attributeFor(text))} = ${value({ S: text })}`);
      }
      // It may be sent twice: then a turn is full a little earlier.
      clauses.ADD.push(`${count} ${value({ N: String(notes.length) })}`);
      const room = `attribute_not_exists(${count}) OR ${count} < ${value({ N: String(MAX_NOTES) })}`;
      const update = { TableName, Key: turnKey(id, turn), ...input(room) };
      await held(dynamoDb('UpdateItem', update, signal));
    },

    async history(id: string, turns: number, signal?: AbortSignal): Promise<Noted[]> {
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :turn)',
        ExpressionAttributeValues: { ':pk': { S: sessionPartition(id) }, ':turn': { S: TURN } },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: turns,
      };
      // One page: were there ever more than a megabyte, the older turns would be left out.
      const { Items = [] } = await dynamoDb('Query', query, signal);
      // DynamoDB deletes late.
      const oldest = clock.now() - SESSION_TTL_SECONDS * 1000;
      return Items.flatMap(notesOf).filter(({ at }) => at > oldest);
    },
  };
}

const NOTE = 'n#';

/** Its own content names a note: written twice it is the same. */
const attributeFor = (note: string) =>
  NOTE + createHash('sha256').update(note).digest('base64url').slice(0, 12);

function notesOf(row: Row): Noted[] {
  const turn = Number(row.sk?.S?.slice(TURN.length));
  const notes = Object.entries(row).filter(([attribute]) => attribute.startsWith(NOTE));
  return notes.map(([, { S = '' }]) => ({ ...(JSON.parse(S) as Note), turn }));
}
