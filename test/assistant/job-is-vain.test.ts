import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type HandlerResult, later } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { JobVain, watchJob } from '../../functions/jobs/job-watch.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const inMs = (ms: number) => new Promise<void>((go) => clock.after(ms, go));
const pushed = () =>
  sent.map(({ actions }) =>
    actions.map((action) => ('text' in action ? action.text : action.type)),
  );

/**
 * A call whose job is being worked on: it comes to `result` after `ms`, whatever its signal says.
 */
async function working(ms: number, result: HandlerResult, options: LineOptions = {}) {
  let signal: AbortSignal | undefined;
  const template = defineTemplate({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    apology: 'I could not find out.',
    onUserSpeak({ text }) {
      if (text === 'Mhm') return undefined;
      return text === 'Thanks' ? 'Any time.' : later({ hold: 'One moment.', job: text });
    },
    onDtmfReceived: () => 'You pressed it.',
    async onJob(_job, _session, context) {
      ({ signal } = context);
      await inMs(ms);
      return result;
    },
  });
  const line = phoneLine({ template, sessions, outcomes, clock, sent, ...options });
  await line.hear(EVENTS.session_start);
  await line.hear(userSpeak('Cancel my order'));
  const [job] = line.started;
  const work = line.work(job).then(
    () => 'done',
    (error: Error) => error.name,
  );
  await clock.advance(1_000);
  await line.hear(EVENTS.assistant_speech_ended);
  return { ...line, job, work, signal: () => signal as AbortSignal };
}

describe('the signal of a job', () => {
  it.each<[string, (line: Awaited<ReturnType<typeof working>>) => Promise<unknown>]>([
    ['newer_turn', ({ hear }) => hear(userSpeak('No, wait, keep it'))],
    ['session_ended', ({ hear }) => hear(EVENTS.session_end)],
    [
      'cancelled',
      ({ interrupt, job }) => interrupt({ cancel: job?.id, say: undefined, id: undefined }),
    ],
  ])('is aborted soon when nobody waits any more: %s', async (reason, happens) => {
    const line = await working(20_000, 'Done.');
    expect(line.signal().aborted).toBe(false);
    await happens(line);
    await clock.advance(2_500);
    expect(line.signal().reason).toBeInstanceOf(JobVain);
    expect(line.signal().reason).toMatchObject({ reason });
    expect(await line.work).toBe('done');
    expect(line.log.lines).toContainEqual(
      expect.objectContaining({ level: 'info', message: 'job_outdated', reason }),
    );
    await clock.advance(60_000);
    expect(pushed()).toEqual([]);
    expect(line.log.lines.filter(({ message }) => message === 'job_failed')).toEqual([]);
  });

  it('is aborted by `cancel`, too, once a part of it has been said', async () => {
    const parts = async function* () {
      yield 'One.';
      await inMs(20_000);
    };
    const line = await working(0, parts() as never);
    await line.interrupt({ cancel: line.job?.id, say: undefined, id: undefined });
    await clock.advance(2_500);
    expect(line.signal().reason).toMatchObject({ reason: 'cancelled' });
  });

  it.each<[string, (line: Awaited<ReturnType<typeof working>>) => Promise<unknown>]>([
    ['words that are answered with nothing', ({ hear }) => hear(userSpeak('Mhm'))],
    ['a key', ({ hear }) => hear(EVENTS.dtmf_received)],
    ['an interruption', ({ interrupt }) => interrupt({ say: 'We close soon.' })],
  ])('is not aborted by %s', async (_, happens) => {
    const line = await working(10_000, 'Done.');
    await happens(line);
    await clock.advance(8_000);
    expect(line.signal().aborted).toBe(false);
    await clock.advance(10_000);
    expect(await line.work).toBe('done');
    expect(pushed()).toContainEqual(['Done.']);
  });

  it('is not aborted while the last of it is pushed, however long that takes', async () => {
    const slowly = async () => {
      await inMs(2_500);
      return { status: 'delivered' as const };
    };
    const line = await working(1_500, 'Done.', { answers: slowly });
    await clock.advance(4_000);
    expect(await line.work).toBe('done');
    expect(line.signal().aborted).toBe(false);
    expect(line.log.lines.map(({ message }) => message)).toContain('job_done');
  });

  it('is aborted by nothing but its time where the call cannot be read', async () => {
    let isAway = false;
    const read: CallStore['read'] = (id) =>
      isAway ? Promise.reject(new Error('away')) : sessions.read(id);
    const line = await working(10_000, 'Done.', { store: { ...sessions, read } });
    isAway = true;
    await clock.advance(5_000);
    expect(line.signal().aborted).toBe(false);
    isAway = false;
    await clock.advance(6_000);
    expect(pushed()).toEqual([['Done.']]);
  });
});

