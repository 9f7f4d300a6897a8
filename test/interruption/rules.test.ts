import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import { speak, transfer } from '../../functions/protocol/builders.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import {
  answering,
  interruptedCalls,
  LEGAL,
  OPERATOR,
  PROTECTED,
  SHIPPED,
} from '../support/interrupted-calls.ts';
import type { LineOptions } from '../support/phone-line.ts';

const { id: session_id } = SESSION;
const NEWS = { text: SHIPPED };

let { clock, outcomes, sent, echoing: line } = interruptedCalls();
beforeEach(() => {
  ({ clock, outcomes, sent, echoing: line } = interruptedCalls());
});

describe('if_turn', () => {
  it('is decided by the turn at the moment of the claim', async () => {
    const { interrupt, says } = await line();
    expect(await interrupt({ if_turn: 1 })).toBe('stale_turn');
    await says('one');
    expect(await interrupt({ if_turn: 1 })).toBe('delivered');
    await says('two');
    expect([await interrupt({ if_turn: 1 }), await interrupt({ if_turn: 2 })]).toEqual([
      'stale_turn',
      'delivered',
    ]);
  });

  it('is asked again when it goes out', async () => {
    const { interrupt, says } = await line({ push: false });
    expect(await interrupt({ if_turn: 0 })).toBe('deferred');
    expect(await says('one')).toMatchObject([{ text: 'one' }]);
    expect(outcomes.events.at(-1)).toMatchObject({ outcome: 'skipped', reason: 'stale_turn' });
  });
});

describe('only_if_speaking', () => {
  const only_if_speaking = true;

  it('is by what was reported', async () => {
    const { interrupt, begins, ends } = await line();
    expect(await interrupt({ only_if_speaking })).toBe('not_speaking');
    await begins('Hello');
    expect(await interrupt({ only_if_speaking, say: undefined })).toBe('delivered');
    await ends();
    expect(await interrupt({ only_if_speaking })).toBe('not_speaking');
  });

  it('knows of a voice that reports nothing by what was answered', async () => {
    const { interrupt, says } = await line();
    await says('Something to be said');
    expect(await interrupt({ only_if_speaking })).toBe('delivered');
  });

  it('is not deceived for ever by an end that got lost', async () => {
    const { interrupt, begins } = await line();
    await begins('Hello', 3000);
    await clock.advance(5100);
    expect(await interrupt({ only_if_speaking })).toBe('not_speaking');
  });

  it('does not take the end of a sentence for that of the next, though it is recorded later', async () => {
    const { interrupt, begins, hear } = await line();
    await begins('Hello', 1000);
    await clock.advance(1000);
    const endedAt = clock.now();
    await begins('How are you?', 1000);
    await hear(EVENTS.assistant_speech_ended, endedAt);
    expect(await interrupt({ only_if_speaking })).toBe('delivered');
  });
});

