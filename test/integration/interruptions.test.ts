import { describe, expect, it, vi } from 'vitest';
import { meter } from '../../bench/meter.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { OutcomeEvent } from '../../functions/call/outcome.ts';
import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import type { DynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { EVENTS } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { noJobs } from '../support/no-jobs.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const dynamodb = embeddedDynamoDb();
const DELIVERED: Delivery = { status: 'delivered' };

/** The functions with a client of their own, as each of many Lambdas has. */
function functions(client: DynamoDb, sent: string[], onSend = async () => DELIVERED) {
  const channel: Channel = {
    async send(session_id, actions) {
      sent.push(
        `${session_id}: ${actions.map((action) => ('text' in action ? action.text : action.type)).join(', ')}`,
      );
      return onSend();
    },
  };
  const outcomes = recordingOutcomes();
  const log = recordingLog();
  const sessions = createDynamoDbCallStore({ dynamoDb: client, table: dynamodb.table, clock, log });
  const { assistant, interrupter } = memoryStack({
    templates: always({ onUserSpeak: ({ text }) => `You said ${text}.` }),
    sessions,
    outcomes,
    jobs: noJobs,
    queue: noQueue,
    channel,
    websocket: undefined,
    clock,
    log,
  });
  const hear = (event: object, id: string) => {
    const at = clock.now();
    // Patient: a busy machine must not fail what is not about time.
    return assistant({ ...event, session: { ...EVENTS.session_start.session, id } } as never, {
      at,
      deadline: at + 50_000,
    });
  };
  const asked = async (request: object) => {
    const id = 'no id';
    return (await interrupter(parseInterruption(request, { id, at: clock.now() }, clock.now())))
      .outcomes;
  };
  return {
    outcomes,
    sessions,
    asked,
    start: (id: string) => hear(EVENTS.session_start, id),
    says: (id: string, text: string) => hear({ ...EVENTS.user_speak, text }, id),
    end: (id: string) => hear(EVENTS.session_end, id),
    interrupt: (session_id: string, id: string) =>
      asked({ session_id, id, say: id, max_age_seconds: 300 }),
  };
}

const wordOf = ({
  outcome,
  reason,
  error,
}: OutcomeEvent | { outcome: string; reason?: string; error?: object }) =>
  reason ?? (error as OutcomeEvent['error'])?.code ?? outcome;

const patient = () => dynamodb.client({ connect_ms: 20_000, total_ms: 60_000 });

describe('interruptions in DynamoDB', () => {
  it('of 300 at once over 30 ids in ten calls none is heard twice, and each has its outcome', async () => {
    const sent: string[] = [];
    const lambdas = Array.from({ length: 3 }, () => functions(patient(), sent));
    for (let n = 0; n < 10; n++) await lambdas[0]?.start(`storm-${n}`);
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        lambdas[n % 3]?.interrupt(`storm-${n % 10}`, `trigger-${n % 30}`),
      ),
    );
    expect(new Set(sent).size).toBe(sent.length);
    const words = results.flat().flatMap((outcome) => (outcome ? [wordOf(outcome)] : []));
    expect(words).toHaveLength(300);
    expect(['delivered', 'duplicate', 'contended']).toEqual(
      expect.arrayContaining([...new Set(words)]),
    );
    expect(words.filter((word) => word === 'delivered')).toHaveLength(sent.length);
  }, 60_000);

  it('300 at once in one call cost bounded requests, and its caller is answered', async () => {
    const sent: string[] = [];
    const client = patient();
    const usage = meter(client);
    const { start, interrupt, sessions } = functions(client, sent);
    const webhook = functions(patient(), sent);
    await start('crowded');
    usage();
    const storm = Promise.all(
      Array.from({ length: 300 }, (_, n) => interrupt('crowded', `trigger-${n % 30}`)),
    );
    const answer = await webhook.says('crowded', 'hello');
    expect((await storm).flat()).toHaveLength(300);
    // What an interruption has overtaken stands behind it.
    const waiting = (await sessions.read('crowded'))?.call.queue.map(({ actions }) => actions);
    expect(JSON.stringify([answer, waiting, sent])).toContain('You said hello.');
    // Five times read and written, and what became of thirty pushes.
    expect(usage().requests).toBeLessThan(300 * 2 * 5 + 30 * 2 * 5);
    expect(new Set(sent).size).toBe(sent.length);
  }, 60_000);

  it.each(['save', 'delivery'])(
    'one whose %s was written, and its answer lost, is said once',
    async (of) => {
      const client = dynamodb.client();
      const sent: string[] = [];
      let lost = () => false;
      const { start, interrupt } = functions(client, sent, async () => {
        if (of !== 'save') lost = loseFirstAnswer(client, { of: 'UpdateItem' });
        return DELIVERED;
      });
      await start(`lost-${of}`);
      if (of === 'save') lost = loseFirstAnswer(client, { of: 'UpdateItem' });
      expect(await interrupt(`lost-${of}`, 'a')).toMatchObject([{ outcome: 'delivered' }]);
      expect(lost()).toBe(true);
      expect(await interrupt(`lost-${of}`, 'a')).toMatchObject([{ reason: 'duplicate' }]);
      expect(sent).toHaveLength(1);
    },
  );

  it('an end and an interruption race: what is decided after the end is not sent', async () => {
    for (let round = 0; round < 25; round++) {
      const sent: string[] = [];
      const { start, end, interrupt } = functions(dynamodb.client(), sent);
      const id = `race-${round}`;
      await start(id);
      const [outcomes] = await Promise.all([interrupt(id, 'a'), end(id)]);
      expect(sent).toHaveLength(outcomes[0]?.outcome === 'delivered' ? 1 : 0);
      expect(await interrupt(id, 'b')).toMatchObject([{ reason: 'session_ended' }]);
    }
  });

  it('a crash between save and send is silence, not a repetition', async () => {
    const sent: string[] = [];
    const { start, interrupt } = functions(
      dynamodb.client(),
      sent,
      () => new Promise<Delivery>(() => {}),
    );
    await start('crashed');
    void interrupt('crashed', 'a');
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const retry = functions(dynamodb.client(), sent);
    expect(await retry.interrupt('crashed', 'a')).toMatchObject([{ reason: 'duplicate' }]);
    expect(sent).toHaveLength(1);
  });

  it('everyone is found, wherever their number was sharded to, and told once', async () => {
    const sent: string[] = [];
    const { start, asked } = functions(patient(), sent);
    const ids = Array.from({ length: 30 }, (_, n) => `everyone-${n}`);
    await Promise.all(ids.map(start));
    const closing = {
      target: { everyone: true },
      id: 'closing',
      say: 'We close.',
      max_age_seconds: 300,
    };
    const results = (await Promise.all([asked(closing), asked(closing)])).flat();
    const told = ids.map((id) => `${id}: barge_in, We close.`);
    expect(sent.filter((one) => one.startsWith('everyone-')).sort()).toEqual(told.sort());
    const words = results
      .filter(({ session_id = '' }) => session_id.startsWith('everyone-'))
      .map(wordOf);
    expect(words.filter((word) => word === 'delivered')).toHaveLength(30);
    expect(words.filter((word) => word === 'duplicate')).toHaveLength(30);
  });

  it('every trigger has an outcome', async () => {
    const { start, interrupt, outcomes } = functions(dynamodb.client(), []);
    await start('told');
    await Promise.all([interrupt('told', 'a'), interrupt('told', 'a'), interrupt('nobody', 'a')]);
    expect(outcomes.events.map(wordOf).sort()).toEqual([
      'delivered',
      'duplicate',
      'unknown_session',
    ]);
  });
});
