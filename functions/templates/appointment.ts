/*
 * Appointments: callers make, move and cancel them by day and time, in English or German. Whoever is called is reminded of
 * theirs (docs/outbound.md), and a machine that answers in their place gets a message.
 *
 * Change   `ENGLISH`, `GERMAN`: what is said. `DESK`: who takes over. `TIME_ZONE`. `calendarOf`: what your calendar is asked.
 * Set      CALENDAR_URL: your calendar's API, `https://calendar.example`; CALENDAR_KEY, a secret: its bearer token.
 *          Without them everybody has an appointment in a week, and most times are free.
 * Trigger  Offers a time that has become free to whoever looks for that day: `{ "target": { "label": "day:2026-12-01" },
 *          "context": { "day": "2026-12-01", "time": "09:30" } }`
 */
import {
  ApiFailed,
  askApi,
  bargeIn,
  dayAndTimeIn,
  defineTemplate,
  hangup,
  isFarewell,
  isVoicemail,
  type Later,
  later,
  type Sayable,
  speak,
  type TemplateContext,
  type TemplateSession,
  transfer,
  yesOrNo,
} from '../template/index.ts';

const TIME_ZONE = 'Europe/Berlin';
const DESK = {
  target_phone_number: '493023125100',
  caller_id_name: 'Appointments',
  caller_id_number: '493023125000',
  timeout: 20,
};
/** Nobody keeps more times in mind. */
const MAX_OFFERED = 3;
/**
 * Who is called, and is silent for so long, or says so often what is no answer, is taken for a
 * machine; who calls, put through.
 */
const ANSWERS_WITHIN_SECONDS = 5;
const MAX_MISSES = 3;

/** `2026-12-01` and `09:30`, where the business is. */
interface Slot {
  readonly day: string;
  readonly time: string;
}
type Booked = { readonly id: string; readonly day: string; readonly time: string };

/** Knows the appointments. Rejects where it can't be asked; what is asked again changes nothing. */
export interface Calendar {
  /** The times of a day that are free, in order. */
  free(day: string): Promise<readonly string[]>;
  /** The next of whoever has this number. */
  of(phone: string): Promise<Booked | undefined>;
  /** Makes it, or moves the one of that id; `false` where somebody was quicker. */
  book(appointment: Booked, phone: string): Promise<boolean>;
  cancel(id: string): Promise<void>;
}

type Wish = 'make' | 'change' | 'cancel';
type Memory = {
  /** What has been asked. */
  asked: 'wish' | 'day' | 'time' | 'book' | 'cancel' | 'coming' | 'otherwise';
  day: string;
  time: string;
  offered: string[];
  has: Booked;
  /** It is we who called. */
  called: true;
  /** How often nobody who was called has answered; missing once somebody has. */
  misses: number;
  /** How often in a row nothing was understood. */
  unclear: number;
};
type Job =
  | { readonly find: 'change' | 'cancel' | 'remind' | 'message' }
  | { readonly look: string; readonly time: string | null }
  | { readonly book: Booked }
  | { readonly cancel: Booked };
type Session = TemplateSession<Partial<Memory>, Words>;
type Answer = Sayable | readonly Sayable[] | Later<Job>;

