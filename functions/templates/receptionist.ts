/*
 * Receptionist: puts callers through by words or keys, knows who is there at this hour, and takes a message where nobody
 * is, which is delivered after the call.
 *
 * Change   `HOURS`; `PEOPLE`: whose telephone rings; `US`: whose number it shows; `MESSAGES_TO`: who gets messages as SMS,
 *          which sipgate enables for you (`undefined`: nobody); `ENGLISH`, `GERMAN`: what is said, and meant.
 * Set      MESSAGES_URL: where messages are posted as JSON, such as an incoming webhook of your chat. MESSAGES_KEY, a secret:
 *          its bearer token, if it wants one.
 * Trigger  `{ "target": { "caller": "+49…" }, "context": { "operator": "Anna", "number": "493023125103" } }` joins
 */
import {
  ApiFailed,
  askApi,
  bargeIn,
  defineTemplate,
  hangup,
  isDone,
  isPardon,
  numbersIn,
  type Sayable,
  sendSms,
  type TemplateContext,
  type TemplateSession,
  type TranscriptEntry,
  type Trigger,
  transfer,
} from '../template/index.ts';

const HOURS = {
  zone: 'Europe/Berlin',
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  from: '09:00',
  until: '18:00',
  /** Dates: `2026-12-25`. */
  except: ['2026-12-25', '2026-12-26', '2027-01-01'],
};
/** `always`: at any hour. */
const PEOPLE = {
  sales: { number: '493023125101', always: false },
  support: { number: '493023125102', always: true },
};
const RINGS_SECONDS = 20;
const US = { caller_id_name: 'Bicycle shop', caller_id_number: '493023125000' };
const MESSAGES_TO: string | undefined = '491713920001';

/** After so many wishes that weren't understood, somebody is called. */
const MAX_MISSES = 2;

/**
 * `person`: whose telephone rang last. `since`: the turn from which on all that the caller says is
 * a message for that person.
 */
type Memory = { person: string; since: number; misses: number };
type Words = typeof ENGLISH;
type Session = TemplateSession<Partial<Memory>, Words>;

interface Choice {
  readonly key: string;
  readonly words: RegExp;
  readonly wants: 'hours' | 'message' | 'anybody' | keyof typeof PEOPLE;
}

export const ENGLISH = {
  hello: 'Hello, this is the bicycle shop.',
  closed: 'We are closed now, but support is there.',
  /** What a caller may want: by its key, or by its words, of which the first that fit count. */
  menu: [
    { key: '3', words: /\b(open|opening|hours|close)\b/i, wants: 'hours' },
    { key: '4', words: /\b(message|call me back|callback)\b/i, wants: 'message' },
    { key: '1', words: /\b(sales|buy|order|price)\b/i, wants: 'sales' },
    { key: '2', words: /\b(support|help|repair|broken)\b/i, wants: 'support' },
    { key: '0', words: /\b(person|human|somebody|someone|people)\b/i, wants: 'anybody' },
  ] as Choice[],
  sales: 'Sales',
  support: 'Support',
  choices:
    'Say sales or press 1, support or press 2, opening hours or press 3, or leave a message with 4.',
  hours: 'We are open from nine to six, Monday to Saturday.',
  calling: (person: string) => `One moment, I am calling ${person}.`,
  joining: (person: string) => `${person} is joining now.`,
  absent: (person: string) => `${person} can't answer.`,
  about: 'What is it about, and how can we reach you?',
  colleague: 'My colleague',
  note: (person: string, caller: string, said: string) => `For ${person}, from ${caller}: ${said}`,
  anybody: 'anybody',
  withheld: 'a withheld number',
  noted: 'I will pass that on. Goodbye.',
  notSent: 'I am sorry, your message did not go out. What else can I do?',
  goodbye: 'Thank you for calling. Goodbye.',
  no: /^\W*no\W*$/i,
  silence: {
    ask: 'Are you still there? What can I do for you?',
    goodbye: 'I can’t hear you. Goodbye.',
  },
  fallback: 'Sorry, could you say that again?',
};