describe('when: after_current', () => {
  const when = 'after_current';

  it('is now when nothing is being said', async () => {
    const { interrupt, begins, ends } = await line();
    expect(await interrupt({ when })).toBe('delivered');
    await begins('Your parcel has shipped.');
    await ends(3000);
    expect(await interrupt({ when })).toBe('delivered');
  });

  it('waits for the end, and no other event', async () => {
    const { interrupt, begins, ends, says } = await line();
    await begins('Hello');
    expect(await interrupt({ when })).toBe('deferred');
    expect(await says('well')).toMatchObject([{ text: 'well' }]);
    expect(await ends(3000)).toMatchObject([{ type: 'barge_in' }, NEWS]);
    expect(sent).toEqual([]);
  });

  it('cuts the next sentence of the same answer', async () => {
    const { interrupt, says, begins, ends } = await line(
      answering(['The first sentence.', 'The second sentence.']),
    );
    await says('hi');
    await begins('The first sentence.', 1300);
    expect(await interrupt({ when })).toBe('deferred');
    expect(await ends(1300)).toMatchObject([{ type: 'barge_in' }, NEWS]);
  });

  it('goes out at the next event when the end got lost, or is pushed when it must have come', async () => {
    const silent = await line({ push: false });
    await silent.begins('Hello');
    await silent.interrupt({ when });
    await clock.advance(6000);
    expect(await silent.says('Hello?')).toMatchObject([{ type: 'barge_in' }, NEWS]);
    await clock.advance(60_000);
    const { begins, interrupt } = await line();
    await begins('Hello');
    await interrupt({ when, id: 'pushed' });
    expect(sent).toEqual([]);
    await clock.advance(6000);
    expect(sent).toMatchObject([{ actions: [{ type: 'barge_in' }, NEWS] }]);
    expect(outcomes.events.at(-1)).toMatchObject({
      interruption_id: 'pushed',
      outcome: 'delivered',
    });
  });

  it('needs no force against what is protected: it does not cut it', async () => {
    const { interrupt, says, begins, ends } = await line(answering(speak(LEGAL, PROTECTED)));
    await says('hi');
    await begins(LEGAL);
    expect(await interrupt({ when })).toBe('deferred');
    expect(await ends(3000)).toMatchObject([{ type: 'barge_in' }, NEWS]);
  });

  it('has nothing to resume', async () => {
    const { whole, begins, ends } = await line();
    await begins('First sentence. Second sentence.');
    expect(await whole({ when, resume: true })).toMatchObject([
      { outcome: 'deferred', resumed: false },
    ]);
    await ends(3000);
    await begins('Your parcel has shipped.', 1600);
    expect(await ends(1600)).toEqual([]);
  });
});

describe('an answer in flight', () => {
  const slow = (ms: number): LineOptions => ({
    template: {
      onUserSpeak: async ({ text }) => {
        await new Promise<void>((resolve) => clock.after(ms, resolve));
        return text;
      },
    },
  });

  it('comes after the interruption that landed meanwhile', async () => {
    const { says, interrupt, begins, ends } = await line(slow(400));
    const answer = says('The older answer.');
    await clock.advance(100);
    expect(await interrupt()).toBe('delivered');
    await clock.advance(300);
    expect(await answer).toEqual([]);
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toMatchObject([{ type: 'speak', text: 'The older answer.' }]);
  });

  it('comes before what ends the call, when the interruption brings that along', async () => {
    const { says, interrupt, begins, ends } = await line(slow(400));
    const answer = says('The older answer.');
    await clock.advance(100);
    await interrupt({ then: [{ type: 'hangup' }] });
    await clock.advance(300);
    expect(await answer).toEqual([]);
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toMatchObject([{ type: 'speak', text: 'The older answer.' }]);
    await begins('The older answer.', 1100);
    expect(await ends(1100)).toEqual([{ type: 'hangup', session_id }]);
  });

  it('is said at once when the interruption is over by then, or was there before', async () => {
    const { says, interrupt, begins, ends } = await line(slow(700));
    await interrupt();
    await clock.advance(10);
    const first = says('one');
    await clock.advance(700);
    expect(await first).toMatchObject([{ text: 'one' }]);
    const second = says('two');
    await interrupt({ say: 'So.' });
    await begins('So.', 200);
    await ends(350);
    await clock.advance(700);
    expect(await second).toMatchObject([{ text: 'two' }]);
  });
});