export const appointment = (calendarOf: (context: TemplateContext) => Calendar) =>
  defineTemplate<Memory, Job, Words>({
    env: ['CALENDAR_URL?'],
    secrets: ['CALENDAR_KEY?'],
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },

    onSessionStart({ session: { direction } }, { reopened, state, texts }) {
      if (reopened) return [texts.nobody, hangup()];
      if (direction === 'outbound') {
        Object.assign(state, { called: true, misses: 0 });
        return later({ hold: texts.introduction, job: { find: 'remind' } });
      }
      state.asked = 'wish';
      return texts.welcome;
    },

    onUserSpeak({ text }, session, { now }) {
      const { state, texts, language } = session;
      if (isLeaving(state)) return undefined;
      if (state.misses !== undefined && isVoicemail(text)) return message(session);
      if (isFarewell(text, language)) return [texts.goodbye, hangup()];
      if (texts.wishes.person.test(text)) return [texts.handingOver, transfer(DESK)];
      return answer(session, {
        ...chosenIn(text, session),
        ...dayAndTimeIn(text, { now: now(), timeZone: TIME_ZONE, language }),
        says: yesOrNo(text, language),
        wish: WISHES.find((one) => texts.wishes[one].test(text)),
      });
    },

    onDtmfReceived({ digit }, session) {
      if (digit === '0') return cutting([session.texts.handingOver, transfer(DESK)]);
      const { asked = '' } = session.state;
      const isChoice = asked === 'wish' || asked === 'otherwise';
      const { wish, says } = KEYS[digit] ?? {};
      return cutting(answer(session, isChoice ? { wish } : { says }));
    },

    /** Only what is asked of somebody who was called has a timer of its own. */
    onUserInputTimeout: (_event, session) => message(session),

    onTrigger({ context }, session) {
      const { state, texts } = session;
      const { day, time } = Object(context) as Record<string, unknown>;
      const isLooking = state.asked === 'time' || state.asked === 'book';
      if (!isLooking || day !== state.day || time === state.time) return undefined;
      if (typeof time !== 'string' || !/^\d\d:\d\d$/.test(time)) return undefined;
      Object.assign(state, { asked: 'book', time });
      return `${texts.news} ${shallI({ day: String(day), time }, session)}`;
    },

    async onJob(job, session, context) {
      const calendar = calendarOf(context);
      if ('find' in job) return found(job.find, session, calendar, context);
      if ('look' in job) return offer(job, session, calendar);
      if ('book' in job) return book(job.book, session, calendar);
      await calendar.cancel(job.cancel.id);
      forget(session);
      delete session.state.has;
      return session.texts.cancelled(spoken(job.cancel, session));
    },
  });

const WISHES = ['cancel', 'change', 'make'] as const;
const KEYS: Readonly<Record<string, { wish: Wish; says?: 'yes' | 'no' }>> = {
  1: { wish: 'make', says: 'yes' },
  2: { wish: 'change', says: 'no' },
  3: { wish: 'cancel' },
};

/** What somebody has said or pressed. */
interface Understood {
  readonly says?: 'yes' | 'no' | undefined;
  readonly wish?: Wish | undefined;
  readonly day?: string;
  readonly time?: string;
}

/** "The second one", of the times that were offered. */
function chosenIn(text: string, { state, texts }: Session): { time?: string } {
  const { asked, offered = [] } = state;
  const place = texts.places.findIndex((words) => words.test(text));
  const time = place === LAST ? offered.at(-1) : offered[place];
  return time && (asked === 'time' || asked === 'book') ? { time } : {};
}
const LAST = 2;

function answer(session: Session, understood: Understood): Answer {
  const { state, texts } = session;
  if (!phoneOf(session)) return [texts.withheld, transfer(DESK)];
  const { says, wish, day = state.day, time = state.time } = understood;
  const isOther = day !== state.day || time !== state.time;
  if (says || wish || isOther) {
    delete state.misses;
    delete state.unclear;
  }
  if (!isOther && agrees(understood, state)) return agreed(session);
  if (wish === 'cancel' || wish === 'change') return wanting(wish, session);
  if (isOther) return looking(session, understood);
  if (wish === 'make') return wanting(wish, session);
  return says ? answers[says](session) : unclear(session);
}

/** Whoever isn't understood again and again is put through. */
function unclear(session: Session): Answer {
  const { state, texts } = session;
  state.unclear = (state.unclear ?? 0) + 1;
  return state.unclear > MAX_MISSES ? [texts.handingOver, transfer(DESK)] : again(session);
}

/** Whether that was asked: with a yes, or by naming it again. */
function agrees({ says, wish }: Understood, { asked, has }: Partial<Memory>): boolean {
  if (asked === 'cancel') return says === 'yes' || (says !== 'no' && wish === 'cancel');
  const isNamed = wish === (has ? 'change' : 'make');
  return asked === 'book' && (says === 'yes' || (says !== 'no' && isNamed));
}

function agreed(session: Session): Answer {
  const { id, turn, state } = session;
  const { asked, day = '', time = '', has } = state;
  if (asked === 'cancel' && has) return working({ cancel: has }, session);
  // The job may run twice: what it makes has the name of its turn.
  return working({ book: { id: has?.id ?? `${id}-${turn}`, day, time } }, session);
}

