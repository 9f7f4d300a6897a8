import { beforeEach, describe, expect, it } from 'vitest';
import type { CallStore } from '../../functions/call/call-store.ts';
import { MAX_WAITING } from '../../functions/call/document.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { lookingUp, lookUps, texts } from '../support/look-ups.ts';

let { clock, sessions, sent, asked, pushed } = lookUps();
beforeEach(() => {
  ({ clock, sessions, sent, asked, pushed } = lookUps());
});

const waited = () => EVENTS.user_input_timeout;

describe('an answer in parts', () => {
  /** Yields one sentence after the other, each when the test says so. */
  function inParts() {
    const gates = ['One.', 'Two.', 'Three.'].map((text) => ({
      text,
      ...Promise.withResolvers<void>(),
    }));
    let opened = 0;
    const template = lookingUp(async function* () {
      for (const { text, promise } of gates) {
        await promise;
        yield text;
      }
    });
    const next = async () => {
      gates[opened++]?.resolve();
      await clock.advance(1);
    };
    return { template, next };
  }
  const speaks = (text: string) => ({ ...EVENTS.assistant_speak, text, duration_ms: 1_500 });

  it('is said part by part, each after the one before, however they come', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template);
    await ends();
    const working = work(started[0]);
    await next();
    expect(pushed()).toEqual([['One.']]);
    await hear(speaks('One.'));
    await next();
    await next();
    await working;
    expect(pushed()).toHaveLength(1);
    expect(texts(await ends())).toEqual(['Two.']);
    await clock.advance(10);
    await hear(speaks('Two.'));
    expect(texts(await ends())).toEqual(['Three.']);
  });

  it('stays in order though the second waits, is taken by an event, and the third comes just then', async () => {
    const { template, next } = inParts();
    let isTaken = false;
    const store: CallStore = {
      ...sessions,
      async save(stored, call, signal) {
        const saved = await sessions.save(stored, call, signal);
        // The hold is over, and what goes out now is not yet known to be said.
        if (call.queue.some(({ from, sent }) => from === 'job' && sent) && !isTaken) {
          isTaken = true;
          await next();
        }
        return saved;
      },
    };
    const { hear, ends, started, work } = await asked(template, { store });
    await hear(speaks('One moment.'));
    const working = work(started[0]);
    await next();
    await next();
    const first = await ends();
    await working;
    await hear(speaks('One.'));
    const second = await ends();
    await hear(speaks('Two.'));
    expect([first, second, await ends()].map(texts)).toEqual(
      ['One.', 'Two.', 'Three.'].map((text) => [text]),
    );
    expect(sent).toEqual([]);
  });

  it('goes on without a way to push, though a part comes when nothing is being said any more', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template, { push: false });
    const working = work(started[0]);
    await next();
    expect(texts(await ends())).toEqual(['One.']);
    await hear(speaks('One.'));
    expect(await ends()).toEqual([]);
    expect(texts(await hear(waited()))).toEqual(['Still looking.']);
    await next();
    expect(texts(await ends())).toEqual(['Two.']);
    await hear(speaks('Two.'));
    await ends();
    await next();
    await working;
    expect(texts(await hear(waited()))).toEqual(['Three.']);
  });

  it('ends with a newer question', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template);
    await ends();
    const working = work(started[0]);
    await next();
    await hear(speaks('One.'));
    await hear(userSpeak('Stop'));
    await next();
    await working;
    expect(pushed()).toEqual([['One.']]);
  });

  it('is apologised for when it breaks off, and not begun again', async () => {
    let tries = 0;
    const { hear, ends, started, work } = await asked(
      lookingUp(async function* () {
        tries++;
        yield 'One.';
        throw new Error('the model is gone');
      }),
    );
    await ends();
    await expect(work(started[0])).rejects.toThrow();
    expect(tries).toBe(1);
    expect(pushed()).toEqual([['One.']]);
    await hear(speaks('One.'));
    expect(texts(await ends())).toEqual(['I could not find out.']);
  });

  it('is heard whole, each sentence once, though it has more of them than may wait', async () => {
    const sentences = Array.from({ length: MAX_WAITING + 4 }, (_, n) => `Sentence ${n + 1}.`);
    const { hear, ends, started, work } = await asked(
      lookingUp(async function* () {
        yield* sentences;
      }),
    );
    const working = work(started[0]);
    // So long that the last of them have been refused more than once.
    await clock.advance(2_000);
    const heard: string[] = [];
    for (let said = await ends(); said.length > 0; said = await ends()) {
      for (const text of texts(said) as string[]) {
        heard.push(text);
        await hear(speaks(text));
      }
    }
    await working;
    expect(heard).toEqual(sentences);
  });

  it('goes on after a sentence of which nobody knows whether it was heard', async () => {
    const { ends, doIt } = await asked(
      lookingUp(async function* () {
        yield 'One.';
        yield 'Two.';
      }),
      { answers: [{ status: 'in_doubt', message: 'the connection broke' }] },
    );
    await ends();
    await doIt();
    expect(pushed()).toEqual([['One.'], ['Two.']]);
  });

  it('takes a label off again that one of its own parts has put on', async () => {
    const { ends, doIt } = await asked(
      lookingUp(async function* (_job: unknown, { labels }: { labels: Set<string> }) {
        labels.add('searching');
        yield 'One.';
        labels.delete('searching');
        yield 'Two.';
      } as never),
    );
    await ends();
    await doIt();
    expect(await callIn(sessions)).toMatchObject({ labels: [] });
  });
});
