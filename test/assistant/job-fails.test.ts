import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later } from '../../functions/assistant/template.ts';
import { MAX_WAITING } from '../../functions/call/document.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { audio } from '../../functions/protocol/builders.ts';
import { AssetUnavailable } from '../../functions/runtime/assets.ts';
import { pause } from '../../functions/runtime/clock.ts';
import { memoryAssets } from '../support/assets.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { lookingUp, lookUps, texts } from '../support/look-ups.ts';

let { clock, sessions, asked, pushed } = lookUps();
beforeEach(() => {
  ({ clock, sessions, asked, pushed } = lookUps());
});

describe('a job that fails', () => {
  it('is tried three times, then apologised for, and its invocation fails', async () => {
    let tries = 0;
    const { ends, doIt } = await asked(
      lookingUp(() => {
        tries++;
        throw new Error('the shop is down');
      }),
    );
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(tries).toBe(3);
    expect(pushed()).toEqual([['I could not find out.']]);
  });

  it('is said when it works the second time', async () => {
    let tries = 0;
    const { ends, doIt } = await asked(
      lookingUp(() => {
        if (tries++ === 0) throw new Error('the shop is down');
        return 'It has left.';
      }),
    );
    await ends();
    await doIt();
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('is not tried again once the caller has asked something else', async () => {
    let tries = 0;
    const { hear, started, work } = await asked(
      lookingUp(() => {
        tries++;
        throw new Error('the shop is down');
      }),
    );
    const working = work(started[0]);
    await clock.advance(100);
    await hear(userSpeak('Never mind'));
    await clock.advance(10_000);
    await working;
    expect([tries, pushed()]).toEqual([1, []]);
  });

  it('is given up after 50 seconds', async () => {
    let aborted = false;
    const { ends, started, work } = await asked(
      lookingUp((_job, _session, { signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise<string>(() => {});
      }),
    );
    await ends();
    const working = work(started[0]);
    working.catch(() => {});
    await clock.advance(50_000);
    await expect(working).rejects.toThrow('came to nothing');
    expect([aborted, pushed()]).toEqual([true, [['I could not find out.']]]);
  });

  it('says no more than its apology where a sentence has waited for its place until then', async () => {
    const sentences = Array.from({ length: MAX_WAITING + 1 }, (_, n) => `Sentence ${n + 1}.`);
    const { hear, ends, started, work } = await asked(
      lookingUp(async function* () {
        // It would look for a place before the apology does.
        await pause(clock, 200);
        yield* sentences;
      }),
    );
    await hear({ ...EVENTS.assistant_speak, text: 'One moment.', duration_ms: 60_000 });
    const working = work(started[0]);
    working.catch(() => {});
    await clock.advance(50_000);
    const heard: string[] = [];
    for (let said = await ends(); said.length > 0; said = await ends()) {
      for (const text of texts(said) as string[]) {
        heard.push(text);
        await hear({ ...EVENTS.assistant_speak, text, duration_ms: 1_000 });
      }
    }
    await expect(working).rejects.toThrow('came to nothing');
    expect(heard).toEqual([...sentences.slice(0, MAX_WAITING), 'I could not find out.']);
  });

  it('is no failure where its last sentence is just being told after 50 seconds', async () => {
    const told = Promise.withResolvers<Delivery>();
    const { ends, started, work } = await asked(
      lookingUp(async function* () {
        await pause(clock, 49_900);
        yield 'It has left.';
      }),
      { answers: [told.promise] },
    );
    await ends();
    let isDone = false;
    const working = work(started[0]).then(() => {
      isDone = true;
    });
    await clock.advance(51_000);
    // Lambda would freeze it while it is telling.
    expect(isDone).toBe(false);
    told.resolve({ status: 'delivered' });
    await clock.advance(1_000);
    await working;
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('is apologised for, too, when it wants to keep more than there is room for', async () => {
    const { ends, doIt } = await asked(
      lookingUp((_job, { state }: { state: { found?: string } }) => {
        state.found = 'x'.repeat(300);
        return 'It has left.';
      }),
    );
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(pushed()).toEqual([['I could not find out.']]);
    expect(await callIn(sessions)).toMatchObject({ state: { asked: 1 } });
  });

  it('says the fallback where the template has no apology', async () => {
    const template = lookingUp(() => Promise.reject(new Error('down')), {
      apology: undefined,
    } as never);
    const { ends, doIt } = await asked(template);
    await ends();
    await expect(doIt()).rejects.toThrow();
    expect(pushed()).toEqual([['Once more, please.']]);
  });

  it('says the fallback where the clip of its apology cannot be had', async () => {
    const template = lookingUp(() => Promise.reject(new Error('down')), {
      assets: ['sorry'],
      apology: audio({ asset: 'sorry' }),
    });
    const assets = memoryAssets({ sorry: new AssetUnavailable('sorry.wav: S3 answered 503') });
    const { ends, doIt, log } = await asked(template, { assets });
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(pushed()).toEqual([['Once more, please.']]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'job_failed', error: expect.any(AssetUnavailable) }),
    );
  });

  it('is apologised for where the template, deployed anew, does no jobs any more', async () => {
    const template = { ...lookingUp(() => 'It has left.') };
    const { ends, doIt, log } = await asked(template);
    await ends();
    delete template.onJob;
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(pushed()).toEqual([['I could not find out.']]);
    expect(String(log.lines.find(({ message }) => message === 'job_failed')?.error)).toContain(
      'was it deployed anew?',
    );
  });

  it('is tried three times, too, where its call cannot be read', async () => {
    let tries = 0;
    const read = () => {
      tries++;
      return Promise.reject(new Error('away'));
    };
    const store = { ...sessions };
    const { ends, doIt } = await asked(
      lookingUp(() => 'x'),
      { store },
    );
    await ends();
    store.read = read;
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(tries).toBe(3);
  });

  it('says the fallback at once when nobody takes it', async () => {
    const template = defineTemplate({
      fallback: 'Once more, please.',
      onUserSpeak: () => later({ hold: 'One moment.', job: 1 }),
    });
    const { hold, log } = await asked(template);
    expect(texts(hold)).toEqual(['Once more, please.']);
    expect(String(log.lines.find(({ message }) => message === 'answer_failed')?.error)).toContain(
      'needs onJob',
    );
  });

  it.each([
    ['none', undefined],
    ['too big', 'x'.repeat(65 * 1024)],
  ])('refuses a job that is %s', async (_, job) => {
    const template = lookingUp(() => 'x', { onUserSpeak: () => later({ job: job as never }) });
    expect(texts((await asked(template)).hold)).toEqual(['Once more, please.']);
  });
});

describe('a result that may have been said', () => {
  /** AI Flow's answer to its push got lost. */
  const doubtful = async () => {
    const answers = [{ status: 'in_doubt', message: 'the connection broke' } as const];
    const line = await asked(
      lookingUp(() => 'It has left.'),
      { answers },
    );
    await line.ends();
    return line;
  };
  const doubted = async () => {
    const line = await doubtful();
    await line.doIt();
    return line;
  };

  it('is neither said again nor apologised for', async () => {
    await doubted();
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('is apologised for, once, when the silence behind the hold shows that it was not', async () => {
    const { hear } = await doubted();
    await clock.advance(5_000);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual(['I could not find out.']);
    await clock.advance(8_000);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
  });

  it('is not, where that silence had begun before it could be taken', async () => {
    const { hear, work, started } = await doubtful();
    const working = work(started[0]);
    await clock.advance(999);
    expect(pushed()).toHaveLength(1);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
    await clock.advance(10_000);
    await working;
  });

  it('is not, once it has begun', async () => {
    const { hear } = await doubted();
    await hear({ ...EVENTS.assistant_speak, text: 'It has left.' });
    await clock.advance(5_000);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
  });
});