/** What yes and no mean, where nothing else is said. */
const answers = {
  yes: (session: Session): Answer =>
    session.state.asked === 'coming' ? [session.texts.seeYou, hangup()] : again(session),

  no(session: Session): Answer {
    const { state, texts } = session;
    switch (state.asked) {
      case 'wish':
      case 'otherwise':
        return [texts.goodbye, hangup()];
      case 'coming':
        state.asked = 'otherwise';
        return texts.otherwise;
      case 'cancel':
        forget(session);
        return texts.kept;
      case 'day':
        forget(session);
        return texts.choices;
      default:
        forget(session);
        state.asked = 'day';
        return texts.whichDay;
    }
  },
};

/** The question that is open, once more. */
function again(session: Session): Answer {
  const { state, texts } = session;
  const { asked, has, day = '', time = '', offered = [] } = state;
  if (state.misses !== undefined && ++state.misses >= MAX_MISSES) return message(session);
  if (asked === 'coming' && has) return reminder(has, session);
  if (asked === 'cancel' && has) return texts.shallICancel(spoken(has, session));
  if (asked === 'book') return shallI({ day, time }, session);
  if (asked === 'time') return texts.free(...spokenTimes(day, offered, session));
  if (asked === 'day') return state.unclear ? texts.nameDay : texts.whichDay;
  if (asked === 'otherwise') return texts.otherwise;
  return state.called && !asked
    ? later({ hold: texts.introduction, job: { find: 'remind' } })
    : texts.choices;
}

function wanting(wish: Wish, session: Session): Answer {
  const { state } = session;
  const { has } = state;
  forget(session);
  if (wish !== 'make' && !has) return working({ find: wish }, session);
  state.asked = wish === 'cancel' ? 'cancel' : 'day';
  // Who makes another one has that one, too.
  if (wish === 'make') delete state.has;
  return again(session);
}

function looking(session: Session, { day, time }: Understood): Answer {
  const { state, texts, labels } = session;
  if (day) state.day = day;
  if (time) state.time = time;
  if (!state.day) {
    state.asked = 'day';
    return texts.whichDay;
  }
  labels.clear();
  labels.add(`day:${state.day}`);
  return working({ look: state.day, time: state.time ?? null }, session);
}

const working = (job: Job, { texts }: Session): Later<Job> => later({ hold: texts.hold, job });

async function found(
  why: 'change' | 'cancel' | 'remind' | 'message',
  session: Session,
  calendar: Calendar,
  { log }: TemplateContext,
) {
  const { state, texts } = session;
  const isCall = why === 'remind' || why === 'message';
  let has: Booked | undefined;
  try {
    has = await calendar.of(phoneOf(session));
  } catch (error) {
    if (!isCall) throw error;
    // Whoever is called has asked for nothing that could fail.
    log.error('calendar_failed', { error });
    return [texts.callUs, hangup()];
  }
  if (!has) return isCall ? [texts.noReminder, hangup()] : ask('day', texts.none, session);
  state.has = has;
  if (why === 'message') return messageAbout(has, session);
  if (why === 'cancel') return ask('cancel', texts.shallICancel(spoken(has, session)), session);
  if (why === 'change') return ask('day', texts.yours(spoken(has, session)), session);
  state.asked = 'coming';
  return reminder(has, session);
}

async function offer(
  { look: day, time }: { readonly look: string; readonly time: string | null },
  session: Session,
  calendar: Calendar,
) {
  const { state, texts } = session;
  const free = await calendar.free(day);
  if (time && free.includes(time)) return ask('book', shallI({ day, time }, session), session);
  delete state.time;
  if (free.length === 0) {
    delete state.day;
    return ask('day', texts.full(spokenDay(day, session)), session);
  }
  state.offered = nearest(free, time);
  const words = texts.free(...spokenTimes(day, state.offered, session));
  return ask('time', time ? `${texts.taken(spokenTime(time, session))} ${words}` : words, session);
}

async function book(appointment: Booked, session: Session, calendar: Calendar) {
  const { state, texts } = session;
  if (!(await calendar.book(appointment, phoneOf(session))))
    return offer({ look: appointment.day, time: appointment.time }, session, calendar);
  forget(session);
  state.has = appointment;
  return texts.booked(spoken(appointment, session));
}

