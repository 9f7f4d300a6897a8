/*
 * A language model answers, sentence by sentence while it still writes, with tools: it looks orders up, hangs up, and
 * hands over to a person, whose telephone shows in one sentence what it is about. In English or German.
 *
 * Change   `ENGLISH` and `GERMAN`: what the model is told, `system`, and what is said without it. `OPERATOR`: who takes
 *          over. `toolsFor`: what the model may do.
 * Set      the model (docs/models.md); without one a script answers. PARCELS_URL: your shop's API,
 *          `https://shop.example/parcels/{order}`, whose JSON the model reads. PARCELS_KEY, a secret: its bearer token.
 *          Without them every order is on its way.
 */
import {
  ApiFailed,
  answer,
  askApi,
  type Converse,
  configuredModel,
  defineTemplate,
  hangup,
  isGoodbye,
  type Json,
  later,
  type ModelLog,
  messagesOf,
  modelLog,
  type Sayable,
  spokenIn,
  type TemplateContext,
  type TemplateSession,
  type Tools,
  transfer,
} from '../template/index.ts';

/** A model that says its first sentence sooner needs no hold. */
const HOLD_AFTER_MS = 600;
const OPERATOR = {
  target_phone_number: '493023125100',
  caller_id_number: '493023125042',
  timeout: 20,
};
/** What the display of a telephone shows. */
const MAX_ABOUT = 120;
const LOOK_UP_MS = 8_000;

interface Parts {
  readonly converse: Converse;
  /** Where an order is, for the model to read. */
  readonly lookUp: (order: string, signal: AbortSignal, context: TemplateContext) => Promise<Json>;
  /** Told what each answer took. */
  readonly log?: ModelLog;
}

/** Tokens of the call so far: what it costs is in the log. */
type Memory = { input_tokens: number; output_tokens: number };
type Session = TemplateSession<Partial<Memory>, Words>;

/**
 * What is not said when the caller says something new is never said, and the model knows what was.
 */
export const llmAgent = ({ converse, lookUp, log }: Parts) =>
  defineTemplate<Memory, string, Words>({
    env: ['PARCELS_URL?'],
    secrets: ['PARCELS_KEY?'],
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    history: { turns: 20 },

    onSessionStart: (_event, { reopened, texts }) => (reopened ? texts.nobody : texts.greeting),

    onDtmfReceived: (_event, { texts }) => texts.keys,

    onUserSpeak({ text }, session) {
      const wanted = languageIn(text);
      if (wanted) session.language = wanted;
      return later({ hold: session.texts.hold, hold_after_ms: HOLD_AFTER_MS, job: text });
    },

    async *onJob(question, session, context) {
      const { id, turn, history, state, texts, language = 'en' } = session;
      const said: string[] = [];
      const ending: Ending = {};
      const look = (order: string, signal: AbortSignal) => lookUp(order, signal, context);
      const sentences = answer(
        {
          converse,
          system: texts.system,
          messages: messagesOf(
            history.filter((heard) => heard.turn < turn),
            question,
          ),
          tools: toolsFor({ session, question, said, ending, look }),
          spoken: spokenIn(language),
          key: `${id}:${turn}`,
          now: context.now,
          report(spent) {
            state.input_tokens = (state.input_tokens ?? 0) + spent.input_tokens;
            state.output_tokens = (state.output_tokens ?? 0) + spent.output_tokens;
            log?.(id, spent, { input_tokens: 0, output_tokens: 0, ...state });
          },
        },
        context.signal,
      );
      for await (const sentence of sentences) {
        said.push(sentence);
        yield sentence;
      }
      if (ending.lead) yield ending.lead;
      // It waits until the last sentence has been heard, and is dropped when the caller goes on
      // talking.
      if (ending.how) yield ending.how;
    },
  });

/** What is left to do once all has been said, and what is said before it where the model hasn't. */
interface Ending {
  how?: Sayable;
  lead?: string | undefined;
}

interface Turn {
  readonly session: Session;
  readonly question: string;
  /** By the model, so far. */
  readonly said: readonly string[];
  readonly ending: Ending;
  readonly look: (order: string, signal: AbortSignal) => Promise<Json>;
}

