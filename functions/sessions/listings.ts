import type { AttributeValue, WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Listed } from '../call/call-store.ts';
import { listingKey, partitions } from './keys.ts';
import { epochSeconds, held, type Row, type TableParts } from './table.ts';

// A listing isn't renewed by events, so it outlasts any call; the session itself says whether
// somebody is still there.
const LISTING_TTL_SECONDS = 24 * 3600;

/**
 * Where sessions are listed under what they can be found by: adjacency items, read strongly
 * consistent.
 */
export function createListings({ dynamoDb, table, clock }: TableParts) {
  return { list, unlist, find };

  /** `starts`: how often the call had started. Throws when it can't. */
  async function list(id: string, starts: number, targets: readonly Listed[]) {
    let rest = targets.map((target) => put(id, starts, target));
    for (let attempt = 0; rest.length > 0 && attempt < 3; attempt++) {
      const answer = await dynamoDb('BatchWriteItem', { RequestItems: { [table]: rest } });
      rest = answer.UnprocessedItems?.[table] ?? [];
    }
    if (rest.length > 0) throw new Error(`${rest.length} items unprocessed`);
  }

  /** Only what no later start has listed: this may land after that. Throws when it can't. */
  async function unlist(id: string, starts: number, targets: readonly Listed[]) {
    const deletions = targets.map((target) =>
      dynamoDb('DeleteItem', {
        TableName: table,
        Key: listingKey(target, id),
        ConditionExpression: 'attribute_not_exists(starts) OR starts <= :mine',
        ExpressionAttributeValues: { ':mine': { N: String(starts) } },
      }),
    );
    await Promise.all(deletions.map(held));
  }

  function put(id: string, starts: number, target: Listed): WriteRequest {
    const Item = {
      ...listingKey(target, id),
      ...accountOf(target),
      starts: { N: String(starts) },
      expires_at: epochSeconds(clock.now(), LISTING_TTL_SECONDS),
    };
    return { PutRequest: { Item } };
  }

  async function find(target: Listed): Promise<string[]> {
    const { account } = accountOf(target);
    const ids = await Promise.all(partitions(target).map((pk) => findIn(pk, account)));
    return ids.flat();
  }

  /** An account is no key: it may be asked for or not, and its calls are listed once. */
  async function findIn(pk: string, account: AttributeValue | undefined): Promise<string[]> {
    const ids: string[] = [];
    let ExclusiveStartKey: Row | undefined;
    do {
      const page = await dynamoDb('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: `expires_at > :now${account ? ' AND account = :account' : ''}`,
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ':now': epochSeconds(clock.now()),
          ...(account && { ':account': account }),
        },
        ProjectionExpression: 'sk',
        ConsistentRead: true,
        ExclusiveStartKey,
      });
      ids.push(...(page.Items ?? []).map(({ sk }) => sk?.S ?? ''));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return ids;
  }
}

const accountOf = (target: Listed): { account?: AttributeValue } =>
  'account_id' in target && target.account_id !== undefined
    ? { account: { S: target.account_id } }
    : {};