/** To a machine, or somebody who doesn't speak. */
function message(session: Session): Answer {
  const { state, texts } = session;
  state.misses = (state.misses ?? 0) + 1;
  return state.has
    ? messageAbout(state.has, session)
    : later({ hold: texts.introduction, job: { find: 'message' } });
}

/** Its first words may go by before a machine takes it down. */
function messageAbout(has: Booked, session: Session): Sayable[] {
  const { state, texts } = session;
  const words = `${texts.introduction} ${texts.message(spoken(has, session))}`;
  // What goes on talking over it isn't waited for.
  return [isLeaving(state) ? speak(words, { barge_in: { strategy: 'none' } }) : words, hangup()];
}
const isLeaving = ({ misses = 0 }: Partial<Memory>) => misses > MAX_MISSES;

const reminder = (has: Booked, session: Session) =>
  speak(session.texts.reminder(spoken(has, session)), {
    ...(session.state.misses !== undefined && {
      user_input_timeout_seconds: ANSWERS_WITHIN_SECONDS,
    }),
  });

function ask(asked: Memory['asked'], words: string, { state }: Session): string {
  state.asked = asked;
  return words;
}

/** What was wished for; not what somebody has. */
function forget({ state, labels }: Session) {
  for (const key of ['day', 'time', 'offered'] as const) delete state[key];
  labels.clear();
  state.asked = 'wish';
}

const phoneOf = ({ caller, callee, state: { called } }: Session) =>
  (called ? callee : caller) ?? '';

const shallI = (slot: Slot, session: Session) =>
  session.texts[session.state.has ? 'shallIMove' : 'shallIBook'](spoken(slot, session));

/** Whoever presses a key needn't hear the rest of a question. */
const cutting = (answer: Answer): Answer =>
  typeof answer === 'object' && 'job' in answer ? answer : [bargeIn(), ...[answer].flat()];

/** Three of them: around the time that was wished for, or over the day. */
function nearest(free: readonly string[], time: string | null): string[] {
  const last = free.length - 1;
  const spread = [0, Math.floor(last / 2), last].map((n) => free[n] as string);
  const near = free.toSorted((a, b) => distance(a, time) - distance(b, time)).slice(0, MAX_OFFERED);
  return [...new Set(time ? near : spread)].sort();
}
const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const distance = (one: string, other: string | null) =>
  Math.abs(minutesOf(one) - minutesOf(other ?? one));

const spoken = ({ day, time }: Slot, session: Session) =>
  session.texts.slot(spokenDay(day, session), spokenTime(time, session));

const spokenDay = (day: string, { language }: Session) =>
  new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(Date.parse(day));

const spokenTime = (time: string, { language }: Session) =>
  new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' }).format(
    minutesOf(time) * 60_000,
  );

