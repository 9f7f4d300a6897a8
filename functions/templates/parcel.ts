import { defineTemplate } from '../assistant/template.ts';
import { hangup, speak, transfer } from '../protocol/builders.ts';

type Memory = { order: string; goodbye: boolean };

const VOICE = { provider: 'azure', language: 'en-US', voice: 'en-US-JennyNeural' } as const;
const OPERATOR = {
  target_phone_number: '493023125100',
  caller_id_name: 'Parcel hotline',
  caller_id_number: '493023125042',
  timeout: 20,
};

/** Where an order is, as a sentence or more. Aborted at the deadline of the answer. */
type LookUp = (order: string, signal: AbortSignal) => Promise<string>;

/**
 * A parcel hotline: says what the law wants to be heard to its end, asks for the order number, looks it up, and hands
 * over to a person. Whoever knows the order interrupts the call by its label: `{ "label": "order:4711" }`.
 */
export const parcel = (lookUp: LookUp) =>
  defineTemplate<Memory>({
    fallback: say('That took too long. Please ask me again.'),

    onSessionStart(_event, { reopened }) {
      if (reopened) return say('All my colleagues are on the phone. What else would you like to know?');
      return [
        say('This call is recorded for training.', { barge_in: { strategy: 'none' } }),
        say('Welcome to the parcel hotline. What is your order number?'),
      ];
    },

    async onUserSpeak({ text }, { state, labels }, { signal }) {
      if (/\b(person|human|operator|agent)\b/i.test(text)) return transfer(OPERATOR);
      // Whoever goes on talking doesn't want to be hung up on.
      delete state.goodbye;
      if (/\b(good ?bye|bye|hang up)\b/i.test(text)) {
        state.goodbye = true;
        return say('Thank you for calling. Goodbye.');
      }
      const order = orderNumberIn(text) ?? state.order;
      if (!order) return say('Please tell me your order number: at least four digits.');
      labels.delete(`order:${state.order}`);
      labels.add(`order:${order}`);
      state.order = order;
      return say(await lookUp(order, signal));
    },

    onAssistantSpeechEnded: (_event, { state }) => (state.goodbye ? hangup() : undefined),
  });

/** Stands in for your shop's own API, and is as slow as one: replace it. */
const pretendToLookUp: LookUp = async (order, signal) => {
  await wait(400, signal);
  return `Order ${order} left our warehouse this morning. It is on its way to your town. You will have it tomorrow before noon.`;
};

export default parcel(pretendToLookUp);

function say(text: string, options: Parameters<typeof speak>[1] = {}) {
  return speak(text, { tts: VOICE, ...options });
}

/** Recognisers write spoken digits with spaces, in groups or not. */
const orderNumberIn = (text: string) => /\d{4,12}/.exec(text.replace(/(?<=\d)[\s-](?=\d)/g, ''))?.[0];

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
