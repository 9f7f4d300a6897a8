/*
 * A survey: questions on a scale from 1 to 5, by words or keys, and an open one, to whoever calls or is called about it, in
 * English or German. The result is delivered after the call, however that ended.
 *
 * Change   `ENGLISH` and `GERMAN`: what is asked. `SCALES`: the questions that have figures. `deliver`: where results go.
 * Set      RESULTS_URL: your API, `https://crm.example/results`, gets `PUT …/{call}` with answers, comment, and whether all
 *          was asked; RESULTS_KEY, a secret: its bearer token. Without them the log has the figures.
 * Trigger  The call itself: a rule of yours hands "Repair Finished" to the call function (docs/outbound.md).
 */
import {
  ApiFailed,
  askApi,
  defineTemplate,
  hangup,
  isFarewell,
  isPardon,
  isVoicemail,
  numbersIn,
  type Sayable,
  type TemplateContext,
  type TemplateSession,
  yesOrNo,
} from '../template/index.ts';

/** In order; what is asked for each stands in the texts. */
const SCALES = ['satisfied', 'recommend'] as const;
const LOWEST = 1;
const HIGHEST = 5;
/** Whoever doesn't say what can be understood is asked the next question. */
const MAX_MISSES = 2;
const TURNS = 20;

type Scale = (typeof SCALES)[number];
type Memory = {
  /** What has been asked; nothing any more once all has. */
  asked: 'may' | Scale | 'comment' | 'more' | 'over';
  answers: Partial<Record<Scale, number>>;
  /** The turns in which the open question was answered. */
  comments: number[];
  misses: number;
};
type Session = TemplateSession<Partial<Memory>, Words>;
type Answer = Sayable | Sayable[];

export interface SurveyResult {
  /** Of the call. */
  readonly id: string;
  readonly caller: string | undefined;
  readonly callee: string | undefined;
  readonly answers: Partial<Record<Scale, number>>;
  readonly comment: string;
  /** Whether all was asked. */
  readonly complete: boolean;
}

/** Takes a result; the same one may come twice. Rejects if it couldn't: then it is tried again. */
export type Deliver = (result: SurveyResult, context: TemplateContext) => Promise<void>;

export const survey = (deliver: Deliver) =>
  defineTemplate<Memory, never, Words>({
    env: ['RESULTS_URL?'],
    secrets: ['RESULTS_KEY?'],
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    history: { turns: TURNS },

    onSessionStart(_event, { state, texts }) {
      state.asked = 'may';
      return texts.welcome;
    },

    onUserSpeak({ text }, session) {
      const { state, texts, language } = session;
      const { asked } = state;
      if (isFarewell(text, language)) return [texts.goodbye, hangup()];
      if (isScale(asked)) return rated(asked, valueIn(text, session), session);
      return asked === 'may' ? begun(text, session) : commented(text, session);
    },

    onDtmfReceived({ digit }, session) {
      const { asked } = session.state;
      if (isScale(asked)) return rated(asked, scaled([Number(digit)]), session);
      // Whatever is pressed, somebody is there.
      return asked === 'may' ? ask(SCALES[0], session) : finished(session);
    },

    async onCallEnded({ id, caller, callee, state }, context) {
      const { answers = {}, comments = [], asked } = state;
      const said = context.history.filter(
        ({ role, turn }) => role === 'caller' && comments.includes(turn),
      );
      const comment = said.map(({ text }) => text).join(' ');
      const complete = asked === 'over';
      await deliver({ id, caller, callee, answers, comment, complete }, context);
    },
  });

const isScale = (asked = ''): asked is Scale => (SCALES as readonly string[]).includes(asked);

function hasMissed(state: Partial<Memory>): boolean {
  state.misses = (state.misses ?? 0) + 1;
  return state.misses > MAX_MISSES;
}

function ask(asked: Scale | 'comment', { state, texts }: Session): string {
  Object.assign(state, { asked, misses: 0 });
  return texts[asked];
}

function begun(text: string, session: Session): Answer {
  const { state, texts, language } = session;
  if (isVoicemail(text)) return [texts.machine, hangup()];
  const says = yesOrNo(text, language);
  if (says === 'yes') return ask(SCALES[0], session);
  return says === 'no' || hasMissed(state) ? [texts.goodbye, hangup()] : texts.mayI;
}

function rated(asked: Scale, value: number | undefined, session: Session): Answer {
  const { state, texts } = session;
  if (value === undefined && !hasMissed(state)) return [texts.scale, texts[asked]];
  if (value !== undefined) state.answers = { ...state.answers, [asked]: value };
  const lead = value === LOWEST ? texts.sorry : value ? texts.thankYou : texts.never;
  return [lead, ask(SCALES[SCALES.indexOf(asked) + 1] ?? 'comment', session)];
}

function commented(text: string, session: Session): Answer {
  const { state, texts, turn, language } = session;
  const isMore = state.asked !== 'comment';
  if (isPardon(text, language)) return texts[isMore ? 'more' : 'comment'];
  const says = yesOrNo(text, language);
  // "No, the delivery was late" is a comment, too.
  const isShort = text.split(/\s+/).length <= SHORT_WORDS;
  if (isShort && (says === 'no' || texts.nothing.test(text))) return finished(session);
  if (isShort && says === 'yes') return texts.goAhead;
  state.comments = [...(state.comments ?? []), turn];
  state.asked = 'more';
  return isMore ? finished(session) : texts.more;
}
const SHORT_WORDS = 3;

function finished({ state, texts }: Session): Answer {
  state.asked = 'over';
  return [texts.thanks, hangup()];
}