const spokenTimes = (day: string, times: readonly string[], session: Session) =>
  [
    spokenDay(day, session),
    new Intl.ListFormat(session.language, { type: 'disjunction' }).format(
      times.map((time) => spokenTime(time, session)),
    ),
  ] as const;

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  welcome:
    'Welcome to the Fischer practice. Would you like to make an appointment, change one, or cancel one?',
  choices:
    'Say make, change or cancel, or press 1, 2 or 3. Press 0 for a person. What can I do for you?',
  wishes: {
    cancel: /\b(cancel|call it off|delete)\b/i,
    change: /\b(change|move|reschedule|postpone|shift|another time|earlier|later)\b/i,
    make: /\b(make|book|new|arrange|need|appointment)\b/i,
    person: /\b(person|human|someone|somebody|receptionist|operator)\b/i,
  },
  slot: (day: string, time: string) => `${day}, at ${time}`,
  whichDay: 'On which day would you like to come?',
  nameDay:
    'Please name a day, such as Tuesday or December 5th. On which day would you like to come?',
  /** Which of those that are offered: the first, the second, the last. */
  places: [/\b(first|earliest|any|either)\b/i, /\bsecond\b/i, /\b(third|last|latest)\b/i],
  free: (day: string, times: string) => `On ${day} there is ${times}. Which one would you like?`,
  taken: (time: string) => `${time} is not free.`,
  full: (day: string) => `On ${day} nothing is free. Which other day would suit you?`,
  shallIBook: (slot: string) => `${slot}, is free. Shall I book it?`,
  shallIMove: (slot: string) => `${slot}, is free. Shall I move your appointment there?`,
  booked: (slot: string) => `It is booked: ${slot}. Is there anything else?`,
  yours: (slot: string) =>
    `You have an appointment on ${slot}. On which day would you like to come instead?`,
  none: 'I find no appointment under the number that you call from. Would you like to make one?',
  shallICancel: (slot: string) => `You have an appointment on ${slot}. Shall I cancel it?`,
  cancelled: (slot: string) => `Your appointment on ${slot} is cancelled. Is there anything else?`,
  kept: 'Then it stays as it is. Is there anything else?',
  news: 'This has just become free:',
  hold: 'One moment, please.',
  progress: 'I am still looking.',
  introduction: 'Hello, this is the Fischer practice.',
  reminder: (slot: string) =>
    `I am an assistant, and I call about your appointment at the Fischer practice on ${slot}. Will you come?`,
  seeYou: 'Thank you. We are looking forward to seeing you. Goodbye.',
  otherwise: 'Would you like to change it, or to cancel it?',
  /** Anybody may hear it: what the appointment is for isn't said. */
  message: (slot: string) =>
    `We remind you of your appointment on ${slot}. To change it, please call us. Goodbye.`,
  callUs: 'We would like to remind you of your appointment. To change it, please call us. Goodbye.',
  noReminder: 'There is nothing that you need to do. Sorry for the call. Goodbye.',
  withheld:
    'I only know appointments by telephone number, and yours is withheld. I will put you through.',
  handingOver: 'I will put you through.',
  nobody: 'Nobody is free at the moment. Please call again later. Goodbye.',
  goodbye: 'Thank you for calling. Goodbye.',
  silence: {
    ask: 'Are you still there? You can also say that you would like to talk to a person.',
    goodbye: 'I can’t hear you. Please call again. Goodbye.',
  },
  fallback: 'Sorry, could you say that again?',
  apology:
    'I am sorry, our calendar cannot be reached. You can talk to a person, or call again later.',
};

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  welcome:
    'Willkommen in der Praxis Fischer. Möchten Sie einen Termin vereinbaren, verschieben oder absagen?',
  choices:
    'Sagen Sie vereinbaren, verschieben oder absagen, oder drücken Sie die 1, 2 oder 3. Mit der 0 erreichen Sie einen Menschen. Was kann ich für Sie tun?',
  wishes: {
    cancel: /absag|storn|lösch|(?<!\p{L})ab(?=$|[.!]$)/iu,
    change: /verschieb|verleg|änder|umbuch|ander(?:er|en) termin|früher|später/iu,
    make: /vereinbar|buch|neu|ausmach|brauche|termin/iu,
    person: /\b(mensch\w*|mitarbeiter\w*|jemand\w*|verbinden|person)\b/iu,
  },
  slot: (day, time) => `${day} um ${time} Uhr`,
  whichDay: 'An welchem Tag möchten Sie kommen?',
  nameDay:
    'Bitte nennen Sie einen Tag, zum Beispiel Dienstag oder 5. Dezember. An welchem Tag möchten Sie kommen?',
  places: [/(erste|früheste|egal)/i, /zweite/i, /(dritte|letzte|späteste)/i],
  free: (day, times) => `Am ${day} ist frei: ${times} Uhr. Was passt Ihnen?`,
  taken: (time) => `${time} Uhr ist nicht frei.`,
  full: (day) => `Am ${day} ist nichts mehr frei. Welcher andere Tag würde Ihnen passen?`,
  shallIBook: (slot) => `${slot} ist frei. Soll ich den Termin eintragen?`,
  shallIMove: (slot) => `${slot} ist frei. Soll ich Ihren Termin dorthin verschieben?`,
  booked: (slot) => `Ist eingetragen: ${slot}. Kann ich sonst noch etwas tun?`,
  yours: (slot) =>
    `Sie haben einen Termin am ${slot}. An welchem Tag möchten Sie stattdessen kommen?`,
  none: 'Unter der Nummer, von der Sie anrufen, finde ich keinen Termin. Möchten Sie einen vereinbaren?',
  shallICancel: (slot) => `Sie haben einen Termin am ${slot}. Soll ich ihn absagen?`,
  cancelled: (slot) => `Ihr Termin am ${slot} ist abgesagt. Kann ich sonst noch etwas tun?`,
  kept: 'Dann bleibt es dabei. Kann ich sonst noch etwas tun?',
  news: 'Das ist gerade frei geworden:',
  hold: 'Einen Moment bitte.',
  progress: 'Ich sehe noch nach.',
  introduction: 'Guten Tag, hier ist die Praxis Fischer.',
  reminder: (slot) =>
    `Ich bin eine Assistentin und rufe wegen Ihres Termins in der Praxis Fischer an: ${slot}. Werden Sie kommen?`,
  seeYou: 'Vielen Dank. Wir freuen uns auf Sie. Auf Wiederhören.',
  otherwise: 'Möchten Sie ihn verschieben oder absagen?',
  message: (slot) =>
    `Wir erinnern Sie an Ihren Termin: ${slot}. Wenn Sie ihn ändern möchten, rufen Sie uns bitte an. Auf Wiederhören.`,
  callUs:
    'Wir möchten Sie an Ihren Termin erinnern. Wenn Sie ihn ändern möchten, rufen Sie uns bitte an. Auf Wiederhören.',
  noReminder: 'Sie brauchen nichts zu tun. Entschuldigen Sie die Störung. Auf Wiederhören.',
  withheld:
    'Ich kenne Termine nur nach der Telefonnummer, und Ihre ist unterdrückt. Ich verbinde Sie.',
  handingOver: 'Ich verbinde Sie.',
  nobody: 'Im Moment ist niemand frei. Bitte rufen Sie später noch einmal an. Auf Wiederhören.',
  goodbye: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
  silence: {
    ask: 'Sind Sie noch da? Sie können auch sagen, dass Sie mit einem Menschen sprechen möchten.',
    goodbye: 'Ich kann Sie nicht hören. Bitte rufen Sie noch einmal an. Auf Wiederhören.',
  },
  fallback: 'Entschuldigung, können Sie das noch einmal sagen?',
  apology:
    'Es tut mir leid, unser Kalender ist nicht erreichbar. Sie können mit einem Menschen sprechen oder später noch einmal anrufen.',
};

