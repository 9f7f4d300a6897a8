import {
  answer,
  type Converse,
  configuredModel,
  defineTemplate,
  hangup,
  later,
  messagesOf,
  type Said,
  type Tool,
  transfer,
} from '../template/index.ts';

const HOLD = 'Let me see.';
const SYSTEM = `You are the telephone assistant of a parcel hotline. Your words are spoken: answer in one to three short
sentences, without lists or markup. "${HOLD}" is said for you before each answer: don't say it yourself. Look orders up
rather than guess. Use hang_up once the caller has said goodbye, and hand_over when they want a person.`;

const OPERATOR = {
  target_phone_number: '493023125100',
  caller_id_name: 'Parcel hotline',
  caller_id_number: '493023125042',
  timeout: 20,
};

interface Parts {
  readonly converse: Converse;
  /** Where an order is. */
  readonly lookUp: (order: string, signal: AbortSignal) => Promise<string>;
}

/**
 * A language model answers, with tools. Its answer is said sentence by sentence while the model still writes the rest;
 * what it hasn't said when the caller says something new is never said, and the model knows what was.
 */
export const llmAgent = ({ converse, lookUp }: Parts) =>
  defineTemplate<Record<never, never>, string>({
    fallback: 'Sorry, I did not get that. Could you say it again?',
    progress: 'I am still thinking.',
    apology: 'I am sorry, I cannot answer that now. Please try again in a minute.',
    history: { turns: 20 },
    silence: { ask: 'Are you still there?', goodbye: 'I can’t hear you. Goodbye.' },

    onDtmfReceived: () => 'Please tell me what I can do for you.',

    onSessionStart: (_event, { reopened }) =>
      reopened
        ? 'Nobody is free at the moment. What can I do for you?'
        : 'Hello! What can I do for you?',

    onUserSpeak: ({ text }) => later({ hold: HOLD, job: text }),

    async *onJob(question, { history, turn }, { signal }) {
      let end: Said | undefined;
      const tools: Record<string, Tool> = {
        look_up_order: {
          description: 'Where an order is.',
          input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
          run: async (input) => lookUp(orderIn(input), signal),
        },
        hang_up: {
          description: 'Ends the call. Say goodbye first.',
          async run() {
            end = hangup();
          },
        },
        hand_over: {
          description: 'Hands the caller over to a person. Say so first.',
          async run() {
            end = transfer(OPERATOR);
          },
        },
      };
      const before = history.filter((said) => said.turn < turn);
      yield* answer(
        { converse, system: SYSTEM, messages: messagesOf(before, question), tools },
        signal,
      );
      // It waits until the last sentence has been heard, and is dropped when the caller goes on talking.
      if (end) yield end;
    },
  });

/** A model may get it wrong. */
const orderIn = (input: unknown) =>
  typeof input === 'object' && input && 'order' in input ? String(input.order) : '';

/** Stands in for your shop's own API: replace it. */
const pretendToLookUp: Parts['lookUp'] = async (order) =>
  `Order ${order} left our warehouse this morning. It weighs 3.5 kg, so somebody must be there who can carry it upstairs. You will have it tomorrow before noon.`;

export default llmAgent({ converse: configuredModel, lookUp: pretendToLookUp });
