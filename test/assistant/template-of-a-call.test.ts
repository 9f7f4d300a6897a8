import { expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { byNumber } from '../../functions/assistant/template-choice.ts';
import { createWording } from '../../functions/assistant/trigger.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { Interruption } from '../../functions/interruption/request.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const saying = (text: string) =>
  defineTemplate({ fallback: `${text}?`, onUserSpeak: () => text, onTrigger: () => text });
const templates = byNumber([['493023125000', saying('number')]], saying('default'), {
  named: saying('named'),
});

function webhook() {
  const clock = manualClock();
  const sessions = createMemoryStore(clock);
  const log = recordingLog();
  const tokens = fixedTokens('t');
  const outcomes = recordingOutcomes();
  const parts = { templates, jobs: noJobs, sessions, outcomes, tokens, clock, log };
  const handle = createWebhookHandler(parts);
  const hear = async (event: object, request: object = {}) => {
    const body = JSON.stringify(event);
    const response = await handle({ headers: { 'x-api-token': 't' }, body, ...request });
    return response.body && JSON.parse(response.body);
  };
  const worded = async () => {
    const news = { id: 'i', triggered_at: 0, expires_at: 30_000, context: {} } as Interruption;
    return createWording(parts)(await callIn(sessions), news);
  };
  return { sessions, hear, worded };
}

const NAMED = { stageVariables: { template: 'named' } };

it('is the one that its gateway names, from the start on, for every function', async () => {
  const { sessions, hear, worded } = webhook();
  await hear(EVENTS.session_start, NAMED);
  expect(await callIn(sessions)).toMatchObject({ template: 'named' });
  expect(await hear(userSpeak('Hi'))).toMatchObject([{ text: 'named' }]);
  expect(await worded()).toMatchObject({ actions: [{ text: 'named' }] });
});

it('is known of a call whose start got lost', async () => {
  const { hear, worded } = webhook();
  expect(await hear(userSpeak('Hi'), NAMED)).toMatchObject([{ text: 'named' }]);
  expect(await worded()).toMatchObject({ actions: [{ text: 'named' }] });
});

it.each([
  ['a name that is none', { stageVariables: { template: 'toString' } }],
  ['no variable', { stageVariables: null }],
  ['the same in a header', { headers: { 'x-api-token': 't', template: 'named' } }],
  ['the same in the query', { queryStringParameters: { template: 'named' } }],
])('is that of its number with %s', async (_name, request) => {
  const { hear } = webhook();
  await hear(EVENTS.session_start, request);
  expect(await hear(userSpeak('Hi'))).toMatchObject([{ text: 'number' }]);
});

it('adds nothing to the row of a call that names none', async () => {
  const { sessions, hear } = webhook();
  await hear(EVENTS.session_start);
  expect(await callIn(sessions)).not.toHaveProperty('template');
});
