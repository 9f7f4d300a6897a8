import { defineTemplate, hangup, later } from '../template/index.ts';

type Memory = { title: string };

/**
 * Where a book stands, or nothing if there is none of that title. Takes its time; aborted when it
 * took too long.
 */
export type LookUp = (title: string, signal: AbortSignal) => Promise<string | undefined>;

/**
 * What `npm run new` copies: asks for something, looks it up for as long as that takes, and says
 * what it found.
 */
export const flow = (lookUp: LookUp) =>
  defineTemplate<Memory, { title: string }>({
    fallback: 'Sorry, could you say that again?',
    progress: 'I am still looking.',
    silence: {
      ask: 'Are you still there? Which book are you looking for?',
      goodbye: 'I can’t hear you. Please call again. Goodbye.',
    },
    apology: 'Our catalogue cannot be reached. Please try again later.',

    onSessionStart: () => 'Welcome to the library. Which book are you looking for?',

    onDtmfReceived: () => 'Please tell me the title of the book.',

    onUserSpeak({ text }, { state }) {
      if (/\b(good ?bye|bye|no,? thank)/i.test(text))
        return [`Goodbye, and enjoy ${state.title ?? 'your day'}.`, hangup()];
      const title = text.slice(0, 40);
      state.title = title;
      return later({ hold: `I am looking for ${title}.`, job: { title } });
    },

    async onJob({ title }, _session, { signal }) {
      const shelf = await lookUp(title, signal);
      return shelf
        ? `You will find it on ${shelf}. Is there another one?`
        : `We don't have ${title}. Is there another one?`;
    },
  });

/** Stands in for your own API, and is as slow as one: replace it. */
const pretendToLookUp: LookUp = async (_title, signal) => {
  await wait(2_000, signal);
  return 'shelf 42, on the second floor';
};

export default flow(pretendToLookUp);

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
