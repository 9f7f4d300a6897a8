/*
 * Departures: answers at once by the timetable, asks the live system meanwhile, and takes back in mid-sentence what has
 * turned out to be wrong, whether the live system says so or the caller ("no, to Hamburg").
 *
 * Change   `ENGLISH` and `GERMAN`: what is said. `TIMETABLE`: where trains go, and from which platform by the timetable.
 * Set      DEPARTURES_URL: your live system, `https://live.example/departures/{to}`, which answers `{"platform": 9}`;
 *          DEPARTURES_KEY, a secret: its bearer token. Without them the train to Hamburg has moved.
 * Trigger  Whoever asked for that train is told that it leaves from elsewhere:
 *          `{ "target": { "label": "to:Hamburg" }, "context": { "to": "Hamburg", "platform": 9 } }`
 */
import {
  ApiFailed,
  askApi,
  bargeIn,
  defineTemplate,
  hangup,
  isDone,
  isPardon,
  later,
  type Sayable,
  speak,
  type TemplateContext,
} from '../template/index.ts';

/** The platform of each train, as it was printed. */
const TIMETABLE: Readonly<Record<string, number>> = { Berlin: 2, Hamburg: 4, Munich: 6 };
const LIVE_MS = 10_000;

/** Where the caller goes, and the platform that they have been told. */
type Memory = { to: string; platform: number };
/** What has been said, and of which train. */
type Tentative = { to: string; platform: number };

/** The platform that a train really leaves from. Rejects when nobody knows. */
export type Live = (to: string, signal: AbortSignal, context: TemplateContext) => Promise<number>;

export const selfCorrection = (live: Live) =>
  defineTemplate<Memory, Tentative, Words>({
    env: ['DEPARTURES_URL?'],
    secrets: ['DEPARTURES_KEY?'],
    language: 'en-US',
    texts: { en: ENGLISH, de: GERMAN },

    onSessionStart: (_event, { texts }) => texts.welcome,

    onDtmfReceived: (_event, { texts }) => texts.keys,

    onUserSpeak({ text }, { state, labels, texts, language }) {
      if (isDone(text, language)) return [texts.goodbye, hangup()];
      const { to: before, platform: told } = state;
      if (before && told && isPardon(text, language))
        return later({ hold: texts.again(told), job: { to: before, platform: told } });
      // So short a word cuts nothing by itself: AI Flow waits for more than three characters.
      const sorry: Sayable[] = texts.no.test(text) ? [bargeIn(), speak(texts.sorry)] : [];
      const [to, name] = townIn(text, texts.towns);
      const platform = to && TIMETABLE[to];
      if (!platform) return sorry.length > 0 ? [...sorry, texts.question] : texts.unknown;
      labels.clear();
      labels.add(`to:${to}`);
      Object.assign(state, { to, platform });
      return later({ hold: [...sorry, texts.tentative(name, platform)], job: { to, platform } });
    },

    async onJob({ to, platform }, { state, texts }, context) {
      const today = await live(to, context.signal, context);
      if (today === platform) return undefined;
      state.platform = today;
      // First in the array: the sentence that is wrong stops here, and this one is said in its
      // place.
      return [bargeIn(), texts.correction(today)];
    },

    onTrigger({ context }, { state, texts }) {
      const { to } = Object(context) as Record<string, unknown>;
      const platform = platformIn(context);
      const isNews = to === state.to && platform !== state.platform;
      if (!platform || !isNews) return undefined;
      state.platform = platform;
      return texts.change(platform);
    },
  });

/**
 * By the timetable's name, and by that of the language: "from Berlin to Hamburg" ends with where
 * somebody goes.
 */
function townIn(text: string, towns: Towns): [to: string, name: string] {
  const said = text.toLowerCase();
  const at = ([, name]: [string, string]) => said.lastIndexOf(name.toLowerCase());
  const [last] = Object.entries(towns).toSorted((one, other) => at(other) - at(one));
  return last && at(last) >= 0 ? last : ['', ''];
}

/** What a language calls them. */
type Towns = Readonly<Record<string, string>>;

/** What is said, in one language; the other one has the same, or doesn't compile. */
type Words = typeof ENGLISH;

