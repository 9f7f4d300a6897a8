import { describe, expect, it } from 'vitest';
import { defineTemplate, InvalidTemplate } from '../../functions/assistant/template.ts';
import { InvalidAction } from '../../functions/protocol/actions.ts';
import { raw } from '../../functions/protocol/builders.ts';
import { parseOwnAction } from '../../functions/protocol/raw.ts';
import {
  type AssistantStep,
  assistantSays,
  assistantSendsSms,
  callerHangsUp,
  callerSays,
} from '../../local/play.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';
import { playCall } from '../support/play-call.ts';

const NEW_VOICE = { provider: 'tomorrow', voice: { name: 'Ada', mood: ['calm'] } };
const flow = (said: object) =>
  defineTemplate({
    fallback: 'Sorry?',
    onSessionStart: () => 'Hello.',
    onUserSpeak: () => [raw(said as { type: string }), 'And?'],
  });

/** What the simulator complains of. */
const mistakes = (name: string): AssistantStep => ({
  line: `the simulator complains: ${name}`,
  matches: (entry) => entry.kind === 'error' && entry.mistake === name,
});

describe('raw()', () => {
  it('goes out as it is, for its call', async () => {
    const said = { type: 'show_card', title: 'Offer', detail: { n: 1, deep: [null, true] } };
    const world = aWorld();
    const template = flow(said);
    const { hear } = phoneLine({ ...world, template, push: false });
    await hear(EVENTS.session_start);
    const actions = await hear(EVENTS.user_speak);
    expect(actions[0]).toMatchObject({ ...said, session_id: SESSION.id });
  });

  it('is the session’s own, whatever session it names', () => {
    expect(raw({ type: 'show_card', session_id: 'another' })).not.toHaveProperty('session_id');
    expect(() => parseOwnAction({ ...raw({ type: 'show_card' }), session_id: '' })).toThrow(
      expect.objectContaining({ name: 'InvalidAction', field: 'session_id' }),
    );
  });

  it('is refused without a type, and when it is too large', () => {
    expect(() => raw({ type: '' })).toThrow(InvalidAction);
    expect(() => raw({} as never)).toThrow(/needs a type/);
    expect(() => raw({ type: 'show_card', text: 'x'.repeat(100_000) })).not.toThrow();
    expect(() => raw({ type: 'show_card', text: 'ü'.repeat(60_000) })).toThrow(/at most 102400/);
  });

  it('is what makes the difference: without it the same is refused', () => {
    const fallback = { type: 'speak', text: 'Sorry?', tts: NEW_VOICE };
    expect(() => defineTemplate({ fallback: fallback as never })).toThrow(InvalidAction);
    expect(() => defineTemplate({ fallback: raw(fallback) as never })).not.toThrow(InvalidTemplate);
  });

  it('is refused by the simulator, which says so, and what follows is said', async () => {
    const { timeline } = await playCall(flow({ type: 'show_card', title: 'Offer' }), [
      assistantSays('Hello.'),
      callerSays('Go'),
      mistakes('unknown_type'),
      assistantSays('And?'),
      callerHangsUp(),
    ]);
    expect(JSON.stringify(timeline())).not.toContain('Offer');
  });

  it('of what the simulator knows is carried out, without a mark of ours', async () => {
    const { timeline } = await playCall(
      flow({ type: 'send_sms', phone_number: '4917639123456', message: 'Hi' }),
      [
        assistantSays('Hello.'),
        callerSays('Go'),
        assistantSendsSms('Hi'),
        assistantSays('And?'),
        callerHangsUp(),
      ],
    );
    expect(JSON.stringify(timeline())).not.toContain('"raw"');
  });

  it('is pushed as it is, too', async () => {
    const world = aWorld();
    const template = defineTemplate({
      fallback: 'Sorry?',
      onSessionStart: () => 'Hello.',
      onTrigger: () => raw({ type: 'speak', text: 'News.', tts: NEW_VOICE }),
    });
    const { hear, interrupt } = phoneLine({ ...world, template });
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, context: { n: 1 } });
    expect(world.sent.flatMap(({ actions }) => actions)).toEqual([
      { type: 'barge_in', session_id: SESSION.id },
      { type: 'speak', text: 'News.', tts: NEW_VOICE, session_id: SESSION.id },
    ]);
  });
});
