import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../runtime/clock.ts';
import type { DynamoDb } from '../runtime/dynamodb.ts';
import type { Log } from '../runtime/log.ts';

/** The one table, and what is needed to write to it. */
export interface TableParts {
  readonly dynamoDb: DynamoDb;
  readonly table: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export type Row = Record<string, AttributeValue>;

/** As DynamoDB's TTL wants it: so many seconds later than `now`, which is ms since 1970. */
export const epochSeconds = (now: number, later = 0): AttributeValue => ({
  N: String(Math.floor(now / 1000) + later),
});

/** DynamoDB deletes late: what should be gone may still be there. */
export const isExpired = ({ expires_at }: Row, now: number): boolean =>
  Number(expires_at?.N ?? 0) <= Math.floor(now / 1000);

/** Whether a conditional write went through; any other failure stays one. */
export async function held(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