export const GERMAN: Words = {
  hello: 'Guten Tag, hier ist die Fahrradwerkstatt.',
  closed: 'Wir haben gerade geschlossen, aber die Werkstatt ist da.',
  menu: [
    {
      key: '3',
      words: /(geöffnet|öffnung|offen|wann .*(auf|zu)(?!\p{L})|schließ)/iu,
      wants: 'hours',
    },
    { key: '4', words: /(nachricht|zurückrufen|rückruf|rufen sie mich)/i, wants: 'message' },
    { key: '1', words: /(verkauf|kaufen|bestell|preis|kostet)/i, wants: 'sales' },
    { key: '2', words: /(werkstatt|hilfe|repar|kaputt|defekt)/i, wants: 'support' },
    { key: '0', words: /(mensch|mitarbeiter|jemand|person|verbinden)/i, wants: 'anybody' },
  ],
  sales: 'Der Verkauf',
  support: 'Die Werkstatt',
  choices:
    'Sagen Sie Verkauf oder drücken Sie die 1, Werkstatt die 2, Öffnungszeiten die 3, Nachricht die 4.',
  hours: 'Wir haben von neun bis achtzehn Uhr geöffnet, von Montag bis Samstag.',
  calling: (person) => `Einen Moment, ich verbinde. ${person} wird angerufen.`,
  joining: (person) => `${person} kommt jetzt dazu.`,
  absent: (person) => `${person} ist gerade nicht zu erreichen.`,
  about: 'Worum geht es, und wie erreichen wir Sie?',
  colleague: 'Mein Kollege',
  note: (person, caller, said) => `Für: ${person}, von ${caller}: ${said}`,
  anybody: 'alle',
  withheld: 'unterdrückter Nummer',
  noted: 'Das gebe ich weiter. Auf Wiederhören.',
  notSent: 'Es tut mir leid, Ihre Nachricht ging nicht hinaus. Was kann ich sonst für Sie tun?',
  goodbye: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
  no: /^\W*nein\W*$/i,
  silence: {
    ask: 'Sind Sie noch da? Was kann ich für Sie tun?',
    goodbye: 'Ich kann Sie nicht hören. Auf Wiederhören.',
  },
  fallback: 'Entschuldigung, können Sie das noch einmal sagen?',
};

/**
 * What is posted: `text` is all that a chat needs. `id` is the call's, the same when it comes
 * again.
 */
export interface Message {
  readonly id: string;
  readonly text: string;
  readonly person: string;
  readonly caller: string | null;
  readonly said: string;
}

/** Delivers a message after the call; tried three times, so it may come twice. */
type Deliver = (message: Message, context: TemplateContext) => Promise<void>;

export const receptionist = (deliver: Deliver) =>
  defineTemplate<Memory, never, Words>({
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    // Without an SMS there must be another way to deliver a message.
    env: [MESSAGES_TO ? 'MESSAGES_URL?' : 'MESSAGES_URL'],
    secrets: ['MESSAGES_KEY?'],
    // For the message: it may be long, and come in parts.
    history: { turns: 10 },

    onSessionStart(_event, session, { now }) {
      const { reopened, state, texts } = session;
      // A transfer has failed within its timeout, and the caller is back.
      if (reopened) return takesMessageFor(state.person ?? texts.colleague, session);
      const { hello, closed, choices } = texts;
      return isOpen(now()) ? `${hello} ${choices}` : `${hello} ${closed} ${choices}`;
    },

    onUserSpeak({ text }, session, { now }) {
      const { language, texts, state, turn } = session;
      const { person = texts.anybody, since = Number.POSITIVE_INFINITY } = state;
      if (wantsNothing(text, session)) return [texts.goodbye, hangup()];
      if (turn < since) return chosen(choiceIn(text, session), session, now());
      if (isPardon(text, language)) return takesMessage(person, session);
      return [...message(text, session), texts.noted, hangup()];
    },

    onDtmfReceived({ digit }, session, { now }) {
      const choice = session.texts.menu.find(({ key }) => key === digit);
      // A key doesn't stop what is being said, as words do.
      return [bargeIn(), ...chosen(choice, session, now())];
    },

    onTrigger({ context }, session) {
      const operator = operatorIn(context);
      return (
        operator && [session.texts.joining(operator.name), call(operator.name, operator, session)]
      );
    },

    onSmsFailed(_event, { state, texts }, { env }) {
      if (env.MESSAGES_URL) return undefined;
      delete state.since;
      return [bargeIn(), texts.notSent];
    },

    async onCallEnded(session, context) {
      const written = messageIn(session, context.history);
      if (written && context.env.MESSAGES_URL) await deliver(written, context);
    },
  });

