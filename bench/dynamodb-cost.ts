import { randomBytes } from 'node:crypto';
import { defineTemplate, type Template } from '../functions/assistant/template.ts';
import { always } from '../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../functions/assistant/webhook-handler.ts';
import type { AiFlowEvent } from '../functions/protocol/events.ts';
import { type Clock, systemClock } from '../functions/runtime/clock.ts';
import { fixedTokens } from '../functions/runtime/tokens.ts';
import { createDynamoDbCallStore } from '../functions/sessions/call-store.ts';
import { documentKey } from '../functions/sessions/keys.ts';
import { MAX_LABEL_BYTES, MAX_LABELS, MAX_STATE_BYTES } from '../functions/sessions/limits.ts';
import { dynamoDbAt } from '../test/support/dynamodb-client.ts';
import { EVENTS, userSpeak } from '../test/support/events.ts';
import { manualClock } from '../test/support/manual-clock.ts';
import { noJobs } from '../test/support/no-jobs.ts';
import { rowBytes } from '../test/support/row-bytes.ts';
import { meter, type Usage } from './meter.ts';
import noteTaker from './note-taker.ts';
import { TOKEN, webhookRequest } from './request.ts';

export interface Table {
  readonly endpoint: string;
  readonly name: string;
}

const historian: Template = { ...noteTaker, history: { turns: 10 } };

/** Keeps as much as a session can, and changes it in every turn. */
const hoarder = defineTemplate<{ note: string }>({
  fallback: [],
  onSessionStart(_event, { labels }) {
    for (let n = 0; n < MAX_LABELS; n++) labels.add(noise(MAX_LABEL_BYTES));
  },
  onUserSpeak(_event, { state }) {
    // {"note":"…"} is 11 bytes around its text.
    state.note = noise(MAX_STATE_BYTES - 11);
    return 'Yes.';
  },
  onAssistantSpeechEnded: () => undefined,
});

/** Text that nobody can pack. */
const noise = (length: number) => randomBytes(length).toString('base64url').slice(0, length);

type NamedEvent = [name: string, event: AiFlowEvent];
type Cost = [name: string, usage: Usage];

const START: NamedEvent = ['session_start', EVENTS.session_start];
const TURN: NamedEvent[] = [
  ['assistant_speak', EVENTS.assistant_speak],
  ['user_speak', EVENTS.user_speak],
  ['user_speak, state changed', userSpeak('note this')],
];
const END_OF_SPEECH: NamedEvent = ['assistant_speech_ended', EVENTS.assistant_speech_ended];
const REST: NamedEvent[] = [
  ['user_speak, label added', userSpeak('order:4711')],
  ['dtmf_received, no handler', EVENTS.dtmf_received],
  ['session_end', EVENTS.session_end],
];

/** What each event costs DynamoDB, over one call; then over one whose history is kept. */
export async function usageByEvent(table: Table): Promise<Cost[]> {
  const kept = await costs(historian, 'remembered', [START, ...TURN, END_OF_SPEECH], table);
  return [
    ...(await costs(noteTaker, 'counted', [START, ...TURN, END_OF_SPEECH, ...REST], table)),
    ...kept.map(([name, usage]): Cost => [`${name}, with history`, usage]),
  ];
}

async function costs(
  template: Template,
  id: string,
  events: NamedEvent[],
  table: Table,
): Promise<Cost[]> {
  const webhook = meteredWebhook(template, table);
  const costs: Cost[] = [];
  for (const [name, event] of events) {
    // A call of its own: others have been through the same table.
    const session = { ...event.session, id };
    costs.push([name, await webhook.answer({ ...event, session })]);
  }
  return costs;
}

/** The fullest row there can be, after each of some `count` events: its greatest size, and what was written for it. */
export async function fullestRow(count: number, table: Table) {
  const clock = manualClock();
  const webhook = meteredWebhook(hoarder, table, clock);
  const number = '4'.repeat(15);
  const session = { id: 'x'.repeat(128), from_phone_number: number, to_phone_number: number };
  const total = { bytes: 0, events: 0, requests: 0, write_units: 0 };
  const hear = async (event: object, ms: number) => {
    clock.pass(ms);
    const { requests, write_units } = await webhook.answer({ ...event, session } as AiFlowEvent);
    total.events += 1;
    total.requests += requests;
    total.write_units += write_units;
    total.bytes = Math.max(total.bytes, await webhook.rowBytes(session.id));
  };
  await webhook.answer({ type: 'session_start', session });
  while (total.events < count) {
    await hear({ type: 'user_speak', text: `And what about number ${total.events}?` }, 2_000);
    await hear({ type: 'assistant_speak', text: 'Yes.', duration_ms: 300 }, 300);
    await hear({ type: 'assistant_speech_ended' }, 300);
  }
  return total;
}

/** The webhook with everything real but the log, and a meter at its DynamoDB client. */
function meteredWebhook(template: Template, { endpoint, name }: Table, clock: Clock = systemClock) {
  const [dynamoDb, observer] = [dynamoDbAt(endpoint), dynamoDbAt(endpoint)];
  const usage = meter(dynamoDb);
  const log = { info() {}, warn: console.error, error: console.error };
  const sessions = createDynamoDbCallStore({ dynamoDb, table: name, clock, log });
  const outcomes = { publish: async () => {} };
  const handle = createWebhookHandler({
    templates: always(template),
    sessions,
    outcomes,
    jobs: noJobs,
    tokens: fixedTokens(TOKEN),
    clock,
    log,
  });

  return {
    async answer(event: AiFlowEvent): Promise<Usage> {
      const { statusCode } = await handle(await webhookRequest(event, clock.now()));
      if (statusCode >= 300) throw new Error(`${event.type} was answered with ${statusCode}`);
      return usage();
    },
    async rowBytes(id: string): Promise<number> {
      const input = { TableName: name, Key: documentKey(id), ConsistentRead: true };
      return rowBytes((await observer('GetItem', input)).Item ?? {});
    },
  };
}
