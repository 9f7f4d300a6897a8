import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { EVENTS, userSpeak } from './events.ts';
import { aWorld, type LineOptions, phoneLine } from './phone-line.ts';

export type LookUp = { order: string };

/** A call flow that looks an order up, which takes as long as `answer` does. */
export const lookingUp = (answer: Template<never, LookUp>['onJob'], more: Partial<Template> = {}) =>
  defineTemplate<{ asked: number }, LookUp>({
    fallback: 'Once more, please.',
    progress: 'Still looking.',
    apology: 'I could not find out.',
    onUserSpeak({ text }, { state }) {
      state.asked = (state.asked ?? 0) + 1;
      return later({ hold: 'One moment.', job: { order: text } });
    },
    onJob: answer as never,
    ...(more as object),
  });

export const texts = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));

/** Calls in which something is looked up, in a world of their own. */
export function lookUps() {
  const world = aWorld();
  const { clock, sent, outcomes } = world;
  const line = (options: LineOptions) => phoneLine({ ...options, ...world });
  return {
    ...world,
    line,
    asked,
    pushed: () => sent.map(({ actions }) => texts(actions)),
    reasons: () =>
      outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome)),
  };

  /** A call in which something has been asked, and answered with a hold. */
  async function asked(template: Template, options: LineOptions = {}) {
    const { hear, started, work, ...rest } = line({ template, ...options });
    await hear(EVENTS.session_start);
    const hold = await hear(userSpeak('4711'));
    const doIt = async () => {
      const working = work(started.at(-1));
      working.catch(() => {});
      await clock.advance(10_000);
      return working;
    };
    /** What is being said comes to its end. */
    const ends = async () => {
      await clock.advance(1_000);
      return hear(EVENTS.assistant_speech_ended);
    };
    return { ...rest, hear, ends, hold, started, work, doIt };
  }
}
