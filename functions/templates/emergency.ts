/*
 * Emergency: an information line whose callers all hear an alarm, whatever they are hearing; nobody cuts it, and it is said
 * again until they say or press that they have understood, which is counted. Who calls later hears it if it is sent again.
 *
 * Change   `ENGLISH`, `GERMAN`: what may happen and is to be done (`alarms`), what else is told (`topics`). `TIMES`: how often.
 * Set      RECEIPTS_URL: where it is posted after each call that heard an alarm, `{"alarm": "gas-1", "understood": true}`.
 *          RECEIPTS_KEY, a secret: its bearer token. The log has a line for each at once, with or without them.
 * Trigger  `{ "target": { "everyone": true }, "urgent": true, "force": true, "id": "gas-1",
 *          "context": { "alarm": "gas", "place": "Market Street" } }`; `{ …, "context": { "alarm": "over" } }` when it is over
 */
import {
  ApiFailed,
  askApi,
  bargeIn,
  defineTemplate,
  hangup,
  isDone,
  type Sayable,
  speak,
  type TemplateContext,
  type TemplateSession,
  type Trigger,
} from '../template/index.ts';

/** So often it is said to somebody who doesn't answer. */
const TIMES = 3;
const ANSWERS_WITHIN_SECONDS = 5;

/** `id`: the alarm's, while it is on; `understood`: the one that they have understood. */
type Memory = { id: string; alarm: string; place: string; times: number; understood: string };
type Words = typeof ENGLISH;
type Session = TemplateSession<Partial<Memory>, Words>;

