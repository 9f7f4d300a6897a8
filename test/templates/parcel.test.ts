import { beforeEach, describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { parcel } from '../../functions/templates/parcel.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

let sessions: ReturnType<typeof createMemoryStore>;
let send: (event: unknown) => Promise<readonly { type: string; text?: string | undefined }[]>;
const say = (text: string) => send(userSpeak(text));

beforeEach(() => {
  const clock = manualClock();
  sessions = createMemoryStore(clock);
  const parts = { sessions, outcomes: recordingOutcomes(), clock, log: recordingLog() };
  const assistant = createAssistant({
    templates: always(parcel(async (order) => `Order ${order} has left.`)),
    jobs: noJobs,
    ...parts,
  });
  send = async (event) => (await assistant(event as never, { at: clock.now(), deadline: clock.now() + 800 })) as never;
});

describe('parcel', () => {
  it('protects what the law wants to be heard, and nothing else', async () => {
    expect(await send(EVENTS.session_start)).toMatchObject([
      { text: expect.stringContaining('recorded'), barge_in: { strategy: 'none' } },
      { text: expect.stringContaining('order number?') },
    ]);
  });

  it.each(['It is order 4711', 'four seven, I mean 4 7 1 1', '47-11'])(
    'understands %j, looks it up, and is found by it',
    async (text) => {
      await send(EVENTS.session_start);
      expect(await say(text)).toMatchObject([{ text: expect.stringMatching(/^Order 4711 has left/) }]);
      expect(await sessions.find({ label: 'order:4711' })).toEqual([SESSION.id]);
    },
  );

  it('remembers the order until there is another', async () => {
    expect(await say('Where is it?')).toMatchObject([{ text: expect.stringContaining('at least four digits') }]);
    await say('4711');
    expect(await say('And now?')).toMatchObject([{ text: expect.stringMatching(/^Order 4711/) }]);
    await say('Sorry, 4712');
    expect([await sessions.find({ label: 'order:4711' }), await sessions.find({ label: 'order:4712' })]).toEqual([
      [],
      [SESSION.id],
    ]);
  });

  it('hands over to a person, and is back when nobody answers', async () => {
    await send(EVENTS.session_start);
    expect(await say('I want to talk to a human')).toMatchObject([{ type: 'transfer', timeout: 20 }]);
    expect(await send(EVENTS.session_start)).toMatchObject([{ text: expect.stringContaining('on the phone') }]);
  });

  it('hangs up after the goodbye', async () => {
    await say('Goodbye');
    expect(await send(EVENTS.assistant_speech_ended)).toMatchObject([{ type: 'hangup' }]);
  });
});