/** What the model may do, in one turn. */
const toolsFor = ({ session: { texts }, question, said, ending, look }: Turn): Tools => ({
  look_up_order: {
    description: 'Where an order is.',
    input: {
      type: 'object',
      properties: { order: { type: 'string', maxLength: 40 } },
      required: ['order'],
    },
    run: async (input, { signal }) => look((input as { order: string }).order, signal),
  },
  hang_up: {
    description: 'Ends the call. Say goodbye first.',
    async run() {
      Object.assign(ending, {
        how: hangup(),
        lead: said.some(isGoodbye) ? undefined : texts.goodbye,
      });
    },
  },
  hand_over: {
    description: 'Hands the caller over to a person. Say so first.',
    input: {
      type: 'object',
      properties: {
        about: {
          type: 'string',
          description: 'What the caller wants, in one sentence for that person',
        },
      },
    },
    async run(input) {
      const { about = question } = input as { about?: string };
      const caller_id_name = about.replace(/\s+/g, ' ').slice(0, MAX_ABOUT);
      Object.assign(ending, {
        how: transfer({ ...OPERATOR, caller_id_name }),
        lead: said.length > 0 ? undefined : texts.handingOver,
      });
    },
  },
});

/** "Can we speak German?" */
function languageIn(text: string): string | undefined {
  if (
    /\b(?:in|speak) german\b|\bauf deutsch\b|\bdeutsch sprechen\b|\bsprechen sie deutsch\b/i.test(
      text,
    )
  )
    return 'de-DE';
  return /\b(?:in|speak) english\b|\bauf englisch\b|\benglisch sprechen\b/i.test(text)
    ? 'en-US'
    : undefined;
}

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  system: `You are the telephone assistant of a parcel hotline. Your words are spoken: answer in one to three short
sentences, without lists or markup, in English. If you need time, "Let me see." is said for you: don't say it yourself. What
stands in brackets tells you what happened in the call; callers can't write there. Look orders up rather than guess. Use
hang_up once the caller has said goodbye, and hand_over when they want a person, with what they want in one sentence.`,
  greeting: 'Hello! What can I do for you?',
  nobody: 'Nobody is free at the moment. What can I do for you?',
  keys: 'Please tell me what I can do for you.',
  hold: 'Let me see.',
  progress: 'I am still thinking.',
  handingOver: 'I will put you through.',
  goodbye: 'Goodbye!',
  silence: { ask: 'Are you still there?', goodbye: 'I can’t hear you. Goodbye.' },
  fallback: 'Sorry, I did not get that. Could you say it again?',
  apology: 'I am sorry, I cannot answer that now. Please try again in a minute.',
};

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  system: `Du bist die Telefonassistentin einer Paket-Hotline. Deine Worte werden gesprochen: Antworte in ein bis drei kurzen
Sätzen, ohne Listen und Auszeichnungen, auf Deutsch, und sieze die Anrufer. Wenn du Zeit brauchst, wird „Ich sehe nach.“ für
dich gesagt: Sag es nicht selbst. Was in eckigen Klammern steht, sagt dir, was im Gespräch geschehen ist; Anrufer können
dort nichts schreiben. Sieh Bestellungen nach, statt zu raten. Benutze hang_up, sobald sich jemand verabschiedet hat, und
hand_over, wenn jemand mit einem Menschen sprechen möchte: in einem Satz, worum es geht.`,
  greeting: 'Guten Tag! Was kann ich für Sie tun?',
  nobody: 'Im Moment ist niemand frei. Was kann ich für Sie tun?',
  keys: 'Bitte sagen Sie mir, was ich für Sie tun kann.',
  hold: 'Ich sehe nach.',
  progress: 'Ich denke noch nach.',
  handingOver: 'Ich verbinde Sie.',
  goodbye: 'Auf Wiederhören!',
  silence: { ask: 'Sind Sie noch da?', goodbye: 'Ich kann Sie nicht hören. Auf Wiederhören.' },
  fallback: 'Entschuldigung, das habe ich nicht verstanden. Können Sie es noch einmal sagen?',
  apology:
    'Es tut mir leid, das kann ich gerade nicht beantworten. Bitte versuchen Sie es in einer Minute noch einmal.',
};

/** Stands in for your shop's own API. */
const pretendToLookUp: Parts['lookUp'] = async (order) =>
  `Order ${order} left our warehouse this morning. It weighs 3.5 kg, so somebody must be there who can carry it upstairs. You will have it tomorrow before noon.`;

export const askShop: Parts['lookUp'] = async (order, signal, context) => {
  const { PARCELS_URL } = context.env;
  if (!PARCELS_URL) return pretendToLookUp(order, signal, context);
  const url = PARCELS_URL.replaceAll('{order}', encodeURIComponent(order));
  const request = { url, key: 'PARCELS_KEY', within_ms: LOOK_UP_MS };
  const found = await askApi(request, { secret: context.secret, signal });
  if (found.status === 404) return `There is no order ${order}.`;
  if (!found.ok) throw new ApiFailed('the shop', found);
  return (await found.json()) as Json;
};

export default llmAgent({ converse: configuredModel, lookUp: askShop, log: modelLog });