export const ENGLISH = {
  hello: 'This is the information line of the town.',
  /** By what the trigger calls them. */
  alarms: new Map<string, (place: string) => string>([
    ['gas', (place) => `Gas is leaking ${place}. Leave the house, touch no switch, and go upwind.`],
    ['fire', (place) => `There is a fire ${place}. Close doors and windows, and stay inside.`],
    ['flood', (place) => `Water is rising ${place}. Go to the upper floors, and stay there.`],
  ]),
  at: (place: string) => `at ${place}`,
  everywhere: 'in the whole town',
  attention: 'Attention, this is an alarm.',
  receipt: 'Say yes or press 1 when you have understood.',
  receiptKey: '1',
  /** Whoever says one of these has not. */
  not: /\b(not?|never)\b|n['’]t\b/i,
  receiptWords: /\b(yes|yeah|ok|okay|understood|i (understand|have|did)|got it)\b/i,
  understood: 'Thank you. Please act now, and hang up: others need the line.',
  over: 'The alarm is over. You are safe.',
  lineNeeded: 'Others need the line now. Please act as you have heard. Goodbye.',
  /** What callers may ask for, the first whose words fit. */
  topics: [
    {
      words: /\b(help|hurt|injured|trapped|burn\w*|fire|doctor|ambulance|police|numbers?)\b/i,
      says: 'In danger of life, call 112.',
    },
    {
      words: /\b(shelters?|where (can|do|shall|should) (i|we))\b/i,
      says: 'The shelters are the school and the town hall.',
    },
  ],
  choices: 'Ask me for shelters, or for important numbers.',
  goodbye: 'Take care. Goodbye.',
  silence: {
    ask: 'Are you still there? Ask me for shelters, or for important numbers.',
    goodbye: 'I can’t hear you. Goodbye.',
  },
  fallback: 'Sorry, could you say that again?',
};

export const GERMAN: Words = {
  hello: 'Hier ist das Auskunftstelefon der Stadt.',
  alarms: new Map([
    [
      'gas',
      (place) => `Gas tritt aus ${place}. Verlassen Sie das Haus, berühren Sie keinen Schalter.`,
    ],
    [
      'fire',
      (place) => `Es brennt ${place}. Schließen Sie Türen und Fenster, und bleiben Sie im Haus.`,
    ],
    ['flood', (place) => `Das Wasser steigt ${place}. Gehen Sie nach oben, und bleiben Sie dort.`],
  ]),
  at: (place) => `an diesem Ort: ${place}`,
  everywhere: 'in der ganzen Stadt',
  attention: 'Achtung, dies ist ein Alarm.',
  receipt: 'Sagen Sie ja oder drücken Sie die 1, wenn Sie verstanden haben.',
  receiptKey: '1',
  not: /(?<!\p{L})(nicht|nichts|nein|kein\p{L}*)(?!\p{L})/iu,
  receiptWords: /(?<!\p{L})(ja|ok|okay|verstanden|habe ich)(?!\p{L})/iu,
  understood: 'Danke. Handeln Sie jetzt, und legen Sie auf: andere brauchen die Leitung.',
  over: 'Der Alarm ist vorbei. Sie sind in Sicherheit.',
  lineNeeded:
    'Andere brauchen jetzt die Leitung. Handeln Sie, wie Sie gehört haben. Auf Wiederhören.',
  topics: [
    {
      words: /(hilfe|verletzt|eingeschlossen|brenn|feuer|arzt|notruf|polizei|nummer)/i,
      says: 'Wählen Sie bei Lebensgefahr die 112.',
    },
    {
      words: /(unterk|wohin|wo (kann|können|soll|sollen) (ich|wir))/i,
      says: 'Unterkunft finden Sie in Schule und Rathaus.',
    },
  ],
  choices: 'Fragen Sie mich nach Unterkünften oder nach wichtigen Nummern.',
  goodbye: 'Passen Sie auf sich auf. Auf Wiederhören.',
  silence: {
    ask: 'Sind Sie noch da? Fragen Sie mich nach Unterkünften oder nach wichtigen Nummern.',
    goodbye: 'Ich kann Sie nicht hören. Auf Wiederhören.',
  },
  fallback: 'Entschuldigung, können Sie das noch einmal sagen?',
};

export interface Receipt {
  /** The `id` of the trigger. */
  readonly alarm: string;
  /** Of the call. */
  readonly id: string;
  readonly understood: boolean;
}

/** Counts a call, after it; tried three times, so it may come twice. */
type Count = (receipt: Receipt, context: TemplateContext) => Promise<void>;

export const emergency = (count: Count) =>
  defineTemplate<Memory, never, Words>({
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    env: ['RECEIPTS_URL?'],
    secrets: ['RECEIPTS_KEY?'],

    onSessionStart: (_event, { texts }) => `${texts.hello} ${texts.choices}`,

    onTrigger({ id, context }, session, { log }) {
      const { labels, state, texts } = session;
      const { alarm, place } = alarmIn(context);
      if (alarm === 'over') {
        if (!(state.id ?? state.understood)) return undefined;
        forget(session);
        return [texts.over, texts.choices];
      }
      if (!texts.alarms.has(alarm)) return undefined;
      // Whoever hasn't understood yet can be told more: `{ "target": { "label": "alarmed" } }`.
      labels.add('alarmed');
      delete state.understood;
      Object.assign(state, { id: id.slice(0, 64), alarm, place, times: 1 });
      log.info('alarm_said', { alarm: state.id });
      return said(session);
    },

    onUserInputTimeout(_event, session) {
      const { state, texts } = session;
      if (!state.id) return undefined;
      state.times = (state.times ?? 1) + 1;
      return state.times > TIMES ? [texts.lineNeeded, hangup()] : said(session);
    },

    onUserSpeak({ text }, session, { log }) {
      const { language, state, texts } = session;
      const topic = texts.topics.find(({ words }) => words.test(text))?.says;
      const hasUnderstood = texts.receiptWords.test(text) && !texts.not.test(text);
      if (state.id && hasUnderstood) return understood(session, log);
      // Whoever asks something is answered, and hears the alarm all the same.
      if (state.id) return topic ? [topic, said(session)] : said(session);
      return isDone(text, language) ? [texts.goodbye, hangup()] : (topic ?? texts.choices);
    },

    onDtmfReceived({ digit }, session, { log }) {
      const { state, texts } = session;
      if (!state.id) return [bargeIn(), texts.choices];
      // Another key doesn't cut it, either.
      return digit === texts.receiptKey ? [bargeIn(), ...understood(session, log)] : undefined;
    },

    async onCallEnded({ id, state }, context) {
      const alarm = state.id ?? state.understood;
      if (!alarm) return;
      const isUnderstood = state.id === undefined;
      if (!isUnderstood) context.log.info('alarm_not_understood', { alarm });
      if (context.env.RECEIPTS_URL) await count({ alarm, id, understood: isUnderstood }, context);
    },
  });

/** The alarm that is on, to its end: nothing but its receipt cuts it. */
function said({ state, texts }: Session): Sayable {
  const { alarm = '', place } = state;
  const what = texts.alarms.get(alarm)?.(place ? texts.at(place) : texts.everywhere) ?? '';
  return speak(`${texts.attention} ${what} ${texts.receipt}`, {
    barge_in: { strategy: 'none' },
    user_input_timeout_seconds: ANSWERS_WITHIN_SECONDS,
  });
}

function understood(session: Session, log: TemplateContext['log']): Sayable[] {
  const { state, texts } = session;
  const { id } = state;
  log.info('alarm_understood', { alarm: id });
  forget(session);
  if (id) state.understood = id;
  return [texts.understood];
}

function forget({ labels, state }: Session): void {
  labels.delete('alarmed');
  for (const key of ['id', 'alarm', 'place', 'times', 'understood'] as const) delete state[key];
}

/**
 * `{ "alarm": "gas", "place": "Market Street" }`; a place of at most 40 characters, so that all
 * fits into the state.
 */
function alarmIn(context: Trigger['context']): { alarm: string; place: string } {
  const { alarm = '', place = '' } = Object(context) as Record<string, unknown>;
  return { alarm: String(alarm), place: typeof place === 'string' ? place.slice(0, 40) : '' };
}

export const postReceipt: Count = async (receipt, context) => {
  const answer = await askApi(
    {
      url: String(context.env.RECEIPTS_URL),
      key: 'RECEIPTS_KEY',
      method: 'POST',
      body: receipt,
      idempotency_key: `${receipt.alarm}:${receipt.id}`,
    },
    context,
  );
  if (!answer.ok) throw new ApiFailed('RECEIPTS_URL', answer);
};

export default emergency(postReceipt);
