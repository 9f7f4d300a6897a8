import { describe, expect, it } from 'vitest';
import { defineTemplate, type Silence } from '../../functions/assistant/template.ts';
import { hangup, transfer } from '../../functions/protocol/builders.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { texts } from '../support/look-ups.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

/** Somebody calls, and says nothing until it is too late: what they hear, and what is pushed to them. */
async function heardBySilence(goodbye: Silence['goodbye']) {
  const world = aWorld();
  const { hear } = phoneLine({
    ...world,
    template: defineTemplate({
      fallback: 'Sorry?',
      silence: { ask: 'Are you there?', goodbye, times: 1 },
      onSessionStart: () => 'Hello.',
      onUserSpeak: () => 'Yes?',
    }),
  });
  const heard = [await hear(EVENTS.session_start)];
  for (let times = 0; times < 2; times++) {
    await world.clock.advance(2_000);
    heard.push(await hear(EVENTS.assistant_speech_ended));
    await world.clock.advance(8_000);
    heard.push(await hear(EVENTS.user_input_timeout));
  }
  await world.clock.advance(2_000);
  heard.push(await hear(EVENTS.assistant_speech_ended));
  await world.clock.advance(3_000);
  heard.push(await hear(EVENTS.user_input_timeout));
  await world.clock.advance(7_000);
  heard.push(await hear(userSpeak('Hello?')));
  await world.clock.advance(2_000);
  heard.push(await hear(EVENTS.assistant_speech_ended));
  return [...heard, ...world.sent.map(({ actions }) => actions)].flatMap(texts);
}

const ASKED = ['Hello.', 'Are you there?', 'Goodbye.'];

describe('whoever says nothing', () => {
  it('is asked, and then hung up on behind a goodbye', async () => {
    expect(await heardBySilence('Goodbye.')).toEqual([...ASKED, 'hangup', 'Yes?']);
  });

  it('is hung up on once, also where the goodbye has a hangup of its own', async () => {
    expect(await heardBySilence(['Goodbye.', hangup()])).toEqual([...ASKED, 'hangup', 'Yes?']);
  });

  it('is not hung up on behind a goodbye that puts them through', async () => {
    const goodbye = [
      'Goodbye.',
      transfer({
        target_phone_number: '+493012345678',
        caller_id_name: 'A caller',
        caller_id_number: '+493012345679',
      }),
    ];
    expect(await heardBySilence(goodbye)).toEqual([...ASKED, 'transfer', 'Yes?']);
  });
});
