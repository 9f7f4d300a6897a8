import { beforeEach, describe, expect, it } from 'vitest';
import {
  defineTemplate,
  type Template,
  type TemplateContext,
} from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { aWebhook, said } from '../support/a-webhook.ts';
import { callIn } from '../support/call.ts';
import { EVENTS } from '../support/events.ts';

const NEVER = new Promise<never>(() => {});
const echo = defineTemplate({ fallback: [], onUserSpeak: ({ text }) => text });

let { clock, sessions, log, webhook } = aWebhook();
beforeEach(() => {
  ({ clock, sessions, log, webhook } = aWebhook());
});

describe('the deadline', () => {
  const slow = (template: Template, parts = {}) => {
    const post = webhook(template, parts);
    return (request = {}) => {
      let answered: { at: number; response: object } | undefined;
      const start = clock.now();
      const pending = post(EVENTS.user_speak, request).then((response) => {
        answered = { at: clock.now() - start, response };
      });
      return { pending, answered: () => answered };
    };
  };
  const hanging: Template = { onUserSpeak: () => NEVER, fallback: 'One moment.' };

  it('is 800 ms after API Gateway took the request, of which the template has all but 50', async () => {
    const call = slow(hanging)({ requestContext: { timeEpoch: clock.now() - 300 } });
    await clock.advance(449);
    expect(call.answered()).toBeUndefined();
    await clock.advance(1);
    expect(call.answered()).toMatchObject({
      at: 450,
      response: { statusCode: 200, body: said('One moment.') },
    });
  });

  it('leaves 150 ms after a long cold start', async () => {
    const call = slow(hanging)({ requestContext: { timeEpoch: clock.now() - 5000 } });
    await clock.advance(99);
    expect(call.answered()).toBeUndefined();
    await clock.advance(1);
    expect(call.answered()).toMatchObject({ at: 100 });
  });

  it.each([{}, { requestContext: { timeEpoch: Date.parse('2030-01-01') } }])(
    'is 800 ms from now for %j',
    async (request) => {
      const call = slow(hanging)({ requestContext: undefined, ...request });
      await clock.advance(749);
      expect(call.answered()).toBeUndefined();
      await clock.advance(1);
      expect(call.answered()).toMatchObject({ at: 750 });
    },
  );

  it('aborts the template and closes its session', async () => {
    let context: TemplateContext | undefined;
    const late: Template = {
      async onUserSpeak(_event, session, given) {
        context = given;
        await new Promise<void>((resolve) => clock.after(1000, resolve));
        session.state.late = true;
        return 'too late';
      },
    };
    const call = slow(late)();
    await clock.advance(800);
    expect(call.answered()).toMatchObject({ response: { statusCode: 204 } });
    expect(context?.signal.aborted).toBe(true);
    await clock.advance(1000);
    expect(await callIn(sessions)).toMatchObject({ state: {} });
  });

  it('is told of a template that takes half of it', async () => {
    const pausing: Template = {
      async onUserSpeak() {
        await new Promise<void>((resolve) => clock.after(500, resolve));
        return 'at last';
      },
    };
    const call = slow(pausing)();
    await clock.advance(500);
    expect(call.answered()).toMatchObject({ response: { body: said('at last') } });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'template_slow', event: 'user_speak', took_ms: 500 }),
    );
  });

  it('does not lose an answer to a slow save', async () => {
    const sluggish: CallStore = { ...sessions, save: () => NEVER };
    const template = defineTemplate({
      onUserSpeak: (_event, { state }) => (state.a = 'answer'),
      fallback: 'no',
    });
    const call = slow(template, { sessions: sluggish })();
    await clock.advance(800);
    expect(call.answered()).toMatchObject({ response: { body: said('answer') } });
  });

  it('leaves the template half the time when DynamoDB hangs', async () => {
    let aborted: AbortSignal | undefined;
    const hung: CallStore = {
      ...sessions,
      record: (_id, _fact, signal) => {
        aborted = signal;
        return NEVER;
      },
    };
    const call = slow(echo, { sessions: hung })();
    await clock.advance(400);
    expect(call.answered()).toMatchObject({ at: 400, response: { body: said('Grüße aus Köln') } });
    expect(aborted?.aborted).toBe(true);
  });

  it('holds for events that nobody may answer', async () => {
    const post = webhook({ onSessionEnd: () => NEVER });
    const pending = post(EVENTS.session_end);
    await clock.advance(800);
    expect(await pending).toEqual({ statusCode: 204 });
  });
});
