import { bargeIn, defineTemplate, hangup, isFarewell, later, speak } from '../template/index.ts';

/** What has been said, and of which train. */
type Tentative = { to: string; platform: number };

/** The platform that a train really leaves from. Rejects when nobody knows. */
export type Live = (to: string, signal: AbortSignal) => Promise<number>;

/** What was true when the timetable was printed. */
const TIMETABLE: Readonly<Record<string, number>> = { Berlin: 2, Hamburg: 4, Munich: 6 };
const QUESTION = `Where are you going: ${Object.keys(TIMETABLE).join(', ')}?`;

/**
 * A station that answers at once by the timetable, asks the live system meanwhile, and takes back what has turned out
 * to be wrong: in mid-sentence, whether it was the live system that said so (`onJob`) or the caller (`onUserSpeak`).
 */
export const selfCorrection = (live: Live) =>
  defineTemplate<Record<never, never>, Tentative>({
    fallback: 'Sorry, I lost my train of thought. Where are you going?',
    progress: 'I am still waiting for the live departures.',
    silence: { ask: QUESTION, goodbye: 'I can’t hear you. Have a good journey, and goodbye.' },
    apology: 'The live departures are not available. Please look at the boards.',

    onSessionStart: () => `This is station information. ${QUESTION}`,

    onDtmfReceived: () => `Please tell me by voice. ${QUESTION}`,

    onUserSpeak({ text }) {
      if (isFarewell(text)) return ['Have a good journey. Goodbye.', hangup()];
      // So short a word cuts nothing by itself: AI Flow waits for more than three characters.
      const sorry = /^\s*no\b/i.test(text) ? [bargeIn(), speak('Sorry, I got you wrong.')] : [];
      const to = Object.keys(TIMETABLE).find((town) =>
        text.toLowerCase().includes(town.toLowerCase()),
      );
      const platform = to && TIMETABLE[to];
      if (!platform) return [...sorry, QUESTION];
      const tentative = `By the timetable, the train to ${to} leaves from platform ${platform}. ${wayTo(platform)}`;
      return later({ hold: [...sorry, tentative], job: { to, platform } });
    },

    async onJob({ to, platform }, _session, { signal }) {
      const today = await live(to, signal);
      if (today === platform) return undefined;
      // First in the array: the sentence that is wrong stops here, and this one is said in its place.
      return [
        bargeIn(),
        `I must correct myself: today it leaves from platform ${today}. ${wayTo(today)}`,
      ];
    },
  });

const wayTo = (platform: number) =>
  `To get there, go down the stairs, turn ${platform % 2 ? 'left' : 'right'}, and take stairs ${platform} up again.`;

/** Stands in for your own live system, and is as slow as one: replace it. */
const pretendLive: Live = async (to, signal) => {
  await wait(1_500, signal);
  return to === 'Hamburg' ? 9 : (TIMETABLE[to] ?? 0);
};

export default selfCorrection(pretendLive);

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
