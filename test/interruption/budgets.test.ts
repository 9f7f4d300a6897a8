import { beforeEach, expect, it } from 'vitest';
import type { CallStore } from '../../functions/call/call-store.ts';
import { EVENTS } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

/**
 * Requests to DynamoDB while somebody is on the line; `heart.md` of the project's design says how
 * many there may be.
 */

const REPLY = 'Your parcel has shipped.';
const DURATION_MS = 1600;

let world = aWorld();
let requests: string[];
beforeEach(() => {
  world = aWorld();
  requests = [];
});

/** Each method of the store is one request, where nothing is too long for its call. */
const counting = (store: CallStore): CallStore =>
  new Proxy(store, {
    get:
      (target, name: keyof CallStore) =>
      (...given: never[]) => {
        requests.push(name);
        return (target[name] as (...given: never[]) => unknown)(...given);
      },
  });

async function line(options: LineOptions = {}) {
  const phone = phoneLine({ ...world, store: counting(world.sessions), ...options });
  await phone.hear(EVENTS.session_start);
  requests.length = 0;
  return phone;
}

type Line = Awaited<ReturnType<typeof line>>;

/** The end of the sentence that is cut, and a sentence from its first word to its last. */
async function plays({ hear }: Line) {
  const answers = [await hear(EVENTS.assistant_speech_ended)];
  await world.clock.advance(50);
  const began = { text: REPLY, duration_ms: DURATION_MS, speech_started_at: world.clock.now() };
  answers.push(await hear({ ...EVENTS.assistant_speak, ...began }));
  await world.clock.advance(DURATION_MS);
  answers.push(await hear(EVENTS.assistant_speech_ended));
  return answers.flat().map(({ type }) => type);
}

async function isSpeaking({ hear }: Line) {
  await hear({
    ...EVENTS.assistant_speak,
    text: 'A sentence.',
    duration_ms: 5000,
    speech_started_at: world.clock.now(),
  });
  await world.clock.advance(1000);
  requests.length = 0;
}

it('an interruption is pushed after two requests, and costs one more', async () => {
  let before: string[] = [];
  const phone = await line({
    answers: () => {
      before = [...requests];
      return { status: 'delivered' };
    },
  });
  await phone.interrupt();
  expect([before, requests]).toEqual([
    ['read', 'save'],
    ['read', 'save', 'save'],
  ]);
});

it('what is refused costs one request', async () => {
  const phone = await line();
  await phone.interrupt({ if_turn: 7 });
  await phone.interrupt({ session_id: 'unknown' });
  expect(requests).toEqual(['read', 'read']);
});

it('with a `then` it costs eight at most, from the trigger to what follows', async () => {
  const phone = await line();
  await isSpeaking(phone);
  await phone.interrupt({ then: [{ type: 'hangup' }] });
  expect(await plays(phone)).toEqual(['hangup']);
  expect(requests.length).toBeLessThanOrEqual(8);
});

it.each([
  ['has no way to be pushed', { push: false }, {}],
  ['waits for the end of the sentence', {}, { when: 'after_current' }],
  ['has no way, and is followed', { push: false }, { then: [{ type: 'hangup' }] }],
  ['waits, and is followed', {}, { when: 'after_current', then: [{ type: 'hangup' }] }],
] as const)('one that %s costs eight at most, to its own end', async (_what, options, request) => {
  const phone = await line(options);
  await isSpeaking(phone);
  await phone.interrupt(request);
  await world.clock.advance(4_000);
  const follows = 'then' in request ? ['hangup'] : [];
  expect(await plays(phone)).toEqual(['barge_in', 'speak', ...follows]);
  expect(requests.length).toBeLessThanOrEqual(8);
});