export const ENGLISH = {
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
  towns: { Berlin: 'Berlin', Hamburg: 'Hamburg', Munich: 'Munich' } as Towns,
  no: /^\s*no\b/i,
  welcome: 'This is station information. Where are you going: Berlin, Hamburg, Munich?',
  question: 'Where are you going: Berlin, Hamburg, Munich?',
  unknown:
    'I only know from which platform trains to Berlin, Hamburg and Munich leave. For anything else, please ask at the desk in the main hall. Where are you going?',
  keys: 'Please tell me by voice. Where are you going: Berlin, Hamburg, Munich?',
  tentative: (to: string, platform: number) =>
    `By the timetable, the train to ${to} leaves from platform ${platform}. To get there, go down the stairs, turn left, and take stairs ${platform} up again.`,
  again: (platform: number) => `It leaves from platform ${platform}, as far as I know.`,
  correction: (platform: number) =>
    `I must correct myself: today it leaves from platform ${platform}. To get there, go down the stairs, turn left, and take stairs ${platform} up again.`,
  change: (platform: number) =>
    `This has just come in: your train now leaves from platform ${platform}.`,
  sorry: 'Sorry, I got you wrong.',
  progress: 'I am still waiting for the live departures.',
  goodbye: 'Have a good journey. Goodbye.',
  silence: {
    ask: 'Where are you going: Berlin, Hamburg, Munich?',
    goodbye: 'I can’t hear you. Have a good journey, and goodbye.',
  },
  fallback: 'Sorry, I lost my train of thought. Where are you going?',
  apology: 'The live departures are not available. Please look at the boards.',
};

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  towns: { Berlin: 'Berlin', Hamburg: 'Hamburg', Munich: 'München' },
  no: /^\s*nein\b/i,
  welcome: 'Hier ist die Bahnhofsauskunft. Wohin fahren Sie: Berlin, Hamburg, München?',
  question: 'Wohin fahren Sie: Berlin, Hamburg, München?',
  unknown:
    'Ich weiß nur, von welchem Gleis die Züge nach Berlin, Hamburg und München fahren. Für alles andere fragen Sie bitte am Schalter in der Halle. Wohin fahren Sie?',
  keys: 'Bitte sagen Sie es mir. Wohin fahren Sie: Berlin, Hamburg, München?',
  tentative: (to, platform) =>
    `Laut Fahrplan fährt der Zug nach ${to} von Gleis ${platform}. Gehen Sie die Treppe hinunter, dann links, und Treppe ${platform} wieder hinauf.`,
  again: (platform) => `Er fährt von Gleis ${platform}, soviel ich weiß.`,
  correction: (platform) =>
    `Ich muss mich korrigieren: Heute fährt er von Gleis ${platform}. Gehen Sie die Treppe hinunter, dann links, und Treppe ${platform} wieder hinauf.`,
  change: (platform) => `Das kommt gerade herein: Ihr Zug fährt jetzt von Gleis ${platform}.`,
  sorry: 'Entschuldigung, da habe ich Sie falsch verstanden.',
  progress: 'Ich warte noch auf die aktuellen Abfahrten.',
  goodbye: 'Gute Reise. Auf Wiederhören.',
  silence: {
    ask: 'Wohin fahren Sie: Berlin, Hamburg, München?',
    goodbye: 'Ich kann Sie nicht hören. Gute Reise, auf Wiederhören.',
  },
  fallback: 'Entschuldigung, ich habe den Faden verloren. Wohin fahren Sie?',
  apology: 'Die aktuellen Abfahrten sind nicht verfügbar. Bitte sehen Sie auf die Anzeigetafeln.',
};

/** Stands in for your live system, and is as slow as one. */
const pretendLive: Live = async (to, signal) => {
  await wait(1_500, signal);
  return to === 'Hamburg' ? 9 : (TIMETABLE[to] ?? 0);
};

export const askLive: Live = async (to, signal, context) => {
  const { DEPARTURES_URL } = context.env;
  if (!DEPARTURES_URL) return pretendLive(to, signal, context);
  const url = DEPARTURES_URL.replaceAll('{to}', encodeURIComponent(to));
  const request = { url, key: 'DEPARTURES_KEY', within_ms: LIVE_MS };
  const answer = await askApi(request, { secret: context.secret, signal });
  const platform = answer.ok && platformIn(await answer.json());
  if (!platform) throw new ApiFailed('the live system', answer, 'or without a platform');
  return platform;
};

/** `{ "platform": 9 }`, or `"9"`, in a trigger and from the live system. */
function platformIn(json: unknown): number | undefined {
  const platform = Number((Object(json) as Record<string, unknown>).platform);
  return Number.isSafeInteger(platform) && platform > 0 ? platform : undefined;
}

export default selfCorrection(askLive);

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