/** Your calendar: what it is asked, and what it answers. */
export const calendarOf = (context: TemplateContext): Calendar => {
  const { CALENDAR_URL } = context.env;
  if (!CALENDAR_URL) return pretendCalendar(context.now());
  const ask = (method: string, path: string, body?: object) => {
    const url = `${CALENDAR_URL.replace(/\/+$/, '')}${path}`;
    const request = { url, key: 'CALENDAR_KEY', method, within_ms: CALENDAR_MS };
    return askApi({ ...request, ...(body && { body }) }, context);
  };
  const read = async <T>(answer: Response): Promise<T> => {
    if (!answer.ok) throw failed(answer);
    return (await answer.json()) as T;
  };
  const at = (id: string) => `/appointments/${encodeURIComponent(id)}`;
  return {
    async free(day) {
      return (await read<{ free: string[] }>(await ask('GET', `/days/${day}`))).free;
    },
    async of(phone) {
      const answer = await ask('GET', `/appointments?phone=${encodeURIComponent(phone)}`);
      return (await read<{ appointments: Booked[] }>(answer)).appointments[0];
    },
    async book({ id, day, time }, phone) {
      const answer = await ask('PUT', at(id), { day, time, phone });
      if (!answer.ok && answer.status !== 409) throw failed(answer);
      return answer.ok;
    },
    async cancel(id) {
      const answer = await ask('DELETE', at(id));
      if (!answer.ok && answer.status !== 404) throw failed(answer);
    },
  };
};

const CALENDAR_MS = 5_000;
const failed = (answer: Response) => new ApiFailed('the calendar', answer);

/** Everybody has an appointment next week; on Sundays nothing is free. */
export const pretendCalendar = (now: number): Calendar => ({
  free: async (day) =>
    new Date(day).getUTCDay() === 0 ? [] : ['09:00', '09:30', '11:00', '14:30', '16:00'],
  of: async () => ({
    id: 'pretended',
    day: new Date(now + 7 * 24 * 3600_000).toISOString().slice(0, 10),
    time: '11:00',
  }),
  book: async () => true,
  cancel: async () => {},
});

export default appointment(calendarOf);
