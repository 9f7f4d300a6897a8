import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createInterrupter } from '../../functions/interruption/interrupter.ts';
import type { OutcomeEvent } from '../../functions/interruption/outcomes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { createDynamoDbStore } from '../../functions/sessions/dynamodb-store.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { noQueue } from '../support/no-queue.ts';
import { noWording } from '../support/no-wording.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const dynamodb = embeddedDynamoDb();

/** One interrupt function: its own client, as each of many Lambdas has. */
function interruptFunction(client: DynamoDBClient, sent: string[], onSend = async () => {}) {
  const channel: Channel = {
    async send(session_id, actions) {
      sent.push(`${session_id}: ${actions.map((action) => ('text' in action ? action.text : action.type)).join(', ')}`);
      await onSend();
      return { status: 'delivered' };
    },
  };
  const outcomes = recordingOutcomes();
  const sessions = createDynamoDbStore({ client, table: dynamodb.table, clock, log: recordingLog() });
  const interrupter = createInterrupter({
    wording: noWording,
    sessions,
    channel,
    outcomes,
    queue: noQueue,
    clock,
    log: recordingLog(),
  });
  const interrupt = async (session_id: string, id: string) => {
    const request = parseInterruption({ session_id, id, say: id }, { id, at: clock.now() }, clock.now());
    return (await interrupter(request)).outcomes;
  };
  return { sessions, interrupt, outcomes };
}

// Long enough that a busy machine doesn't fail what is not about time.
const patient = () => dynamodb.client({ requestHandler: { connectionTimeout: 20_000, requestTimeout: 60_000 } });

describe('interruptions in DynamoDB', () => {
  it('2,000 claims at once over 200 ids in 10 calls are 200 sends', async () => {
    const sent: string[] = [];
    const functions = Array.from({ length: 4 }, () => interruptFunction(patient(), sent));
    const calls = Array.from({ length: 10 }, (_, n) => `storm-${n}`);
    for (const session_id of calls) await functions[0]?.sessions.record({ session_id, kind: 'start' });
    const triggers = Array.from({ length: 2000 }, (_, n) => n % 200);
    const results = await Promise.all(
      triggers.map((id, n) => functions[n % 4]?.interrupt(calls[id % 10] as string, `trigger-${id}`)),
    );
    expect(new Set(sent).size).toBe(200);
    expect(sent).toHaveLength(200);
    const outcomes = results.flat().map((outcome) => outcome?.reason ?? outcome?.outcome);
    expect(outcomes.filter((outcome) => outcome === 'delivered')).toHaveLength(200);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(1800);
  }, 60_000);

  it('2,000 claims at once over 200 ids in one call are 200 sends', async () => {
    const sent: string[] = [];
    const { sessions, interrupt } = interruptFunction(patient(), sent);
    await sessions.record({ session_id: 'crowded', kind: 'start' });
    await Promise.all(Array.from({ length: 2000 }, (_, n) => interrupt('crowded', `trigger-${n % 200}`)));
    expect(sent.sort()).toEqual(Array.from({ length: 200 }, (_, n) => `crowded: barge_in, trigger-${n}`).sort());
  }, 60_000);

  it('a claim whose answer got lost is still a claim, and sent once', async () => {
    const client = dynamodb.client();
    const sent: string[] = [];
    const { sessions, interrupt } = interruptFunction(client, sent);
    await sessions.record({ session_id: 'lost-claim', kind: 'start' });
    const lost = loseFirstAnswer(client);
    expect(await interrupt('lost-claim', 'a')).toMatchObject([{ outcome: 'delivered' }]);
    expect(lost()).toBe(true);
    expect(await interrupt('lost-claim', 'a')).toMatchObject([{ reason: 'duplicate' }]);
    expect(sent).toHaveLength(1);
  });

  it('an end and an interruption race: what is claimed after the end is not sent', async () => {
    for (let round = 0; round < 25; round++) {
      const sent: string[] = [];
      const { sessions, interrupt } = interruptFunction(dynamodb.client(), sent);
      const session_id = `race-${round}`;
      await sessions.record({ session_id, kind: 'start' });
      const [outcomes] = await Promise.all([interrupt(session_id, 'a'), sessions.record({ session_id, kind: 'end' })]);
      expect(sent).toHaveLength(outcomes[0]?.outcome === 'delivered' ? 1 : 0);
      expect(await interrupt(session_id, 'b')).toMatchObject([{ reason: 'session_ended' }]);
    }
  });

  it('a crash between claim and send is silence, not a repetition', async () => {
    const sent: string[] = [];
    const died = () => new Promise<void>(() => {});
    const { sessions, interrupt } = interruptFunction(dynamodb.client(), sent, died);
    await sessions.record({ session_id: 'crashed', kind: 'start' });
    void interrupt('crashed', 'a');
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const retry = interruptFunction(dynamodb.client(), sent);
    expect(await retry.interrupt('crashed', 'a')).toMatchObject([{ reason: 'duplicate' }]);
    expect(sent).toHaveLength(1);
  });

  it('everyone is found, wherever their number was sharded to, and told once', async () => {
    const sent: string[] = [];
    const { sessions } = interruptFunction(dynamodb.client(), sent);
    const ids = Array.from({ length: 30 }, (_, n) => `everyone-${n}`);
    await Promise.all(ids.map((session_id) => sessions.record({ session_id, kind: 'start', callee: '493023125999' })));
    const channel: Channel = {
      async send(session_id) {
        sent.push(session_id);
        return { status: 'delivered' };
      },
    };
    const interrupter = createInterrupter({
      wording: noWording,
      sessions,
      channel,
      outcomes: recordingOutcomes(),
      queue: noQueue,
      clock,
      log: recordingLog(),
    });
    const request = { target: { callee: '+49 30 23125999' }, say: 'We close in five minutes.' };
    const read = () => parseInterruption(request, { id: 'closing', at: clock.now() }, clock.now());
    const results = await Promise.all([interrupter(read()), interrupter(read())]);
    expect(sent.sort()).toEqual(ids.sort());
    expect(results.flatMap(({ outcomes }) => outcomes).filter(({ outcome }) => outcome === 'delivered')).toHaveLength(
      30,
    );
  });

  it('every trigger has an outcome', async () => {
    const sent: string[] = [];
    const { sessions, interrupt, outcomes } = interruptFunction(dynamodb.client(), sent);
    await sessions.record({ session_id: 'told', kind: 'start' });
    await Promise.all([interrupt('told', 'a'), interrupt('told', 'a'), interrupt('nobody', 'a')]);
    const reasons = outcomes.events.map(({ outcome, reason }: OutcomeEvent) => reason ?? outcome);
    expect(reasons.sort()).toEqual(['delivered', 'duplicate', 'unknown_session']);
  });
});
