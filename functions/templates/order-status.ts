/*
 * Order status: callers say or press their order number, and hear where the order is, in English or German. Whoever is
 * still on the line when that changes is interrupted with the news.
 *
 * Change   `ENGLISH` and `GERMAN`: what is said. `DESK`: who takes over. `orderNumberIn`: what an order number looks like.
 * Set      ORDERS_URL: your shop's API, `https://shop.example/orders/{order}`, which answers `{"status": "packed"}`
 *          (`shipped`, `delivered`), or 404. ORDERS_KEY, a secret: its bearer token. Without them every order is packed.
 * Trigger  `{ "target": { "label": "order:4711" }, "context": { "status": "shipped" } }`
 */
import {
  ApiFailed,
  askApi,
  collectDigits,
  defineTemplate,
  hangup,
  isDone,
  later,
  speak,
  type TemplateContext,
  type TemplateSession,
  transfer,
} from '../template/index.ts';

const DESK = {
  target_phone_number: '493023125100',
  caller_id_name: 'Order hotline',
  caller_id_number: '493023125000',
  timeout: 20,
};

type Memory = { order: string; keys: string };
type Status = 'packed' | 'shipped' | 'delivered';

/**
 * Where an order is; `undefined` for one that isn't there. Has 50 seconds, then `signal` is
 * aborted.
 */
type LookUp = (
  order: string,
  signal: AbortSignal,
  context: Pick<TemplateContext, 'env' | 'secret'>,
) => Promise<Status | undefined>;

/** Asks for the order number, and looks it up while the caller is told to wait. */
export const orderStatus = (lookUp: LookUp) =>
  defineTemplate<Memory, { order: string }, Words>({
    env: ['ORDERS_URL?'],
    secrets: ['ORDERS_KEY?'],
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    digits: [ORDER, AGAIN, REST],

    onSessionStart: (_event, { reopened, texts }) => [
      // The law wants it to be heard: neither the caller nor an interruption cuts it.
      reopened ? texts.nobody : speak(texts.legal, { barge_in: { strategy: 'none' } }),
      reopened ? AGAIN : ORDER,
    ],

    onUserSpeak({ text }, session) {
      const { state, texts } = session;
      const asked = languageIn(text);
      if (asked) {
        session.language = asked;
        return AGAIN;
      }
      if (isDone(text, session.language)) return [texts.goodbye, hangup()];
      if (texts.person.test(text)) return [texts.handingOver, transfer(DESK)];
      const order = orderNumberIn(text) ?? state.order;
      return order ? lookingUp(order, session) : AGAIN;
    },

    onDigits({ digits, complete }, session) {
      const { keys = '' } = session.state;
      delete session.state.keys;
      const order = complete && orderNumberIn(keys + digits);
      return order ? lookingUp(order, session) : AGAIN;
    },

    // Nobody has asked for a number, and here one begins.
    onDtmfReceived({ digit }, { state }) {
      if (!/\d/.test(digit)) return AGAIN;
      state.keys = (state.keys ?? '') + digit;
      return REST;
    },

    async onJob({ order }, { texts }, context) {
      const status = await lookUp(order, context.signal, context);
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

/** The same, of somebody who has been welcomed. */
const AGAIN = collectDigits({
  name: 'order_again',
  say: { ask: ({ texts }) => String(texts.help), again: ({ texts }) => String(texts.help) },
  terminator: '#',
});

/** Of a number whose first key has been pressed. */
const REST = collectDigits({
  name: 'order_rest',
  say: ({ texts }) => String(texts.goOn),
  terminator: '#',
  tries: 1,
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
  goOn: 'Go on, and press the hash key at the end.',
  help: 'Please tell me your order number: at least four digits. Or ask for a person.',
  person: /\b(person|human|somebody|someone|agent|operator)\b/i,
  handingOver: 'I will put you through.',
  nobody: 'Nobody is free at the moment.',
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
  goOn: 'Nur weiter, und am Ende drücken Sie die Rautetaste.',
  help: 'Bitte nennen Sie mir Ihre Bestellnummer: mindestens vier Ziffern. Oder fragen Sie nach einem Mitarbeiter.',
  person: /\b(mensch|mitarbeiter|jemand|person)/i,
  handingOver: 'Ich verbinde Sie.',
  nobody: 'Im Moment ist niemand frei.',
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

/** Your shop, where there is none: it has packed every order but those that begin with 0. */
export const pretendToLookUp: LookUp = async (order) =>
  order.startsWith('0') ? undefined : 'packed';

/** A shop that is slower than this is asked again. */
const SHOP_MS = 10_000;

export const askShop: LookUp = async (order, signal, { env, secret }) => {
  const { ORDERS_URL } = env;
  if (!ORDERS_URL) return pretendToLookUp(order, signal, { env, secret });
  const url = ORDERS_URL.replaceAll('{order}', encodeURIComponent(order));
  const answer = await askApi({ url, key: 'ORDERS_KEY', within_ms: SHOP_MS }, { secret, signal });
  if (answer.status === 404) return undefined;
  const status = answer.ok ? statusIn(await answer.json()) : undefined;
  if (!status)
    throw new ApiFailed('the shop', answer, 'or with no status that there are words for');
  return status;
};

export default orderStatus(askShop);

/**
 * The last that is said: "4711, no, 4712". Recognisers write spoken digits with spaces, in groups
 * or not.
 */
const orderNumberIn = (text: string) =>
  text
    .replace(/(?<=\d)[\s-](?=\d)/g, '')
    .match(/\d{4,12}/g)
    ?.at(-1);

/** In the news of an order, and in what the shop answers. */
function statusIn(json: unknown): Status | undefined {
  const { status } = Object(json) as Record<string, unknown>;
  return status === 'packed' || status === 'shipped' || status === 'delivered' ? status : undefined;
}
