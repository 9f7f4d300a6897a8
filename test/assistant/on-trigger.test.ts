import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { InvalidInterruption, parseInterruption } from '../../functions/interruption/request.ts';
import { withContext } from '../../functions/kit/with-context.ts';
import { bargeIn, hangup } from '../../functions/protocol/builders.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const wording = (onTrigger: Template['onTrigger'], more: Partial<Template> = {}) =>
  defineTemplate({ fallback: 'Sorry.', ...(onTrigger && { onTrigger }), ...more });

async function call(template: Template, options: LineOptions = {}) {
  const line = phoneLine({ ...options, template, sessions, outcomes, clock, sent });
  await line.hear(EVENTS.session_start);
  const trigger = (request: object = {}) =>
    line.interrupt({ say: undefined, context: { status: 'shipped' }, ...request });
  return { ...line, trigger };
}
const texts = () =>
  sent.flatMap(({ actions }) => actions.map((one) => ('text' in one ? one.text : one.type)));

describe('an interruption with a context', () => {
  it('is worded by the template of the call, which sees its session', async () => {
    const words: Template['onTrigger'] = (
      { context, id, triggered_at },
      { turn, caller, state },
    ) => {
      state.told = true;
      return `${JSON.stringify(context)} ${id} ${triggered_at === clock.now()} ${turn} ${caller}`;
    };
    const template = wording(words, { onUserSpeak: () => 'Yes?' });
    const { trigger, hear } = await call(template);
    await hear(userSpeak('Hello'));
    expect(await trigger()).toEqual([{ session_id: SESSION.id, outcome: 'delivered' }]);
    expect(texts()).toEqual(['barge_in', '{"status":"shipped"} shipped true 1 4917639123456']);
    expect(await callIn(sessions)).toMatchObject({ state: { told: true } });
  });

  it('says it in the voice of the template', async () => {
    const voice = { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' } as const;
    const { trigger } = await call(wording(() => 'Unterwegs.', { voice }));
    await trigger();
    expect(sent[0]?.actions[1]).toMatchObject({ text: 'Unterwegs.', tts: voice });
  });

  it('says the first sentence now, and leaves what would cut it for later', async () => {
    const { trigger, hear } = await call(
      wording(() => [bargeIn(), 'We are closing.', 'Goodbye.', hangup()]),
    );
    await trigger();
    expect(texts()).toEqual(['barge_in', 'We are closing.']);
    await hear({ ...EVENTS.assistant_speak, text: 'We are closing.' });
    await clock.advance(900);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ text: 'Goodbye.' }]);
    await hear({ ...EVENTS.assistant_speak, text: 'Goodbye.' });
    await clock.advance(500);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ type: 'hangup' }]);
  });

  it.each([undefined, null, []])(
    'that is answered with %j is declined, and nothing is kept',
    async (nothing) => {
      const template = wording((_trigger, { state }) => {
        state.told = true;
        return nothing;
      });
      const { trigger } = await call(template);
      expect(await trigger()).toEqual([
        { session_id: SESSION.id, outcome: 'skipped', reason: 'declined' },
      ]);
      expect([texts(), (await callIn(sessions)).state]).toEqual([[], {}]);
    },
  );

  it('fails for good where the template words nothing, and for now where it throws or is late', async () => {
    const none = await call(wording(undefined));
    expect(await none.trigger()).toMatchObject([
      {
        outcome: 'failed',
        error: {
          code: 'no_wording',
          retryable: false,
          message: expect.stringContaining('onTrigger'),
        },
      },
    ]);
    const throwing = await call(wording(() => Promise.reject(new Error('down'))));
    expect(await throwing.trigger()).toMatchObject([
      { error: { code: 'wording_failed', retryable: true } },
    ]);
    const wrong = await call(wording(() => ({ type: 'speak' }) as never));
    expect(await wrong.trigger()).toMatchObject([
      { error: { code: 'wording_failed', retryable: false } },
    ]);
    const slow = await call(wording(() => new Promise(() => {})));
    const late = slow.trigger();
    await clock.advance(5_000);
    expect(await late).toMatchObject([{ error: { code: 'wording_failed', retryable: true } }]);
    expect(texts()).toEqual([]);
  });

  it('is refused where it does not parse, with the path; nothing is said, kept or logged of it', async () => {
    const parcel = z.object({ parcels: z.array(z.record(z.string(), z.number())) });
    const template = wording(
      withContext(parcel, ({ context }, { state }) => {
        state.told = true;
        return `${context.parcels.length} parcels are on their way.`;
      }),
    );
    const { trigger, log } = await call(template);
    const context = { parcels: [{ '+49 176 39123456': 'Jane Doe' }] };
    const refused = {
      outcome: 'failed',
      error: {
        code: 'invalid_context',
        message: 'context.parcels.0.+11 111 11111111: must be a number',
        retryable: false,
      },
    };
    expect(await trigger({ context })).toMatchObject([refused]);
    expect(outcomes.events).toMatchObject([refused]);
    expect([texts(), (await callIn(sessions)).state]).toEqual([[], {}]);
    expect(log.lines).toContainEqual(expect.objectContaining({ message: 'invalid_context' }));
    expect(JSON.stringify(log.lines)).not.toMatch(/39123456|Jane/);
    // Mended, it isn't taken for the same.
    expect(await trigger({ context: { parcels: [{ kg: 1 }] } })).toMatchObject([
      { outcome: 'delivered' },
    ]);
    expect(texts()).toEqual(['barge_in', '1 parcels are on their way.']);
  });

  it('is said once; the template is not asked for what is refused anyway', async () => {
    let asked = 0;
    const { trigger } = await call(wording(() => `Told ${++asked} times.`));
    await trigger();
    expect(await trigger()).toMatchObject([{ reason: 'duplicate' }]);
    expect(await trigger({ id: 'b', if_turn: 7 })).toMatchObject([{ reason: 'stale_turn' }]);
    expect(await trigger({ id: 'c', session_id: 'nobody' })).toMatchObject([
      { reason: 'unknown_session' },
    ]);
    expect([asked, texts()]).toEqual([1, ['barge_in', 'Told 1 times.']]);
  });

  it('keeps nothing of what a dry run words', async () => {
    const template = wording((_trigger, { state }) => {
      state.told = true;
      return 'On its way.';
    });
    const { trigger } = await call(template);
    expect(await trigger({ dry_run: true })).toMatchObject([{ outcome: 'delivered' }]);
    expect([texts(), (await callIn(sessions)).state]).toEqual([[], {}]);
  });

  it('waits as worded, when it must', async () => {
    const { trigger, hear } = await call(
      wording(() => 'On its way.'),
      { push: false },
    );
    expect(await trigger()).toMatchObject([{ outcome: 'deferred' }]);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([
      { type: 'barge_in' },
      { text: 'On its way.' },
    ]);
  });

  it('resumes what it cut, unless it ends the call', async () => {
    const long =
      'This is the first sentence of many. This is the second sentence of many. And here is the third.';
    const onSessionStart = () => long;
    const template = wording(
      ({ context }) => (context === 'end' ? ['Goodbye.', hangup()] : 'On its way.'),
      {
        onSessionStart,
      },
    );
    const { trigger, hear } = await call(template);
    await hear({
      ...EVENTS.assistant_speak,
      text: long,
      duration_ms: 6_000,
      speech_started_at: clock.now(),
    });
    await clock.advance(2_500);
    expect(await trigger({ resume: true })).toMatchObject([
      { outcome: 'delivered', resumed: true },
    ]);
    expect(await trigger({ id: 'b', resume: true, context: 'end' })).toMatchObject([
      { resumed: false },
    ]);
  });
});

describe('a request with a context', () => {
  const parse = (request: object) =>
    parseInterruption({ session_id: 'a', ...request }, { id: 'x', at: 0 }, 0);

  it.each([{ a: 1 }, 'text', 7, false, null, []])('may hold %j', (context) => {
    expect(parse({ context }).context).toEqual(context);
  });

  it.each([
    [{ context: 'x', say: 'y' }, 'context lets the template word it'],
    [{ context: 'x', then: [{ type: 'hangup' }] }, 'context lets the template word it'],
    [{ context: 'x', cancel: 'y' }, 'cancel only drops what waits'],
    [
      { context: 'x'.repeat(4095) },
      'context must be at most 4096 bytes of JSON; got 4097: send a key',
    ],
  ])('is refused as %j', (request, message) => {
    expect(() => parse(request)).toThrow(InvalidInterruption);
    expect(() => parse(request)).toThrow(message);
  });
});
