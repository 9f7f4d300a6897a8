import { defineTemplate, later, speak, type Trigger } from '../template/index.ts';

type Memory = { order: string };
type Status = 'packed' | 'shipped' | 'delivered';

/** Where an order is; `undefined` for one that isn't there. Has 50 seconds, then `signal` is aborted. */
type LookUp = (order: string, signal: AbortSignal) => Promise<Status | undefined>;

/**
 * Asks for the order number and looks it up while the caller is told to wait. News of the order
 * (`{ "target": { "label": "order:4711" }, "context": { "status": "shipped" } }`) interrupts whoever asked for it.
 */
export const orderStatus = (words: Words, lookUp: LookUp) =>
  defineTemplate<Memory, { order: string }>({
    voice: words.voice,
    fallback: words.pardon,
    progress: words.progress,
    apology: words.apology,

    onSessionStart: () => [
      // The law wants it to be heard: neither the caller nor an interruption cuts it.
      speak(words.legal, { barge_in: { strategy: 'none' } }),
      words.question,
    ],

    onUserSpeak({ text }, { state, labels }) {
      const order = orderNumberIn(text) ?? state.order;
      if (!order) return words.help;
      labels.delete(`order:${state.order}`);
      labels.add(`order:${order}`);
      state.order = order;
      return later({ hold: words.hold(order), job: { order } });
    },

    async onJob({ order }, _session, { signal }) {
      const status = await lookUp(order, signal);
      return status ? words[status](order) : words.unknown(order);
    },

    onTrigger({ context }, { state: { order } }) {
      const status = statusIn(context);
      return status && order && `${words.news} ${words[status](order)}`;
    },
  });

export type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  legal: 'This call is recorded for training.',
  question: 'Welcome to the order hotline. What is your order number?',
  help: 'Please tell me your order number: at least four digits.',
  hold: (order: string) => `One moment, I am looking for order ${order}.`,
  progress: 'I am still looking.',
  packed: (order: string) =>
    `Order ${order} is packed and waits in our warehouse. It will be fetched this evening. You will have it tomorrow before noon.`,
  shipped: (order: string) => `Order ${order} has left our warehouse and is on its way to you.`,
  delivered: (order: string) => `Order ${order} is in front of your door.`,
  unknown: (order: string) => `I can't find order ${order}. Could you say the number again?`,
  news: 'Good news!',
  pardon: 'Sorry, could you say that again?',
  apology: 'I am sorry, I can not look that up right now.',
};

/** Stands in for your shop's own API: replace it. It has packed every order but those that begin with 0. */
export const pretendToLookUp: LookUp = async (order) =>
  order.startsWith('0') ? undefined : 'packed';

export default orderStatus(ENGLISH, pretendToLookUp);

/** Recognisers write spoken digits with spaces, in groups or not. */
const orderNumberIn = (text: string) =>
  /\d{4,12}/.exec(text.replace(/(?<=\d)[\s-](?=\d)/g, ''))?.[0];

function statusIn(context: Trigger['context']): Status | undefined {
  const { status } = Object(context) as Record<string, unknown>;
  return status === 'packed' || status === 'shipped' || status === 'delivered' ? status : undefined;
}
