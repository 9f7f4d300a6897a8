import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { phoneLine, type Sent } from '../support/phone-line.ts';

const { id: session_id } = SESSION;
const CONNECTION = 'L0SM9cOFvHcCIhw=';
const GONE: Delivery = { status: 'gone' };
const REFUSED: Delivery = { status: 'refused', code: 'refused', message: 'no', retryable: true };
const OPERATOR = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};

let clock: ManualClock;
let sessions: CallStore;
let outcomes: ReturnType<typeof recordingOutcomes>;
let sent: Sent[];
let framed: Sent[];

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  outcomes = recordingOutcomes();
  [sent, framed] = [[], []];
});

interface Line {
  template?: Template;
  /** Whether there is an external API, too. */
  push?: boolean;
  /** What the WebSocket says to each push. */
  socket?: Delivery[];
  connection?: string;
  /** Its events come over HTTP instead. */
  http?: boolean;
}

/** A call whose events come over a WebSocket. */
function line({
  template,
  push = false,
  socket = [],
  connection = CONNECTION,
  http = false,
}: Line = {}) {
  const websocket = { answers: socket, sent: framed };
  const over = http ? {} : { connection };
  return phoneLine({
    ...(template && { template }),
    ...over,
    push,
    websocket,
    sessions,
    outcomes,
    clock,
    sent,
  });
}

const types = (actions: readonly { type: string }[]) => actions.map(({ type }) => type);

describe('a call over a WebSocket', () => {
  it('is interrupted over it, at once and in one frame', async () => {
    const { hear, interrupt } = line({ push: true });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'delivered' }]);
    expect(framed).toEqual([
      {
        session_id: CONNECTION,
        actions: [
          { type: 'barge_in', session_id },
          { type: 'speak', text: 'Your parcel has shipped.', session_id },
        ],
      },
    ]);
    expect(sent).toEqual([]);
  });

  it('needs no external API', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    expect(await interrupt({ dry_run: true })).toEqual([{ session_id, outcome: 'delivered' }]);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'delivered' }]);
  });

  it('goes on when the WebSocket is gone: the external API is the other way', async () => {
    const { hear, interrupt } = line({ push: true, socket: [GONE] });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'delivered' }]);
    expect([framed.length, sent.length]).toEqual([1, 1]);
    expect(sent[0]).toMatchObject({ session_id });
    await interrupt({ id: 'next' });
    expect([framed.length, sent.length]).toEqual([1, 2]);
  });

  it('is told nothing by another way when it is not sure that nothing left', async () => {
    const { hear, interrupt } = line({
      push: true,
      socket: [{ status: 'in_doubt', message: 'perhaps' }],
    });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toMatchObject([{ outcome: 'failed', error: { code: 'in_doubt' } }]);
    expect(sent).toEqual([]);
  });

  it('hears it at the next event when there is no other way, and once', async () => {
    const { hear, interrupt } = line({ template: { onUserSpeak: () => 'Yes?' }, socket: [GONE] });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'deferred' }]);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'skipped', reason: 'duplicate' }]);
    const actions = await hear(userSpeak('Hello?'));
    expect(actions).toMatchObject([
      { type: 'barge_in' },
      { type: 'speak', text: 'Your parcel has shipped.' },
    ]);
  });

  it('hears it at the end of the current sentence, although a push was under way', async () => {
    const { hear, interrupt } = line({ socket: [GONE] });
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.assistant_speak, duration_ms: 2000 });
    await clock.advance(100);
    await interrupt({ say: { text: 'Your parcel has shipped.', barge_in: { strategy: 'none' } } });
    await clock.advance(100);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
  });

  it('that is handed over waits for it as well', async () => {
    const { hear, interrupt } = line({ socket: [GONE] });
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, then: [{ type: 'transfer', ...OPERATOR }] });
    expect(await interrupt({ id: 'next', dry_run: true })).toMatchObject([{ outcome: 'deferred' }]);
    expect(types(await hear(userSpeak('Hello?')))).toEqual(['barge_in', 'transfer']);
  });

  it('is not told too late by the other way', async () => {
    const slow = new Promise<Delivery>((gone) => clock.after(40_000, () => gone(GONE)));
    const { hear, interrupt } = line({ push: true, socket: [slow as never] });
    await hear(EVENTS.session_start);
    const interrupting = interrupt();
    await clock.advance(40_000);
    expect(await interrupting).toEqual([{ session_id, outcome: 'skipped', reason: 'expired' }]);
    expect(sent).toEqual([]);
  });

  it('hears it over the next WebSocket', async () => {
    const { hear, interrupt } = line({ socket: [GONE] });
    await hear(EVENTS.session_start);
    await interrupt({ id: 'one' });
    const again = line({ connection: 'newer=' });
    await again.hear(userSpeak('Hello?'));
    await again.interrupt({ id: 'two' });
    expect(framed.map((one) => one.session_id)).toEqual([CONNECTION, 'newer=']);
  });
});

