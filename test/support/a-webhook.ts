import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Recorder } from '../../functions/runtime/recorder.ts';
import { fixedTokens, type Tokens } from '../../functions/runtime/tokens.ts';
import { SESSION } from './events.ts';
import { recordingLog } from './log.ts';
import { manualClock } from './manual-clock.ts';
import { createMemoryStore } from './memory-store.ts';
import { noJobs } from './no-jobs.ts';
import { recordingOutcomes } from './outcomes.ts';

export const TOKEN = 'secret';

interface WebhookParts {
  sessions?: CallStore;
  tokens?: Tokens;
  recorder?: Recorder;
}

/** A webhook, and what it is made of, with nothing in it yet. */
export function aWebhook() {
  const clock = manualClock();
  const sessions = createMemoryStore(clock);
  const log = recordingLog();

  /** The function as API Gateway calls it. */
  const handling = (template: Template, parts: WebhookParts = {}) =>
    createWebhookHandler({
      templates: always(template),
      jobs: noJobs,
      sessions,
      outcomes: recordingOutcomes(),
      tokens: fixedTokens(TOKEN),
      clock,
      log,
      ...parts,
    });

  function webhook(template: Template, parts?: WebhookParts) {
    const handle = handling(template, parts);
    return async (event: unknown, request: object = {}) => {
      const response = await handle({
        headers: { 'x-api-token': TOKEN },
        body: typeof event === 'string' ? event : JSON.stringify(event),
        requestContext: { timeEpoch: clock.now() },
        ...request,
      });
      return { ...response, ...(response.body && { body: JSON.parse(response.body) }) };
    };
  }

  return { clock, sessions, log, handling, webhook };
}

export const said = (text: string) => [{ type: 'speak', text, session_id: SESSION.id }];
