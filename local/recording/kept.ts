import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../functions/runtime/clock.ts';
import { sessionPartition } from '../../functions/sessions/keys.ts';
import type { Recording, RecordingEntry } from './recording.ts';

export interface KeptIn {
  query(input: QueryCommandInput): Promise<Omit<QueryCommandOutput, '$metadata'>>;
  table: string;
}

/**
 * The embedded database. Its client is loaded for whoever asks first: a start doesn't wait for it.
 */
export const localTable = (endpoint: string, table: string): KeptIn => ({
  table,
  async query(input) {
    const { awsJsonFor } = await import('../../functions/runtime/aws-json.ts');
    const { createDynamoDb } = await import('../../functions/runtime/dynamodb.ts');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const service = { endpoint, region: 'local', credentials };
    return createDynamoDb(awsJsonFor('dynamodb', service, systemClock))('Query', input);
  },
});

/** As `functions/sessions/recordings.ts` writes it. Times are ms since 1970. */
type Kept =
  | {
      kind: 'event';
      at: number;
      took_ms: number;
      event: { type: string };
      actions: { type: string }[];
      secret?: true;
    }
  | { kind: 'pushed'; at: number; actions: { type: string }[] }
  | { kind: 'interruption'; at: number; interruption: Record<string, unknown> };

/** What a function has recorded of a call, in order; `began`: when the call did, ms since 1970. */
export async function recordedEntries(
  table: KeptIn,
  session_id: string,
  began?: number,
): Promise<RecordingEntry[]> {
  const kept = await read(table, session_id);
  const start = began ?? kept[0]?.at ?? 0;
  return kept
    .flatMap((each) => entriesOf(each, Math.max(0, each.at - start)))
    .sort((a, b) => a.at_ms - b.at_ms);
}

/** A call that the deployed functions have recorded. Throws an error in words if there is none. */
export async function keptRecording(table: KeptIn, session_id: string): Promise<Recording> {
  const entries = await recordedEntries(table, session_id);
  if (entries.length > 0) return { recording: 1, call: {}, entries };
  throw new Error(
    'No such call was recorded: deploy with -c recordingDays=7, and check the session id and its age',
  );
}

/**
 * What keeps somebody from reading `table`, with the remedy; the error's own words where nothing
 * better is known.
 */
export function tableProblem({ name, message }: Error, table: string): string {
  if (message === 'Region is missing') return 'which region? Set AWS_REGION';
  if (name === 'CredentialsProviderError')
    return `there are no AWS credentials: log in (aws sso login, or set AWS_PROFILE). ${message}`;
  if (name === 'ResourceNotFoundException')
    return `there is no table ${table} in this region: give the output RecordingsTableName, and AWS_REGION`;
  if (/^AccessDenied/.test(name))
    return `you may not read the table ${table} (dynamodb:Query): ${name}`;
  if (/^(?:Expired|Invalid|Unrecognized|Signature)/.test(name))
    return `AWS refuses your credentials (${name}): log in again`;
  return message;
}

function entriesOf(kept: Kept, at_ms: number): RecordingEntry[] {
  if (kept.kind === 'interruption')
    return [{ at_ms, kind: 'interruption', interruption: kept.interruption }];
  if (kept.kind === 'pushed') return actionsOf(kept.actions, at_ms, 'external-api');
  const { took_ms, event, secret } = kept;
  const answered_ms = at_ms + took_ms;
  return [
    { at_ms: answered_ms, kind: 'event', event, took_ms, ...(secret && { secret }) },
    ...actionsOf(kept.actions, answered_ms, 'webhook'),
  ];
}

const actionsOf = (actions: { type: string }[], at_ms: number, source: string): RecordingEntry[] =>
  actions.map((action) => ({ at_ms, kind: 'action', action, source }));

async function read({ query, table: TableName }: KeptIn, session_id: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await query({
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :recorded)',
      ExpressionAttributeValues: {
        ':pk': { S: sessionPartition(session_id) },
        ':recorded': { S: 'recorded#' },
      },
      ConsistentRead: true,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    // DynamoDB deletes late.
    const live = (page.Items ?? []).filter(
      ({ expires_at }) => Number(expires_at?.N) * 1000 > Date.now(),
    );
    kept.push(...live.map(({ recorded }) => JSON.parse(recorded?.S ?? 'null') as Kept));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return kept;
}
