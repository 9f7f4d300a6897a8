/*
 * Announcements: what the law wants to be heard, then today's news over music, until callers choose a line by word or key.
 * What has just come in cuts the news for all who listen. In English or German.
 *
 * Change   `ENGLISH` and `GERMAN`: what is said; `lines`, by what callers say or press. `MUSIC`: a clip (docs/audio.md).
 * Set      Nothing.
 * Trigger  `{ "target": { "label": "news" }, "context": { "news": "The bridge is open." } }`
 */
import {
  bargeIn,
  defineTemplate,
  hangup,
  isDone,
  isPardon,
  mixAudio,
  numbersIn,
  type Sayable,
  speak,
  type TemplateSession,
} from '../template/index.ts';

const MUSIC = 'hold-music';
const VOLUME = 0.2;

/**
 * `part` is being said: nobody cuts the first, music plays under the second. `line`: that was asked
 * about last.
 */
type Memory = { part: 'legal' | 'news'; line: string };
type Session = TemplateSession<Partial<Memory>, Words>;

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  legal: 'This call may be recorded to improve our service.',
  news: "Here is today's news of your public transport. Line two ends at the market place, because the bridge is being repaired. Buses take you across the river until the end of the month. From next week on, tickets are also sold at the lake.",
  question: 'Which line would you like to hear about?',
  lines: {
    1: 'Line one runs every ten minutes.',
    2: 'Line two ends at the market place.',
  } as Lines,
  unknown: 'I know nothing new of that. Which line would you like to hear about?',
  justIn: (news: string) => `This has just come in: ${news}`,
  goodbye: 'Thank you for listening. Goodbye.',
  // Not while music plays: whoever listens to the news needn't say anything.
  silence: {
    ask: 'Are you still there? Which line would you like to hear about?',
    goodbye: 'Thank you for listening. Goodbye.',
  },
  fallback: 'Sorry, I did not get that. Which line would you like to hear about?',
};

const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  legal: 'Dieses Gespräch kann aufgezeichnet werden, damit unser Service besser wird.',
  news: 'Das ist heute neu bei Bus und Bahn. Linie zwei endet am Marktplatz, weil die Brücke repariert wird. Bis Ende des Monats bringen Busse Sie über den Fluss. Ab nächster Woche gibt es Fahrkarten auch am See.',
  question: 'Zu welcher Linie möchten Sie mehr hören?',
  lines: {
    1: 'Linie eins fährt alle zehn Minuten.',
    2: 'Linie zwei endet am Marktplatz.',
  },
  unknown: 'Davon weiß ich nichts Neues. Zu welcher Linie möchten Sie mehr hören?',
  justIn: (news) => `Das kommt gerade herein: ${news}`,
  goodbye: 'Danke fürs Zuhören. Auf Wiederhören.',
  silence: {
    ask: 'Sind Sie noch da? Zu welcher Linie möchten Sie mehr hören?',
    goodbye: 'Danke fürs Zuhören. Auf Wiederhören.',
  },
  fallback:
    'Entschuldigung, das habe ich nicht verstanden. Zu welcher Linie möchten Sie mehr hören?',
};

/** What is to be said of each, by its number. */
type Lines = Readonly<Record<string, string>>;

export default defineTemplate<Memory, never, Words>({
  assets: [MUSIC],
  language: 'en-US',
  texts: { en: ENGLISH, de: GERMAN },

  onSessionStart(_event, { state, labels, texts }) {
    // Not `everyone`: other numbers may have call flows that know nothing of this.
    labels.add('news');
    state.part = 'legal';
    return speak(texts.legal, { barge_in: { strategy: 'none' } });
  },

  onAssistantSpeechEnded(_event, { state, texts }) {
    const { part, line = '' } = state;
    // Apart, because "mhm" answers a question, and no news.
    if (part === 'news') return [...stopped(state), texts.question];
    if (part !== 'legal') return undefined;
    const wish = texts.lines[line];
    if (wish) return [...stopped(state), wish];
    state.part = 'news';
    return [mixAudio({ audio: { asset: MUSIC }, volume: VOLUME }), texts.news];
  },

  onDtmfReceived: ({ digit }, session) =>
    about(digit, session, [bargeIn()], session.texts.question),

  onUserSpeak({ text }, session) {
    const { state, texts, language } = session;
    if (isDone(text, language) && state.part !== 'legal')
      return [...stopped(state), texts.goodbye, hangup()];
    if (isPardon(text, language)) return about(state.line, session, [], texts.question);
    return about(String(numbersIn(text, language)[0]), session, [], texts.unknown);
  },

  onTrigger({ context }, { state, texts }) {
    const { news } = Object(context) as Record<string, unknown>;
    return typeof news === 'string'
      ? [...stopped(state), texts.justIn(news), texts.question]
      : undefined;
  },
});

/** What is new of a line; something else, where there is none of that number. */
function about(line = '', { state, texts }: Session, cut: readonly Sayable[], otherwise: string) {
  const answer = texts.lines[line];
  if (answer) state.line = line;
  // The law goes on being said: the answer follows, in place of the news.
  return state.part === 'legal' ? undefined : [...stopped(state), ...cut, answer ?? otherwise];
}

/** What ends the music, if it plays: however the news end, it does, too. */
function stopped(state: Partial<Memory>): Sayable[] {
  const { part } = state;
  delete state.part;
  return part === 'news' ? [mixAudio({ stop: true })] : [];
}
