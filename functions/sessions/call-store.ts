import type { CallStore, Stored } from '../call/call-store.ts';
import { type Call, type Fact, freshCall } from '../call/document.ts';
import type { Assets } from '../runtime/assets.ts';
import { createBeside } from './beside.ts';
import { type Document, factsIn, packDocument, packFact, unpackDocument } from './document-item.ts';
import { foldedIn, newFacts } from './facts.ts';
import { createKeptClaims } from './kept-claims.ts';
import { createKeptNotes } from './kept-notes.ts';
import { documentKey, sessionKey } from './keys.ts';
import { SESSION_TTL_SECONDS } from './limits.ts';
import { createListings } from './listings.ts';
import { callFromOldSession } from './old-session.ts';
import { epochSeconds, held, isExpired, type Row, type TableParts } from './table.ts';

/**
 * Calls in DynamoDB, one item each: `rev` counts its writes, `doc` is the call as it was last
 * saved, `facts` what was recorded since. An event is one blind write that returns the item. A save
 * is one write on the condition that nothing has changed. `clips` are those that every function
 * has, which are kept by name.
 */
export function createDynamoDbCallStore(parts: TableParts, clips?: Assets): CallStore {
  const { dynamoDb, table: TableName, clock } = parts;
  const beside = createBeside(parts, clips);
  const listings = createListings(parts);
  const freshExpiry = () => epochSeconds(clock.now(), SESSION_TTL_SECONDS);

  return {
    record,
    read,
    save,
    find: listings.find,
    list: ({ id, starts }, targets) => listings.list(id, starts, targets),
    unlist: ({ id, starts }, targets) => listings.unlist(id, starts, targets),
    ...createKeptClaims(parts),
    ...createKeptNotes(parts),
  };

  async function record(id: string, fact: Fact, signal?: AbortSignal): Promise<Stored> {
    const row = await append(id, fact, signal);
    if (!isExpired(row, clock.now())) return storedFrom(id, row, signal);
    const replaced = await replace(id, row, fact, signal);
    // If that fails, somebody else has just begun the call anew, and this fact is added to it.
    return storedFrom(id, replaced ?? (await append(id, fact, signal)), signal);
  }

  /**
   * Adds a fact blindly. It undoes no other write, and {@link newFacts} drops what a repetition
   * adds.
   */
  async function append(id: string, fact: Fact, signal?: AbortSignal): Promise<Row> {
    const input = {
      TableName,
      Key: documentKey(id),
      UpdateExpression:
        'SET facts = list_append(if_not_exists(facts, :none), :fact), expires_at = if_not_exists(expires_at, :expiry) ADD rev :one',
      ExpressionAttributeValues: {
        ':none': { L: [] },
        ':fact': { L: [{ B: packFact(fact) }] },
        ':expiry': freshExpiry(),
        ':one': { N: '1' },
      },
      ReturnValues: 'ALL_NEW' as const,
    };
    const { Attributes } = await dynamoDb('UpdateItem', input, signal);
    return Attributes as Row;
  }

  /**
   * Replaces an expired row that TTL hasn't deleted yet. Revisions go on, so that no old save can
   * overwrite it.
   */
  async function replace(
    id: string,
    { rev }: Row,
    fact: Fact,
    signal?: AbortSignal,
  ): Promise<Row | undefined> {
    const Item: Row = {
      ...documentKey(id),
      rev: { N: String(Number(rev?.N) + 1) },
      expires_at: freshExpiry(),
      facts: { L: [{ B: packFact(fact) }] },
    };
    const input = {
      TableName,
      Item,
      ConditionExpression: 'expires_at <= :now',
      ExpressionAttributeValues: { ':now': epochSeconds(clock.now()) },
    };
    return (await held(dynamoDb('PutItem', input, signal))) ? Item : undefined;
  }

  async function read(id: string, signal?: AbortSignal): Promise<Stored | undefined> {
    const row = await get(documentKey(id), signal);
    if (row) return isExpired(row, clock.now()) ? undefined : storedFrom(id, row, signal);
    const call = await readOld(id, signal);
    return call && { call, revision: 0, folded: [] };
  }

  async function save(stored: Stored, call: Call, signal?: AbortSignal): Promise<boolean> {
    const queue = await beside.keep(call.id, call.queue, signal);
    const { revision } = stored;
    const input = {
      TableName,
      Key: documentKey(call.id),
      UpdateExpression: 'SET doc = :doc, rev = :next, expires_at = :expiry REMOVE facts',
      ConditionExpression: revision === 0 ? 'attribute_not_exists(rev)' : 'rev = :rev',
      ExpressionAttributeValues: {
        ':doc': { B: packDocument({ call: { ...call, queue }, folded: foldedIn(stored, call) }) },
        ':next': { N: String(revision + 1) },
        ':expiry': freshExpiry(),
        ...(revision > 0 && { ':rev': { N: String(revision) } }),
      },
    };
    return held(dynamoDb('UpdateItem', input, signal));
  }

  async function storedFrom(id: string, row: Row, signal?: AbortSignal): Promise<Stored> {
    const recorded = factsIn(row);
    const { call, folded } = row.doc?.B
      ? unpackDocument(id, row.doc.B)
      : await begun(id, recorded, signal);
    const queue = await beside.load(id, call.queue, signal);
    const facts = newFacts(recorded, folded, call.applied);
    return { call: { ...call, queue, facts }, revision: Number(row.rev?.N), folded };
  }

  /** A call without a recorded start may be older than this version of the functions. */
  async function begun(
    id: string,
    [first]: readonly Fact[],
    signal?: AbortSignal,
  ): Promise<Document> {
    const old = first?.kind === 'start' ? undefined : await readOld(id, signal);
    return { call: old ?? freshCall(id), folded: [] };
  }

  async function readOld(id: string, signal?: AbortSignal): Promise<Call | undefined> {
    const row = await get(sessionKey(id), signal);
    return row && !isExpired(row, clock.now()) ? callFromOldSession(id, row) : undefined;
  }

  async function get(Key: Row, signal?: AbortSignal): Promise<Row | undefined> {
    return (await dynamoDb('GetItem', { TableName, Key, ConsistentRead: true }, signal)).Item;
  }
}
