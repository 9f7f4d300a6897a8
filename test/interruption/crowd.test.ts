import { expect, it } from 'vitest';
import { always } from '../../functions/assistant/template-choice.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const IDS = Array.from({ length: 200 }, (_, n) => `trigger-${n}`);

it('of 2,000 triggers at once over 200 ids in one call none is heard twice; each has its outcome, and the caller an answer', async () => {
  const said: string[] = [];
  const { assistant, interrupter } = memoryStack({
    templates: always({ onUserSpeak: ({ text }) => `You said ${text}.` }),
    sessions: atADistance(createMemoryStore(clock)),
    outcomes: recordingOutcomes(),
    jobs: noJobs,
    queue: noQueue,
    channel: {
      async send(_id, actions) {
        said.push(...actions.flatMap((action) => ('text' in action ? [action.text ?? ''] : [])));
        return { status: 'delivered' };
      },
    },
    websocket: undefined,
    clock,
    log: recordingLog(),
  });
  const hear = (event: object) =>
    assistant(event as never, { at: clock.now(), deadline: clock.now() + 20_000 });
  const interrupt = async (id: string) => {
    const request = { session_id: SESSION.id, id, say: id, max_age_seconds: 300 };
    return (await interrupter(parseInterruption(request, { id, at: clock.now() }, clock.now())))
      .outcomes;
  };
  await hear(EVENTS.session_start);
  const storm = Promise.all(
    Array.from({ length: 10 }, () => IDS).flatMap((ids) => ids.map(interrupt)),
  );
  expect(await hear(userSpeak('one'))).toMatchObject([{ text: 'You said one.' }]);

  const outcomes = (await storm).flat();
  expect(outcomes).toHaveLength(2000);
  expect(new Set(said).size).toBe(said.length);
  expect(outcomes.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(said.length);
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const { error } of failed)
    expect(error).toMatchObject({ code: 'contended', retryable: true });
  // Whoever tries again, as that says, is heard once.
  for (const id of IDS)
    expect(['delivered', 'skipped']).toContain((await interrupt(id))[0]?.outcome);
  expect(said.sort()).toEqual(IDS.toSorted());
}, 30_000);

/** Each request takes a moment, there and back. */
function atADistance(store: CallStore): CallStore {
  const moment = () => new Promise<void>((go) => setImmediate(go));
  return new Proxy(store, {
    get:
      (target, method: keyof CallStore) =>
      async (...args: never[]) => {
        await moment();
        const result = await (target[method] as (...args: never[]) => Promise<unknown>)(...args);
        await moment();
        return result;
      },
  });
}
