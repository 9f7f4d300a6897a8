/*
 * Hotline: callers wait for somebody, with music. They hear their place in the queue when they come, every now and then, and
 * when it changes, until whoever is free takes them out of it.
 *
 * Change   `EVERY_SECONDS` they hear their place; `US`: whose number a colleague sees; `ENGLISH` and `GERMAN`: what is said.
 * Set      QUEUE_URL: your queue's API, `https://queue.example/callers/{id}`. PUT takes a place or tells it, `{"position": 3}`;
 *          410 if nobody works now; DELETE gives it up. QUEUE_KEY, a secret: its bearer token. Without: third, and soon next.
 * Trigger  `{ "target": { "caller": "+49…" }, "context": { "position": 2 } }`, and to take the caller out of it
 *          `{ "target": { "caller": "+49…" }, "context": { "operator": "Anna", "number": "493023125103" } }`
 */
import {
  ApiFailed,
  askApi,
  defineTemplate,
  hangup,
  isFarewell,
  later,
  mixAudio,
  speak,
  type TemplateContext,
  type TemplateSession,
  type Trigger,
  transfer,
} from '../template/index.ts';

const EVERY_SECONDS = 20;
const RINGS_SECONDS = 20;
const US = { caller_id_name: 'Hotline', caller_id_number: '493023125042' };

/** `since`: when they came, ms since 1970. `person`: who was to take the call. */
type Memory = { since: number; position: number; person: string };
type Words = typeof ENGLISH;

export const ENGLISH = {
  welcome: 'Welcome to our hotline. One moment, please.',
  place: (position: number) =>
    position > 1
      ? `You are number ${position} in the queue. Please hold the line.`
      : 'You are next. Please hold the line.',
  wait: 'Thank you for waiting.',
  operator: (name: string) => `${name} is free now, and takes your call.`,
  gone: (name: string) => `I am sorry, ${name} could not take your call. You keep your place.`,
  colleague: 'my colleague',
  closed: 'Nobody is here at the moment. Please call again in our opening hours. Goodbye.',
  goodbye: 'Thank you for calling. Goodbye.',
  progress: 'One moment, please.',
  apology: speak('Please hold the line: you keep your place.', {
    user_input_timeout_seconds: EVERY_SECONDS,
  }),
  fallback: speak('Please hold the line.', { user_input_timeout_seconds: EVERY_SECONDS }),
};

export const GERMAN: Words = {
  welcome: 'Willkommen bei unserer Hotline. Einen Moment, bitte.',
  place: (position) =>
    position > 1
      ? `Sie sind an Stelle ${position} der Warteschlange. Bitte bleiben Sie dran.`
      : 'Sie sind als Nächstes an der Reihe. Bitte bleiben Sie dran.',
  wait: 'Danke, dass Sie warten.',
  operator: (name) => `${name} ist jetzt frei und übernimmt Ihren Anruf.`,
  gone: (name) => `Es tut mir leid, ${name} konnte nicht annehmen. Sie behalten Ihren Platz.`,
  colleague: 'mein Kollege',
  closed:
    'Im Moment ist niemand da. Bitte rufen Sie in unserer Sprechzeit wieder an. Auf Wiederhören.',
  goodbye: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
  progress: 'Einen Moment, bitte.',
  apology: speak('Bitte bleiben Sie dran: Sie behalten Ihren Platz.', {
    user_input_timeout_seconds: EVERY_SECONDS,
  }),
  fallback: speak('Bitte bleiben Sie dran.', { user_input_timeout_seconds: EVERY_SECONDS }),
};

interface Waiting {
  /** The session's. */
  readonly id: string;
  readonly caller: string | undefined;
  readonly since: number;
}

interface Queue {
  /**
   * Takes a place, or tells the one that is taken: 1 is next; nothing out of hours. Rejects if it
   * can't be asked.
   */
  place(who: Waiting, context: TemplateContext): Promise<number | undefined>;
  /** Gives it up: the call is over. May come twice. */
  leave(who: Waiting, context: TemplateContext): Promise<void>;
}