/** "No, thank you", or goodbye: a message may end with it. */
const wantsNothing = (text: string, { language, texts }: Session) =>
  isDone(text, language) || texts.no.test(text);

/** By its words, or by its key, said alone: "two, please". */
function choiceIn(text: string, { language, texts: { menu } }: Session): Choice | undefined {
  const [number] = text.split(' ').length <= 2 ? numbersIn(text, language) : [];
  return (
    menu.find(({ words }) => words.test(text)) ?? menu.find(({ key }) => key === String(number))
  );
}

function chosen(choice: Choice | undefined, session: Session, now: number): Sayable[] {
  const { state, texts, turn } = session;
  // Who has left a message has left it, whatever they want besides.
  if (turn < (state.since ?? 0)) delete state.since;
  state.misses = choice ? 0 : (state.misses ?? 0) + 1;
  if (!choice && state.misses <= MAX_MISSES) return [texts.choices];
  const { wants } = choice ?? { wants: 'anybody' };
  if (wants === 'hours') return [isOpen(now) ? texts.hours : `${texts.hours} ${texts.closed}`];
  const isThere = (one: keyof typeof PEOPLE) => PEOPLE[one].always || isOpen(now);
  const who = wants === 'anybody' ? NAMES.find(isThere) : wants;
  if (!who || who === 'message') return [takesMessage(texts.anybody, session)];
  if (!isThere(who)) return [takesMessageFor(texts[who], session)];
  return [texts.calling(texts[who]), call(texts[who], PEOPLE[who], session)];
}
const NAMES = Object.keys(PEOPLE) as (keyof typeof PEOPLE)[];

function isOpen(now: number): boolean {
  const { zone, days, from, until, except } = HOURS;
  const local = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(now);
  const time = local({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = local({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const day = date.split('/').reverse().join('-');
  return (
    days.includes(local({ weekday: 'short' })) &&
    !except.includes(day) &&
    time >= from &&
    time < until
  );
}

function call(person: string, { number }: { number: string }, { state }: Session) {
  state.person = person;
  return transfer({ target_phone_number: number, timeout: RINGS_SECONDS, ...US });
}

const takesMessageFor = (person: string, session: Session) =>
  `${session.texts.absent(person)} ${takesMessage(person, session)}`;

/** What the caller says next, and whatever they add, is a message. */
function takesMessage(person: string, { state, texts, turn }: Session): string {
  state.person = person;
  state.since ??= turn + 1;
  return texts.about;
}

/** What they say at once, by SMS. */
function message(said: string, { caller, state, texts }: Session): Sayable[] {
  if (!MESSAGES_TO) return [];
  const text = texts.note(state.person ?? texts.anybody, caller ?? texts.withheld, said);
  return [sendSms({ phone_number: MESSAGES_TO, message: text })];
}

/** All that the caller has said for somebody, once the call is over. */
function messageIn(session: Session, history: readonly TranscriptEntry[]): Message | undefined {
  const { id, caller, language, state, texts } = session;
  const { since = Number.POSITIVE_INFINITY, person = texts.anybody } = state;
  const isSaid = (text: string) => !wantsNothing(text, session) && !isPardon(text, language);
  const parts = history.filter(
    ({ role, turn, text }) => role === 'caller' && turn >= since && isSaid(text),
  );
  if (parts.length === 0) return undefined;
  const said = parts.map(({ text }) => text).join(' ');
  const text = texts.note(person, caller ?? texts.withheld, said);
  return { id, text, person, caller: caller ?? null, said };
}

/** `{ "operator": "Anna", "number": "493023125103" }` */
function operatorIn(context: Trigger['context']) {
  const { operator, number } = Object(context) as Record<string, unknown>;
  return typeof operator === 'string' && typeof number === 'string'
    ? { name: operator, number }
    : undefined;
}

export const postMessage: Deliver = async (message, context) => {
  const answer = await askApi(
    {
      url: String(context.env.MESSAGES_URL),
      key: 'MESSAGES_KEY',
      method: 'POST',
      body: message,
      idempotency_key: message.id,
    },
    context,
  );
  if (!answer.ok) throw new ApiFailed('MESSAGES_URL', answer);
};

export default receptionist(postMessage);