describe('a call over HTTP beside it', () => {
  it('hears it at the next event', async () => {
    const { hear, interrupt } = line({ http: true });
    await hear(EVENTS.session_start);
    expect(await interrupt({ dry_run: true })).toEqual([{ session_id, outcome: 'deferred' }]);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'deferred' }]);
    expect(framed).toEqual([]);
    expect(types(await hear(userSpeak('Hello?')))).toEqual(['barge_in', 'speak']);
  });

  it('hears it at once over the external API', async () => {
    const { hear, interrupt } = line({ http: true, push: true });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'delivered' }]);
    expect([framed.length, sent.length]).toEqual([0, 1]);
  });
});

describe('what was refused', () => {
  it('can be tried again: neither its own guard nor its own transfer is in the way', async () => {
    const { hear, interrupt } = line({ socket: [REFUSED, REFUSED] });
    await hear(EVENTS.session_start);
    const protectedSay = { say: { text: 'Legal notice.', barge_in: { strategy: 'none' } } };
    expect(await interrupt(protectedSay)).toMatchObject([
      { outcome: 'failed', error: { retryable: true } },
    ]);
    const transfer = { id: 'transfer', say: undefined, then: [{ type: 'transfer', ...OPERATOR }] };
    expect(await interrupt(transfer)).toMatchObject([
      { outcome: 'failed', error: { retryable: true } },
    ]);
    expect(await interrupt(transfer)).toEqual([{ session_id, outcome: 'delivered' }]);
  });
});

describe('not_while_caller_speaks', () => {
  const polite = { not_while_caller_speaks: true };

  it('is said at once while nobody speaks', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    expect(await interrupt(polite)).toEqual([{ session_id, outcome: 'delivered' }]);
  });

  it('waits while the caller speaks, and leads the answer to what was said', async () => {
    const { hear, interrupt } = line({ template: { onUserSpeak: ({ text }) => text } });
    await hear(EVENTS.session_start);
    await hear(EVENTS.user_speech_started);
    expect(await interrupt({ ...polite, dry_run: true })).toEqual([
      { session_id, outcome: 'deferred' },
    ]);
    expect(await interrupt(polite)).toEqual([{ session_id, outcome: 'deferred' }]);
    expect(await hear(EVENTS.dtmf_received)).toEqual([]);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(700);
    expect(await hear(userSpeak('Hello'))).toMatchObject([
      { type: 'barge_in' },
      { text: 'Your parcel has shipped.' },
    ]);
    expect(framed).toEqual([]);
  });

  it('does not wait for ever: after 15 seconds it was a noise', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await hear(EVENTS.user_speech_started);
    await interrupt(polite);
    await clock.advance(15_000);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    await hear(EVENTS.user_speech_started);
    await clock.advance(15_000);
    expect(await interrupt({ ...polite, id: 'two' })).toEqual([
      { session_id, outcome: 'delivered' },
    ]);
  });

  it('is said at the next event when the WebSocket is gone meanwhile', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await hear(EVENTS.user_speech_started);
    await interrupt(polite);
    const gone = line({ socket: [GONE] });
    await gone.interrupt({ id: 'another' });
    const { hear: byHttp } = line({ http: true });
    expect(types(await byHttp(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
  });

  it.each([
    ['without a WebSocket', { http: true, push: true }],
    ['without any way to push', { http: true }],
  ])('is refused for a call %s', async (_what, over) => {
    const { hear, interrupt } = line(over);
    await hear(EVENTS.session_start);
    const refused = [
      { session_id, outcome: 'failed', error: { code: 'websocket_only', retryable: false } },
    ];
    expect(await interrupt({ ...polite, dry_run: true })).toMatchObject(refused);
    expect(await interrupt(polite)).toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it('is refused where no WebSocket API is deployed', async () => {
    const { hear, interrupt } = phoneLine({ push: true, sessions, outcomes, clock, sent });
    await hear(EVENTS.session_start);
    expect(await interrupt(polite)).toMatchObject([
      { outcome: 'failed', error: { code: 'websocket_only' } },
    ]);
  });
});