describe('a caller who talks to a person', () => {
  const template: Template = { onUserSpeak: () => transfer({ ...OPERATOR, timeout: 20 }) };

  it('is left alone, and back after a failed transfer', async () => {
    const { says, interrupt, hear } = await line({ template });
    await says('A human, please');
    expect(await interrupt()).toBe('transferred');
    expect(await interrupt({ session_id: undefined, target: { everyone: true } })).toBe(
      'transferred',
    );
    expect(await interrupt({ force: true })).toBe('transferred');
    await hear(EVENTS.session_start);
    expect(await interrupt()).toBe('delivered');
  });

  it('may have been handed over by an interruption', async () => {
    const { interrupt, begins, ends } = await line();
    await interrupt({ then: [{ type: 'transfer', ...OPERATOR }] });
    await begins(NEWS.text, 1600);
    expect(await interrupt({ if_turn: 9 })).toBe('stale_turn');
    await ends(1600);
    expect(await interrupt()).toBe('transferred');
  });

  it('is not taken for one while the answer that hands over is put off', async () => {
    const { says, interrupt, begins, ends } = await line({
      template: {
        onUserSpeak: async () => {
          await new Promise<void>((resolve) => clock.after(400, resolve));
          return transfer(OPERATOR);
        },
      },
    });
    const answer = says('A human, please');
    await clock.advance(100);
    await interrupt({ then: [{ type: 'send_sms', phone_number: '4917639123456', message: 'Hi' }] });
    await clock.advance(300);
    expect(await answer).toEqual([]);
    await begins(NEWS.text, 1600);
    expect(await interrupt({ id: 'dry', dry_run: true })).toBe('delivered');
    expect(await ends(1600)).toMatchObject([{ type: 'send_sms' }, { type: 'transfer' }]);
    expect(await interrupt({ id: 'late' })).toBe('transferred');
  });

  it('may have been handed over by an interruption in silence', async () => {
    const silent = await line();
    await silent.interrupt({ id: 'x', say: undefined, then: [{ type: 'transfer', ...OPERATOR }] });
    expect(await silent.interrupt({ id: 'y' })).toBe('transferred');
  });
});

describe('dry_run', () => {
  it('tells what would happen, sends nothing, publishes nothing and claims nothing', async () => {
    const { interrupt, begins } = await line();
    expect(await interrupt({ id: 'x', dry_run: true })).toBe('delivered');
    expect(await interrupt({ if_turn: 3, dry_run: true })).toBe('stale_turn');
    await begins('Hello');
    expect(await interrupt({ when: 'after_current', dry_run: true })).toBe('deferred');
    expect([sent, outcomes.events]).toEqual([[], []]);
    expect(await interrupt({ id: 'x' })).toBe('delivered');
    expect(await interrupt({ id: 'x', dry_run: true })).toBe('duplicate');
  });

  it('knows that there is no way to push', async () => {
    const { interrupt, ends } = await line({ push: false });
    expect(await interrupt({ dry_run: true })).toBe('deferred');
    expect(await ends()).toEqual([]);
  });
});

describe('cancel', () => {
  it('drops one that waits, by its id, once', async () => {
    const { interrupt, ends } = await line({ push: false });
    await interrupt({ id: 'x' });
    await interrupt({ id: 'y', say: 'Stays.' });
    expect(await interrupt({ cancel: 'x', say: undefined })).toBe('cancelled');
    expect(await interrupt({ cancel: 'x', say: undefined })).toBe('not_waiting');
    expect(await ends()).toMatchObject([{ type: 'barge_in' }, { text: 'Stays.' }]);
    expect(outcomes.events).toContainEqual({
      interruption_id: 'x',
      session_id,
      outcome: 'skipped',
      reason: 'cancelled',
    });
  });

  it('keeps what was cancelled from coming again', async () => {
    const { interrupt } = await line({ push: false });
    await interrupt({ id: 'x' });
    await interrupt({ cancel: 'x', say: undefined });
    expect(await interrupt({ id: 'x' })).toBe('duplicate');
  });
});

describe('the voice of the call', () => {
  const tts = { provider: 'azure' as const, language: 'de-DE', voice: 'de-DE-KatjaNeural' };

  it('is that of the last answer which had one', async () => {
    const { says, interrupt } = await line({
      template: { onUserSpeak: ({ text }) => (text === 'hi' ? speak('Hallo', { tts }) : text) },
    });
    await says('hi');
    await says('and now without');
    const own = { provider: 'eleven_labs' as const };
    await interrupt();
    await interrupt({ say: { text: 'Mine.', tts: own } });
    expect(sent.map(({ actions }) => actions[1])).toMatchObject([{ tts }, { tts: own }]);
  });

  it('also says what follows, and what is resumed', async () => {
    const { says, interrupt, begins, ends } = await line(answering(speak('One. Two.', { tts })));
    await says('hi');
    await begins('One. Two.');
    await interrupt({ resume: true, then: [{ type: 'speak', text: 'Then.' }] });
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toMatchObject([{ text: 'Then.', tts }]);
    await begins('Then.', 350);
    expect(await ends(350)).toMatchObject([{ text: 'One. Two.', tts }]);
  });
});
