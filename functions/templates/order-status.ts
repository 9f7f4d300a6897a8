import {
  collectDigits,
  defineTemplate,
  hangup,
  isFarewell,
  later,
  speak,
  type TemplateSession,
  type Trigger,
} from '../template/index.ts';

type Memory = { order: string };
type Status = 'packed' | 'shipped' | 'delivered';

/** Where an order is; `undefined` for one that isn't there. Has 50 seconds, then `signal` is aborted. */
type LookUp = (order: string, signal: AbortSignal) => Promise<Status | undefined>;

/**
 * Asks for the order number and looks it up while the caller is told to wait. News of the order
 * (`{ "target": { "label": "order:4711" }, "context": { "status": "shipped" } }`) interrupts whoever asked for it.
 */
export const orderStatus = (lookUp: LookUp) =>
  defineTemplate<Memory, { order: string }, Words>({
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    digits: [ORDER],

    onSessionStart: (_event, { texts }) => [
      // The law wants it to be heard: neither the caller nor an interruption cuts it.
      speak(texts.legal, { barge_in: { strategy: 'none' } }),
      ORDER,
    ],

    onUserSpeak({ text }, session) {
      const { state, texts } = session;
      const asked = languageIn(text);
      if (asked) {
        session.language = asked;
        return session.texts.help;
      }
      if (isFarewell(text, session.language)) return [texts.goodbye, hangup()];
      const order = orderNumberIn(text) ?? state.order;
      return order ? lookingUp(order, session) : texts.help;
    },

    onDigits: ({ digits, complete }, session) =>
      complete ? lookingUp(digits, session) : session.texts.help,

    onDtmfReceived: (_event, { texts }) => [texts.again, ORDER],

    async onJob({ order }, { texts }, { signal }) {
      const status = await lookUp(order, signal);
      return status ? texts[status](order) : texts.unknown(order);
    },

    onTrigger({ context }, { state: { order }, texts }) {
      const status = statusIn(context);
      return status && order && `${texts.news} ${texts[status](order)}`;
    },
  });

/** Whoever has it before them may press it. */
const ORDER = collectDigits({
  name: 'order',
  say: {
    ask: ({ texts }) => String(texts.question),
    again: ({ texts }) => texts.silence?.ask ?? String(texts.question),
  },
  terminator: '#',
});

function lookingUp(
  order: string,
  { state, labels, texts }: TemplateSession<Partial<Memory>, Words>,
) {
  labels.delete(`order:${state.order}`);
  labels.add(`order:${order}`);
  state.order = order;
  return later({ hold: texts.hold(order), job: { order } });
}

/** "In German, please." */
function languageIn(text: string): string | undefined {
  if (/\b(german|deutsch)\b/i.test(text)) return 'de-DE';
  return /\b(english|englisch)\b/i.test(text) ? 'en-US' : undefined;
}

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  legal: 'This call is recorded for training.',
  question: 'Welcome to the order hotline. What is your order number?',
  again: 'Let us start again.',
  help: 'Please tell me your order number: at least four digits.',
  hold: (order: string) => `One moment, I am looking for order ${order}.`,
  progress: 'I am still looking.',
  packed: (order: string) =>
    `Order ${order} is packed and waits in our warehouse. It will be fetched this evening. You will have it tomorrow before noon.`,
  shipped: (order: string) => `Order ${order} has left our warehouse and is on its way to you.`,
  delivered: (order: string) => `Order ${order} is in front of your door.`,
  unknown: (order: string) => `I can't find order ${order}. Could you say the number again?`,
  news: 'Good news!',
  goodbye: 'Thank you for calling. Goodbye.',
  silence: {
    ask: 'Are you still there? Please tell me your order number.',
    goodbye: 'I can’t hear you. Please call again. Goodbye.',
  },
  fallback: 'Sorry, could you say that again?',
  apology: 'I am sorry, I can not look that up right now.',
};

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  legal: 'Dieses Gespräch wird zu Schulungszwecken aufgezeichnet.',
  question: 'Willkommen bei der Bestellauskunft. Wie lautet Ihre Bestellnummer?',
  again: 'Fangen wir noch einmal an.',
  help: 'Bitte nennen Sie mir Ihre Bestellnummer: mindestens vier Ziffern.',
  hold: (order) => `Einen Moment, ich suche Bestellung ${order}.`,
  progress: 'Ich suche noch.',
  packed: (order) =>
    `Bestellung ${order} liegt verpackt in unserem Lager. Sie wird heute Abend abgeholt. Morgen Vormittag ist sie bei Ihnen.`,
  shipped: (order) => `Bestellung ${order} hat unser Lager verlassen und ist auf dem Weg zu Ihnen.`,
  delivered: (order) => `Bestellung ${order} liegt vor Ihrer Tür.`,
  unknown: (order) => `Bestellung ${order} finde ich nicht. Wie war die Nummer noch einmal?`,
  news: 'Gute Nachrichten!',
  goodbye: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
  silence: {
    ask: 'Sind Sie noch da? Bitte nennen Sie mir Ihre Bestellnummer.',
    goodbye: 'Ich kann Sie nicht hören. Bitte rufen Sie noch einmal an. Auf Wiederhören.',
  },
  fallback: 'Entschuldigung, können Sie das noch einmal sagen?',
  apology: 'Es tut mir leid, gerade kann ich das nicht nachsehen.',
};

/** Stands in for your shop's own API: replace it. It has packed every order but those that begin with 0. */
export const pretendToLookUp: LookUp = async (order) =>
  order.startsWith('0') ? undefined : 'packed';

export default orderStatus(pretendToLookUp);

/** Recognisers write spoken digits with spaces, in groups or not. */
const orderNumberIn = (text: string) =>
  /\d{4,12}/.exec(text.replace(/(?<=\d)[\s-](?=\d)/g, ''))?.[0];

function statusIn(context: Trigger['context']): Status | undefined {
  const { status } = Object(context) as Record<string, unknown>;
  return status === 'packed' || status === 'shipped' || status === 'delivered' ? status : undefined;
}
