import { createHash } from 'node:crypto';
import type { Note, Noted } from './history.ts';
import { sessionPartition, TURN, turnKey } from './keys.ts';
import { MAX_NOTES, SESSION_TTL_SECONDS } from './limits.ts';
import { epochSeconds, held, type Row, type TableParts } from './table.ts';

/**
 * What was said, one item a turn: an attribute for each note, so that none needs to know of
 * another.
 */
export function createKeptNotes({ dynamoDb, table: TableName, clock }: TableParts) {
  return {
    async keepTurn(
      id: string,
      turn: number,
      notes: readonly Note[],
      signal?: AbortSignal,
    ): Promise<void> {
      const texts = notes.map((note) => JSON.stringify(note));
      const update = {
        TableName,
        Key: turnKey(id, turn),
        // It may be sent twice: then a turn is full a little earlier.
        UpdateExpression: `SET ${['expires_at = :expiry', ...texts.map((_, n) => `#n${n} = :n${n}`)]} ADD notes :count`,
        ConditionExpression: 'attribute_not_exists(notes) OR notes < :most',
        ExpressionAttributeNames: Object.fromEntries(
          texts.map((text, n) => [`#n${n}`, attributeFor(text)]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(texts.map((text, n) => [`:n${n}`, { S: text }])),
          ':expiry': epochSeconds(clock.now(), SESSION_TTL_SECONDS),
          ':count': { N: String(texts.length) },
          ':most': { N: String(MAX_NOTES) },
        },
      };
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
