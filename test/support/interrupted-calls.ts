import { expect } from 'vitest';
import type { HandlerResult, Template } from '../../functions/assistant/template.ts';
import { EVENTS, userSpeak } from './events.ts';
import { aWorld, type LineOptions, phoneLine } from './phone-line.ts';

export const OPERATOR = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};
export const SHIPPED = 'Your parcel has shipped.';

/** Fifteen characters are a second. */
export const lengthOf = (text: string) => Math.round((text.length / 15) * 1000);
export const types = (actions: readonly { type: string }[]) => actions.map(({ type }) => type);

export const PROTECTED = { barge_in: { strategy: 'none' as const } };
export const LEGAL = 'This call is recorded for training and quality.';

export const answering = (result: HandlerResult): LineOptions => ({
  template: { onUserSpeak: () => result },
});

/** Calls that are interrupted, in a world of their own. */
export function interruptedCalls() {
  const world = aWorld();
  const { clock, outcomes } = world;
  const line = (options: LineOptions = {}) => phoneLine({ ...world, ...options });
  const speaking = (text: string) => ({
    ...EVENTS.assistant_speak,
    text,
    duration_ms: lengthOf(text),
    speech_started_at: clock.now(),
  });
  return {
    ...world,
    line,
    speaking,
    echoing,
    /**
     * A sentence begins a moment after it was sent, and is heard to its end: what that is
     * answered with.
     */
    async says({ hear }: ReturnType<typeof line>, text = SHIPPED) {
      await clock.advance(10);
      expect(await hear(speaking(text))).toEqual([]);
      await clock.advance(lengthOf(text));
      return hear(EVENTS.assistant_speech_ended);
    },
    heard: () =>
      outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome)),
  };

  /** A call in which the caller says what the assistant is to say. */
  async function echoing(options: LineOptions = {}) {
    const template: Template = { onUserSpeak: ({ text }) => text };
    const phone = line({ template, ...options });
    await phone.hear(EVENTS.session_start);
    let count = 0;
    return {
      ...phone,
      /** The outcome in a word: why it was skipped, or what else. Each has an id of its own. */
      async interrupt(request: object = {}) {
        const [outcome] = await phone.interrupt({ id: `i-${count++}`, ...request });
        return outcome?.reason ?? outcome?.outcome;
      },
      whole: phone.interrupt,
      /** Something begins to be said, and takes so long. */
      async begins(text: string, duration_ms = 3000) {
        await clock.advance(10);
        return phone.hear({ ...speaking(text), duration_ms });
      },
      async ends(after_ms = 0) {
        await clock.advance(after_ms);
        return phone.hear(EVENTS.assistant_speech_ended);
      },
      says: (text: string) => phone.hear(userSpeak(text)),
    };
  }
}