describe('a job that is done', () => {
  it('is looked at no more', async () => {
    let looks = 0;
    const read: CallStore['read'] = (id) => {
      looks++;
      return sessions.read(id);
    };
    const line = await working(900, undefined, { store: { ...sessions, read } });
    expect(await line.work).toBe('done');
    const before = looks;
    await clock.advance(60_000);
    expect(looks).toBe(before);
  });

  it('is looked at no more either where a look is just on its way', async () => {
    const gate = Promise.withResolvers<undefined>();
    const job = { id: 'job-1', session_id: 'unknown', turn: 1, input: null };
    const parts = { sessions: { ...sessions, read: () => gate.promise }, clock };
    const watch = watchJob({ ...parts, log: recordingLog() }, job, () => false);
    await clock.advance(1_000);
    watch.stop();
    gate.resolve(undefined);
    await clock.advance(60_000);
    expect(watch.signal.aborted).toBe(false);
  });

  it('is no dead letter where it fails when nobody waits for it any more', async () => {
    const gate = Promise.withResolvers<void>();
    const failing = (async function* () {
      yield 'One.';
      await gate.promise;
      throw new Error('the shop is down');
    })();
    const line = await working(0, failing as never);
    await line.hear(userSpeak('No, wait, keep it'));
    gate.resolve();
    expect(await line.work).toBe('done');
  });
});

describe('at the end of its 50 seconds a job is heard or apologised for, never both', () => {
  const slowly = async () => {
    await inMs(300);
    return { status: 'delivered' as const };
  };
  const writingSlowly = (): CallStore => ({
    ...sessions,
    async save(...written) {
      if (written[1].queue.some(({ from, sent: left }) => from === 'job' && left)) await inMs(300);
      return sessions.save(...written);
    },
  });

  it.each<[string, number, () => LineOptions, string]>([
    ['comes after 49.9 s', 49_900, () => ({}), 'Done.'],
    ['comes after 49.9 s, and its push takes 300 ms', 49_900, () => ({ answers: slowly }), 'Done.'],
    ['comes after 50.3 s', 50_300, () => ({}), 'I could not find out.'],
  ])('one that %s', async (_, ms, options, heard) => {
    const line = await working(ms, 'Done.', options());
    await clock.advance(60_000);
    await line.work;
    expect(pushed()).toEqual([[heard]]);
  });

  it('one that comes after 49.9 s, and is written slowly', async () => {
    const line = await working(49_900, 'Done.', { store: writingSlowly() });
    await clock.advance(60_000);
    await line.work;
    expect(pushed()).toHaveLength(1);
  });

  it('one that was heard is no dead letter', async () => {
    const line = await working(49_900, 'Done.', { answers: slowly });
    await clock.advance(60_000);
    expect(await line.work).toBe('done');
  });

  it('one that came to nothing is one', async () => {
    const line = await working(50_300, 'Done.');
    await clock.advance(60_000);
    expect(await line.work).toBe('JobFailed');
  });
});