/** By figures, or in words: "a four", "4 out of 5", "very good". */
function valueIn(text: string, { language, texts }: Session): number | undefined {
  const written = scaled(numbersIn(text.replace(/\p{L}/gu, ' ')));
  const worded = texts.values.find(([, words]) => words.test(text))?.[0];
  return written ?? worded ?? scaled(numbersIn(text, language));
}

function scaled([value = 0, of = HIGHEST, ...more]: number[]): number | undefined {
  const isOne = value >= LOWEST && value <= HIGHEST && of === HIGHEST && more.length === 0;
  return isOne ? value : undefined;
}

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  welcome:
    'Hello, this is the assistant of the bicycle shop. We have repaired your bicycle, and I have three short questions about it. May I ask them?',
  mayI: 'This is the assistant of the bicycle shop. May I ask you three short questions?',
  scale: 'Please say or press a number from 1 to 5.',
  satisfied: 'How satisfied are you with the repair? 1 is not at all, and 5 is very.',
  recommend: 'How likely is it that you recommend us, from 1 to 5?',
  comment: 'And what could we do better? Take your time.',
  more: 'Thank you. Is there anything that you would like to add?',
  goAhead: 'Please go ahead.',
  thankYou: 'Thank you.',
  sorry: 'I am sorry to hear that.',
  never: 'Never mind.',
  thanks: 'That was all. Thank you for your help. Goodbye.',
  machine: 'We will call again. Goodbye.',
  goodbye: 'Thank you for your time. Goodbye.',
  /** What means which, in the order in which they are looked for. */
  values: [
    [
      1,
      /\b(?:not at all|terrible|awful|very (?:bad|unlikely|unhappy)|very (?:dis|un)satisfied)\b/i,
    ],
    [2, /\b(?:bad|poor|unlikely|unhappy|(?:dis|un)satisfied|not (?:really|very|so|much))\b/i],
    [5, /\b(?:very|excellent|great|perfect|absolutely|extremely|definitely|certainly)\b/i],
    [4, /\b(?:good|quite|satisfied|happy|likely|probably)\b/i],
    [3, /\b(?:average|so so|neither|medium|in the middle)\b/i],
  ] as [number, RegExp][],
  nothing: /\b(?:nothing|none|all good|no idea|i don.t know|that.s all)\b/i,
  silence: {
    ask: 'Are you still there? You can also press a key.',
    goodbye: 'I can’t hear you. Thank you for your time. Goodbye.',
  },
  fallback: 'Sorry, could you say that again?',
};

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  welcome:
    'Guten Tag, hier ist die Assistentin des Fahrradladens. Wir haben Ihr Rad repariert, und ich habe drei kurze Fragen dazu. Darf ich sie stellen?',
  mayI: 'Hier ist die Assistentin des Fahrradladens. Darf ich Ihnen drei kurze Fragen stellen?',
  scale: 'Bitte sagen oder drücken Sie eine Zahl von 1 bis 5.',
  satisfied: 'Wie zufrieden sind Sie mit der Reparatur? 1 heißt gar nicht, und 5 heißt sehr.',
  recommend: 'Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen, von 1 bis 5?',
  comment: 'Und was könnten wir besser machen? Lassen Sie sich Zeit.',
  more: 'Danke. Möchten Sie noch etwas hinzufügen?',
  goAhead: 'Sprechen Sie gern.',
  thankYou: 'Danke schön.',
  sorry: 'Das tut mir leid.',
  never: 'Macht nichts.',
  thanks: 'Das war alles. Vielen Dank für Ihre Hilfe. Auf Wiederhören.',
  machine: 'Wir rufen noch einmal an. Auf Wiederhören.',
  goodbye: 'Vielen Dank für Ihre Zeit. Auf Wiederhören.',
  values: [
    [
      1,
      /\b(?:gar nicht|überhaupt nicht|furchtbar|sehr (?:schlecht|unzufrieden|unwahrscheinlich))\b/i,
    ],
    [2, /\b(?:schlecht|unzufrieden|unwahrscheinlich|nicht (?:so|sehr|wirklich|besonders))\b/i],
    [5, /\b(?:sehr|ausgezeichnet|super|perfekt|toll|bestens|auf jeden fall|bestimmt)\b/i],
    [4, /\b(?:gut|ziemlich|zufrieden|wahrscheinlich)\b/i],
    [3, /\b(?:mittel|mittelmäßig|durchschnittlich|teils teils|weder noch)\b/i],
  ],
  nothing: /\b(?:nichts|keine ahnung|passt alles|alles gut|weiß (?:ich )?nicht|das war.?s)\b/i,
  silence: {
    ask: 'Sind Sie noch da? Sie können auch eine Taste drücken.',
    goodbye: 'Ich kann Sie nicht hören. Vielen Dank für Ihre Zeit. Auf Wiederhören.',
  },
  fallback: 'Entschuldigung, können Sie das noch einmal sagen?',
};

/** Where results go: your own API. */
export const deliver: Deliver = async (result, context) => {
  const { RESULTS_URL } = context.env;
  const { id, answers, complete } = result;
  if (!RESULTS_URL) return context.log.info('survey_result', { answers, complete });
  const url = `${RESULTS_URL.replace(/\/+$/, '')}/${id}`;
  const answer = await askApi(
    { url, key: 'RESULTS_KEY', method: 'PUT', body: result, within_ms: RESULTS_MS },
    context,
  );
  if (!answer.ok) throw new ApiFailed('RESULTS_URL', answer);
};

const RESULTS_MS = 10_000;

export default survey(deliver);
