import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { AiFlowEvent } from '../../functions/protocol/events.ts';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { createDynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { createRecordings } from '../../functions/sessions/recordings.ts';
import { forget, type Whom } from '../../ops/forgetting.ts';
import { awsServices } from '../support/aws-service.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { sqsService } from '../support/sqs-service.ts';

const HER = '4917639123456';
const HIM = '4915566778899';
const OURS = SESSION.phone_number;
const DEAD = 'https://sqs.example/dead';
const LONG = 'A sentence that has a row of its own beside the call. '.repeat(20);

const services = awsServices();
const dynamodb = embeddedDynamoDb();
const PATIENT = { connect_ms: 10_000, total_ms: 10_000 };
const template = defineTemplate({
  fallback: 'Pardon?',
  history: { turns: 10 },
  onSessionStart: (_event, { labels }) => {
    labels.add('order:4711');
    return LONG;
  },
  onUserSpeak: () => ['A reply.', LONG],
});

let sqs: ReturnType<typeof sqsService>;
beforeEach(() => {
  sqs = sqsService(clock.now);
});

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

async function forgotten(whom: Whom) {
  const { url } = await services(sqs.listener);
  return forget(whom, {
    dynamoDb: createDynamoDb(awsCall('dynamodb', dynamodb.endpoint())),
    sqs: awsCall('sqs', url),
    table: dynamodb.table,
    deadLetters: DEAD,
  });
}

const awsCall = (service: string, endpoint: string) =>
  awsJsonFor(service, { region: 'eu-central-1', endpoint, credentials }, clock, PATIENT);

/** A call with all that can be kept of one. */
async function aCall(id: string, parties: object, ends = false) {
  const log = recordingLog();
  const table = { dynamoDb: dynamodb.client(PATIENT), table: dynamodb.table, clock, log };
  const sessions = createDynamoDbCallStore(table);
  const { assistant, interrupt } = memoryStack({
    templates: always(template),
    sessions,
    outcomes: recordingOutcomes(),
    jobs: { start: async () => {} },
    queue: noQueue,
    channel: undefined,
    websocket: undefined,
    clock,
    log,
  });
  const hear = async (event: object) => {
    const at = clock.now();
    const whole = { ...event, session: { ...SESSION, ...parties, id } } as AiFlowEvent;
    await assistant(whole, { at, deadline: at + 10_000, connection: `socket-${id}` });
  };
  await hear(EVENTS.session_start);
  await hear({ ...EVENTS.user_speak, text: 'Where is it?' });
  await interrupt({ session_id: id, say: LONG, id: 'news' });
  await sessions.keepClaims(id, [['an-old-claim', 'said']]);
  const recorder = createRecordings(table, 7);
  recorder?.keep(id, { kind: 'pushed', at: clock.now(), actions: [] });
  await recorder?.kept();
  if (ends) await hear(EVENTS.session_end);
}

/** Keys of all items. */
async function kept(): Promise<string[]> {
  const { Items } = (await awsCall('dynamodb', dynamodb.endpoint())('DynamoDB_20120810.Scan', {
    TableName: dynamodb.table,
  })) as { Items: { pk: { S: string }; sk: { S: string } }[] };
  return Items.map(({ pk, sk }) => `${pk.S} ${sk.S}`).sort();
}

const longId = 'a-session-id-that-is-longer-than-the-key-of-a-row-may-be';

describe('npm run forget', () => {
  it('leaves nothing of somebody, and all of everybody else', async () => {
    await aCall('his', { from_phone_number: HIM });
    await aCall('his-over', { from_phone_number: HIM }, true);
    const before = await kept();
    await aCall('hers', { from_phone_number: `+${HER}` });
    await aCall(longId, { from_phone_number: `00${HER}` }, true);
    const called = { direction: 'outbound', from_phone_number: OURS, to_phone_number: HER };
    await aCall('she-was-called', called);
    // Rows, turns, texts, claims, recordings and five listings each.
    expect((await kept()).length).toBeGreaterThan(before.length + 25);

    sqs.put(DEAD, { target: { caller: '+49 176 39123456' }, say: 'Hello.' });
    sqs.put(DEAD, { session_id: 'hers', say: 'Hello.' });
    sqs.put(DEAD, { session_id: 'his', say: 'Hello.' });
    expect(await forgotten({ number: HER, sessions: [] })).toMatchObject({ calls: 3, letters: 2 });
    expect(await kept()).toEqual(before);
    expect(sqs.messages(DEAD).map(({ Body }) => JSON.parse(Body).session_id)).toEqual(['his']);
    expect(sqs.hidden.size - 2).toBe(0);
    expect(await forgotten({ number: HER, sessions: [] })).toEqual({
      calls: 0,
      items: 0,
      letters: 0,
    });
  });

  it('takes a call by its id, and what is listed of a number whose call is gone', async () => {
    await aCall('known-by-id', { from_phone_number: HER });
    expect(await forgotten({ sessions: ['known-by-id'] })).toMatchObject({ calls: 1 });
    expect((await kept()).filter((key) => key.includes('known-by-id'))).toEqual([]);
  });

  it('refuses a number of our own: whoever called it would be forgotten, too', async () => {
    await aCall('hers-again', { from_phone_number: HER });
    const before = await kept();
    await expect(forgotten({ number: OURS, sessions: [] })).rejects.toThrow('of your own');
    expect(await kept()).toEqual(before);
  });
});
