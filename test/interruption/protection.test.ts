import { beforeEach, describe, expect, it } from 'vitest';
import { speak } from '../../functions/protocol/builders.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import {
  answering,
  interruptedCalls,
  LEGAL,
  PROTECTED,
  SHIPPED,
} from '../support/interrupted-calls.ts';

const NEWS = { text: SHIPPED };

let { clock, echoing: line } = interruptedCalls();
beforeEach(() => {
  ({ clock, echoing: line } = interruptedCalls());
});

describe('protected speech', () => {
  it('lasts from the answer to its end, and no longer', async () => {
    const { interrupt, says, begins, ends } = await line(
      answering([speak(LEGAL, PROTECTED), 'And now?']),
    );
    await says('hi');
    expect(await interrupt()).toBe('protected');
    await begins(LEGAL);
    expect([await interrupt(), await interrupt({ urgent: true })]).toEqual([
      'protected',
      'protected',
    ]);
    await ends(3000);
    await begins('And now?');
    expect(await interrupt()).toBe('delivered');
  });

  it('does not protect the answer after it', async () => {
    const { interrupt, says, begins, ends } = await line({
      template: {
        onUserSpeak: (_event, { turn }) => (turn === 1 ? speak(LEGAL, PROTECTED) : 'Fine.'),
      },
    });
    await says('hi');
    await begins(LEGAL);
    await ends(3000);
    await says('well');
    await begins('Fine.');
    expect(await interrupt()).toBe('delivered');
  });

  it('begins before it when it is not the first in its answer, and ends with the last', async () => {
    const { interrupt, says, begins, ends } = await line(
      answering([speak(LEGAL, PROTECTED), 'Listen:', speak(LEGAL, PROTECTED), 'Any questions?']),
    );
    await says('hi');
    for (const text of [LEGAL, 'Listen:', LEGAL]) {
      await begins(text);
      expect(await interrupt()).toBe('protected');
      await ends(3000);
    }
    await begins('Any questions?');
    expect(await interrupt()).toBe('delivered');
  });

  it('is kept for what waits behind another sentence', async () => {
    const { interrupt, says, begins, ends } = await line(answering(speak(LEGAL, PROTECTED)));
    await begins('A sentence that is being said when the caller speaks.', 3000);
    await says('well');
    await ends(2900);
    await begins(LEGAL);
    expect(await interrupt()).toBe('protected');
    await ends(3000);
    expect(await interrupt()).toBe('delivered');
  });

  it('ends by time when its end gets lost', async () => {
    const { interrupt, says, begins } = await line(answering(speak(LEGAL, PROTECTED)));
    await says('hi');
    await begins(LEGAL);
    await clock.advance(15_000);
    expect(await interrupt()).toBe('delivered');
  });

  it('is cut by force', async () => {
    const { interrupt, says, begins } = await line(answering(speak(LEGAL, PROTECTED)));
    await says('hi');
    await begins(LEGAL);
    expect(await interrupt({ force: true })).toBe('delivered');
    expect(await interrupt({ say: 'And more.' })).toBe('delivered');
  });

  it('may be an interruption', async () => {
    const { interrupt, begins, ends } = await line();
    expect(await interrupt({ say: { text: LEGAL, ...PROTECTED } })).toBe('delivered');
    expect(await interrupt()).toBe('protected');
    await begins(LEGAL);
    await ends(3000);
    expect(await interrupt()).toBe('delivered');
  });

  it('is not cut by one that waited', async () => {
    const { interrupt, says, begins, ends, hear } = await line({
      ...answering(speak(LEGAL, PROTECTED)),
      push: false,
    });
    await says('hi');
    await begins(LEGAL);
    expect(await interrupt()).toBe('deferred');
    expect(await hear(EVENTS.dtmf_received)).toEqual([]);
    expect(await ends(3000)).toMatchObject([{ type: 'barge_in' }, NEWS]);
  });
});

describe('urgent', () => {
  it('is cut by urgent alone', async () => {
    const { interrupt } = await line();
    expect(await interrupt({ urgent: true })).toBe('delivered');
    expect(await interrupt()).toBe('outranked');
    expect(await interrupt({ urgent: true })).toBe('delivered');
    expect(await interrupt()).toBe('outranked');
    expect(await interrupt({ force: true })).toBe('delivered');
    expect(await interrupt()).toBe('delivered');
  });

  it('ends with its sentence, or by time', async () => {
    const { interrupt, begins, ends } = await line();
    await interrupt({ urgent: true });
    await begins(NEWS.text, 1600);
    await ends(1600);
    await begins('What else?');
    expect(await interrupt({ urgent: true })).toBe('delivered');
    await clock.advance(10_000);
    expect(await interrupt()).toBe('delivered');
  });

  it('is over when the caller cuts it', async () => {
    const { interrupt, begins, ends, hear } = await line();
    await interrupt({ urgent: true });
    await begins(NEWS.text, 1600);
    await ends(300);
    await hear({ ...userSpeak('Wait!'), barged_in: true });
    await begins('Wait!');
    expect(await interrupt()).toBe('delivered');
  });
});
