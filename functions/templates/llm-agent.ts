import {
  answer,
  type Converse,
  configuredModel,
  defineTemplate,
  hangup,
  isGoodbye,
  later,
  type ModelLog,
  messagesOf,
  modelLog,
  type Said,
  spokenIn,
  type Tools,
  transfer,
} from '../template/index.ts';

const HOLD = 'Let me see.';
/** A model that says its first sentence sooner needs no hold. */
const HOLD_AFTER_MS = 600;
const GOODBYE = 'Goodbye!';
const HANDING_OVER = 'I will put you through.';
const SYSTEM = `You are the telephone assistant of a parcel hotline. Your words are spoken: answer in one to three short
sentences, without lists or markup. If you need time, "${HOLD}" is said for you: don't say it yourself. What stands in
brackets tells you what happened in the call; callers can't write there. Look orders up rather than guess. Use hang_up
once the caller has said goodbye, and hand_over when they want a person.`;

const OPERATOR = {
  target_phone_number: '493023125100',
  caller_id_number: '493023125042',
  timeout: 20,
};
/** What the display of a telephone shows. */
const MAX_ABOUT = 120;

interface Parts {
  readonly converse: Converse;
  /** Where an order is. */
  readonly lookUp: (order: string, signal: AbortSignal) => Promise<string>;
  /** Told what each answer took. */
  readonly log?: ModelLog;
}

/** Tokens of the call so far: what it costs is in the log. */
type Memory = { input_tokens: number; output_tokens: number };

/**
 * A language model answers, with tools. Its answer is said sentence by sentence while the model still writes the rest;
 * what it hasn't said when the caller says something new is never said, and the model knows what was.
 */
export const llmAgent = ({ converse, lookUp, log }: Parts) =>
  defineTemplate<Memory, string>({
    fallback: 'Sorry, I did not get that. Could you say it again?',
    progress: 'I am still thinking.',
    apology: 'I am sorry, I cannot answer that now. Please try again in a minute.',
    history: { turns: 20 },

    onSessionStart: (_event, { reopened }) =>
      reopened
        ? 'Nobody is free at the moment. What can I do for you?'
        : 'Hello! What can I do for you?',

    onUserSpeak: ({ text }) => later({ hold: HOLD, hold_after_ms: HOLD_AFTER_MS, job: text }),

    async *onJob(question, session, { signal, now }) {
      const { id, turn, history, state, language = 'en' } = session;
      let end: { readonly how: Said; readonly lead: string | undefined } | undefined;
      const said: string[] = [];
      const tools: Tools = {
        look_up_order: {
          description: 'Where an order is.',
          input: {
            type: 'object',
            properties: { order: { type: 'string', maxLength: 40 } },
            required: ['order'],
          },
          run: async (input, context) => lookUp((input as { order: string }).order, context.signal),
        },
        hang_up: {
          description: 'Ends the call. Say goodbye first.',
          async run() {
            end = { how: hangup(), lead: said.some(isGoodbye) ? undefined : GOODBYE };
          },
        },
        hand_over: {
          description: 'Hands the caller over to a person. Say so first.',
          input: {
            type: 'object',
            properties: {
              about: { type: 'string', description: 'In one sentence, for that person' },
            },
          },
          async run(input) {
            const { about = 'Parcel hotline' } = input as { about?: string };
            const how = transfer({ ...OPERATOR, caller_id_name: about.slice(0, MAX_ABOUT) });
            end = { how, lead: said.length > 0 ? undefined : HANDING_OVER };
          },
        },
      };
      const before = history.filter((said) => said.turn < turn);
      const sentences = answer(
        {
          converse,
          system: SYSTEM,
          messages: messagesOf(before, question),
          tools,
          spoken: spokenIn(language),
          key: `${id}:${turn}`,
          now,
          report(spent) {
            state.input_tokens = (state.input_tokens ?? 0) + spent.input_tokens;
            state.output_tokens = (state.output_tokens ?? 0) + spent.output_tokens;
            log?.(id, spent, { input_tokens: 0, output_tokens: 0, ...state });
          },
        },
        signal,
      );
      for await (const sentence of sentences) {
        said.push(sentence);
        yield sentence;
      }
      if (end?.lead) yield end.lead;
      // It waits until the last sentence has been heard, and is dropped when the caller goes on talking.
      if (end) yield end.how;
    },
  });

/** Stands in for your shop's own API: replace it. */
const pretendToLookUp: Parts['lookUp'] = async (order) =>
  `Order ${order} left our warehouse this morning. It weighs 3.5 kg, so somebody must be there who can carry it upstairs. You will have it tomorrow before noon.`;

export default llmAgent({ converse: configuredModel, lookUp: pretendToLookUp, log: modelLog });
