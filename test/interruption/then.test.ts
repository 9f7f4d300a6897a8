import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { EVENTS } from '../support/events.ts';
import { interruptedCalls, OPERATOR, types } from '../support/interrupted-calls.ts';
import { wav } from '../support/wav.ts';

const SMS = { type: 'send_sms', phone_number: '4917639123456', message: 'Hi' };

let { clock, sent, line, speaking, says, heard } = interruptedCalls();
beforeEach(() => {
  ({ clock, sent, line, speaking, says, heard } = interruptedCalls());
});

describe('what follows the replacement', () => {
  const then = [{ type: 'transfer', ...OPERATOR }];

  it('goes out when it has been heard: the first end is that of the sentence that was cut', async () => {
    const phone = line();
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await interrupt({ then });
    expect(types(sent[0]?.actions ?? [])).toEqual(['barge_in', 'speak']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(types(await says(phone))).toEqual(['transfer']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('is not set off by another sentence', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    const before = speaking('Something else, sent before.');
    await clock.advance(300);
    await interrupt({ then });
    await hear(before);
    await clock.advance(100);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('needs no assistant_speak once half of the replacement must have been said', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    // 24 characters at 15 a second: 1.6 s.
    await interrupt({ then });
    await clock.advance(700);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(900);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('follows a clip by its length', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, play: wav(1000), then });
    await clock.advance(400);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(600);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('follows silence at once', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, then });
    expect(types(sent[0]?.actions ?? [])).toEqual(['barge_in', 'transfer']);
  });

  it('never comes when the replacement did not leave', async () => {
    const { hear, interrupt } = line({ answers: [new Error('broken off')] });
    await hear(EVENTS.session_start);
    await interrupt({ then });
    await clock.advance(2000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(heard()).toEqual(['failed', 'then_skipped: in_doubt']);
  });

  it('comes when the send was in doubt but the replacement is heard', async () => {
    const phone = line({ answers: [{ status: 'in_doubt', message: 'perhaps' }] });
    await phone.hear(EVENTS.session_start);
    await phone.interrupt({ then });
    expect(types(await says(phone))).toEqual(['transfer']);
  });

  it('precedes what the template says, unless it ends the call', async () => {
    const phone = line({ template: { onAssistantSpeechEnded: () => 'And now?' } });
    await phone.hear(EVENTS.session_start);
    await phone.interrupt({ then: [SMS] });
    expect(types(await says(phone))).toEqual(['send_sms', 'speak']);
    await phone.interrupt({ id: 'next', then });
    expect(types(await says(phone))).toEqual(['transfer']);
  });
});

describe('a `then` among other interruptions', () => {
  const then = [{ type: 'transfer', ...OPERATOR }];
  const refusal: Delivery = { status: 'refused', code: 'refused', message: 'no', retryable: false };

  it('survives one that AI Flow refuses', async () => {
    const { hear, interrupt } = line({ answers: [{ status: 'delivered' }, refusal] });
    await hear(EVENTS.session_start);
    await interrupt({ then });
    await hear(speaking('Your parcel has shipped.'));
    await clock.advance(100);
    await interrupt({
      id: 'refused',
      say: 'A long sentence that nobody will ever hear. '.repeat(10),
    });
    await clock.advance(1500);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('waits for its own replacement when that is said after one that was claimed later', async () => {
    let arrive = () => {};
    const phone = line({
      answers: [
        new Promise<Delivery>((resolve) => (arrive = () => resolve({ status: 'delivered' }))),
      ],
    });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    const first = interrupt({ then });
    await clock.advance(10);
    await interrupt({ id: 'second', say: 'Short.' });
    await hear(speaking('Short.'));
    await clock.advance(100);
    arrive();
    await first;
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(types(await says(phone))).toEqual(['transfer']);
  });

  it('comes once, even if it was heard before its send was answered', async () => {
    let answer = () => {};
    const phone = line({
      answers: [
        new Promise<Delivery>((resolve) => (answer = () => resolve({ status: 'delivered' }))),
      ],
    });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    const first = interrupt({ then: [SMS] });
    expect(types(await says(phone))).toEqual(['send_sms']);
    answer();
    await first;
    await clock.advance(1000);
    await interrupt({ id: 'next', say: 'Next, and goodbye.', then: [{ type: 'hangup' }] });
    expect(types(await says(phone, 'Next, and goodbye.'))).toEqual(['hangup']);
  });

  it('is over with the call: another start does not bring it back', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ then: [{ type: 'hangup' }] });
    await hear(EVENTS.session_end);
    await hear(EVENTS.session_start);
    await clock.advance(5000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });
});