export const hotline = (queue: Queue) =>
  // No `silence`: whoever waits needn't say anything, and isn't hung up on.
  defineTemplate<Memory, 'place', Words>({
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },
    env: ['QUEUE_URL?'],
    secrets: ['QUEUE_KEY?'],
    assets: ['hold-music'],

    onSessionStart(_event, session, { now }) {
      if (session.reopened) return returned(session);
      const { state, labels, texts } = session;
      labels.add('waiting');
      state.since = now();
      return later({ hold: [MUSIC, texts.welcome], job: 'place' });
    },

    // Whoever was announced may have been called off before the call was passed on.
    onUserInputTimeout: (_event, session) =>
      session.state.person ? returned(session) : placed(session.texts),

    onUserSpeak: ({ text }, { language, texts }) =>
      isFarewell(text, language) ? [SILENCE, texts.goodbye, hangup()] : placed(texts),

    // Keys change nothing about the place, and the time until it is told again goes on.
    onDtmfReceived: () => undefined,

    async onJob(_job, session, context) {
      const { id, caller, state, texts } = session;
      const { since = context.now() } = state;
      const position = await queue.place({ id, caller, since }, context);
      if (position === undefined) return [SILENCE, texts.closed, hangup()];
      state.position = position;
      return waits(texts.place(position));
    },

    onTrigger({ context }, { labels, state, texts }) {
      const operator = operatorIn(context);
      if (operator) {
        labels.delete('waiting');
        state.person = operator.name;
        const { number: target_phone_number } = operator;
        return [
          SILENCE,
          // Nothing about the queue cuts it any more.
          speak(texts.operator(operator.name), { barge_in: { strategy: 'none' } }),
          transfer({ target_phone_number, timeout: RINGS_SECONDS, ...US }),
        ];
      }
      const position = positionIn(context);
      if (position === undefined || position === state.position) return undefined;
      state.position = position;
      return waits(texts.place(position));
    },

    async onCallEnded({ id, caller, state }, context) {
      await queue.leave({ id, caller, since: state.since ?? context.now() }, context);
    },
  });

const MUSIC = mixAudio({ audio: { asset: 'hold-music' }, volume: 0.2 });
const SILENCE = mixAudio({ stop: true });

/** Back in the queue. */
function returned({ state, labels, texts }: TemplateSession<Partial<Memory>, Words>) {
  const { person = texts.colleague } = state;
  delete state.person;
  labels.add('waiting');
  return [MUSIC, waits(texts.gone(person))];
}

/** After it the caller waits, and hears it again. */
const waits = (text: string) => speak(text, { user_input_timeout_seconds: EVERY_SECONDS });

const placed = ({ wait }: Words) => later({ hold: wait, job: 'place' });

/** `{ "operator": "Anna", "number": "493023125103" }` */
function operatorIn(context: Trigger['context']) {
  const { operator, number } = Object(context) as Record<string, unknown>;
  return typeof operator === 'string' && typeof number === 'string'
    ? { name: operator, number }
    : undefined;
}

/** `{ "position": 2 }`, in a trigger and from the queue. */
function positionIn(json: unknown): number | undefined {
  const { position } = Object(json) as Record<string, unknown>;
  return Number.isSafeInteger(position) && Number(position) > 0 ? Number(position) : undefined;
}

/** A queue of three that gets shorter every minute. */
const pretended: Queue = {
  place: async ({ since }, { now }) => Math.max(1, 3 - Math.floor((now() - since) / 60_000)),
  leave: async () => {},
};

/** A queue that is slower than this is asked again. */
const QUEUE_MS = 4_000;

export const askQueue: Queue = {
  async place(who, context) {
    if (!context.env.QUEUE_URL) return pretended.place(who, context);
    const answer = await ask('PUT', who, context);
    if (answer.status === 410) return undefined;
    const position = answer.ok ? positionIn(await answer.json()) : undefined;
    if (position === undefined) throw new ApiFailed('the queue', answer, 'or with no position');
    return position;
  },

  async leave(who, context) {
    if (!context.env.QUEUE_URL) return;
    const answer = await ask('DELETE', who, context);
    // Who has left already is gone.
    if (!answer.ok && answer.status !== 404) throw new ApiFailed('the queue', answer);
  },
};

function ask(method: 'PUT' | 'DELETE', { id, caller }: Waiting, context: TemplateContext) {
  const url = String(context.env.QUEUE_URL).replaceAll('{id}', encodeURIComponent(id));
  const body = method === 'PUT' ? { body: { caller: caller ?? null } } : {};
  return askApi({ url, key: 'QUEUE_KEY', method, ...body, within_ms: QUEUE_MS }, context);
}

export default hotline(askQueue);
