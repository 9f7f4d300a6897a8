import type { Template } from '../../functions/assistant/template.ts';
import { SLOW_ANSWER_WAIT_MS } from '../../functions/assistant/waiting.ts';
import { PlayFailed } from '../../local/perform.ts';
import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  type Play,
  type PlayCall,
  type Step,
  silenceFor,
} from '../../local/play.ts';
import type { GivenWeather } from '../../local/simulator/behaviour.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { WEATHERS, weatherNamed } from '../../local/weathers.ts';
import { memoryAssets } from '../support/assets.ts';
import { playCall } from '../support/play-call.ts';
import { wav } from '../support/wav.ts';
import { impatience, SILENT_TURNS } from './patience.ts';

/**
 * Nothing can be pushed in them, though we try: what a caller hears then depends on who tries
 * again.
 */
const ELSEWHERE = [
  'push-limited',
  'push-broken',
  'push-unavailable',
  'push-unknown',
  'push-unanswered',
];
const TOGETHER = [
  'no-reports,late-ends',
  'no-reports,late-words',
  'no-reports,parallel',
  'no-reports,slow-voice',
  'late-reports,long-lengths',
  'late-reports,short-lengths',
  'no-lengths,late-words',
  'reports-at-the-end,no-lengths,late-ends',
  'late-ends,late-words',
  'late-ends,slow-voice',
  'late-ends,late-words,parallel',
  'words-twice,parallel',
  'twice,parallel',
  'twice,slow-pushes',
  'very-late-words,words-twice',
  'timeouts-run-on,impatient',
];
/** Each weather that leaves what is to be heard as it is, and some together. */
export const NAMES = [
  ...Object.keys(WEATHERS).filter((name) => !ELSEWHERE.includes(name)),
  ...TOGETHER,
];

/** To the call. */
export const WAYS = {
  push: {},
  'no push': { push: false },
  websocket: { push: false, transport: 'websocket' },
} as const;
export type Way = keyof typeof WAYS;

/** Where the weather changes anything. */
export function waysIn(weather: string, play: string): Way[] {
  // A call without a WebSocket has none to lose.
  if (weather === 'socket-lost') return ['websocket'];
  if (weather === 'sms-fails') return play === 'receptionist' ? ['push', 'websocket'] : [];
  return Object.keys(WAYS) as Way[];
}

/** A play, in a weather, over a way to the call. */
export interface Cell {
  readonly name: string;
  readonly play: Play;
  readonly late?: Play | undefined;
  readonly template: Template | Made;
  readonly call?: PlayCall;
  readonly at?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly weather: string;
  readonly way: Way;
}
type Made = Extract<Parameters<typeof playCall>[0], (parts: never) => unknown>;

/** Music that plays in the background is as good when it is short, and sooner copied. */
const SHORT = memoryAssets({ 'hold-music': wav(100) });

/** What doesn't go as written, or takes longer than a caller bears; `undefined` if all does. */
export async function failureIn(cell: Cell): Promise<string | undefined> {
  const { play, template, call, at, env, weather, way } = cell;
  const given = { ...call?.weather, ...weatherNamed(weather) };
  const options = {
    ...call,
    ...WAYS[way],
    weather: given,
    assets: SHORT,
    ...(at && { at }),
    ...(env && { env }),
    ...countsIn(given, way),
  };
  const isTimed = isHurried(given, way) || play.some((step) => 'timeout' in step);
  const turns = isTimed ? SILENT_TURNS : undefined;
  const failures: string[] = [];
  for (const lines of waysToTell(heardOf(cell, given), way, given)) {
    const failure = await playCall(template, lines, options).then(
      ({ timeline }) => impatience(timeline(), given, turns),
      (error: unknown) => {
        if (error instanceof PlayFailed) return error.message;
        throw error;
      },
    );
    if (failure === undefined) return undefined;
    failures.push(failure);
  }
  return failures.join('\n\nor\n\n');
}

/**
 * The end of a hold waits longer for a job than AI Flow for its answer, which only the log tells
 * of. Then the result comes when AI Flow's own timer asks: "pushed if it can be, else with its next
 * event" (docs/templates.md).
 */
const isHurried = ({ webhook_late_ms = Number.POSITIVE_INFINITY }: GivenWeather, way: Way) =>
  way === 'no push' && webhook_late_ms < SLOW_ANSWER_WAIT_MS;
const isHeeded = (entry: TimelineEntry) =>
  entry.kind !== 'error' || !entry.message.startsWith('assistant_speech_ended got no answer');

const countsIn = (weather: GivenWeather, way: Way) => ({
  counts: (entry: TimelineEntry) =>
    (!isHurried(weather, way) || isHeeded(entry)) &&
    (!isCarriedAnywhere(weather, way) || !isStopped(entry)),
});

/**
 * A timer that fires in mid-sentence is an event like any other: what waits for one cuts there, or
 * doesn't.
 */
const isCarriedAnywhere = ({ timeouts_run_on }: GivenWeather, way: Way) =>
  way === 'no push' && timeouts_run_on === true;
const isStopped = (entry: TimelineEntry) =>
  entry.kind === 'playback_interrupted' && entry.by === 'app';

/** The lines that a caller can judge, in this weather. */
function heardOf({ play, late = play, name, way }: Cell, weather: GivenWeather): Step[] {
  // Outcomes aren't heard, and `heard` is one that a report must tell.
  const isLate = weather.words_after_ms === WEATHERS['very-late-words'].words_after_ms;
  // Without a way to push they come behind the answer to what was said before them.
  const lines = (isLate && way !== 'no push' ? late : play)
    .filter((step) => !('outcomes' in step))
    .map((step) => adapted(step, name, weather));
  return weather.sms === 'failed' ? [...lines.slice(0, -1), ...NOT_SENT] : lines;
}

/** What the receptionist says to `sms_failed`, in place of its hangup. */
const NOT_SENT = [
  assistantIsCut({ by: 'app' }),
  assistantSays('your message did not go out. What else can I do?'),
  silenceFor(5),
  callerHangsUp(),
];

function adapted(step: Step, name: string, weather: GivenWeather): Step {
  // "A voice that sends no `assistant_speak` doesn't tell what was heard: then your answers count
  // in full, and what was pushed isn't there" (docs/templates.md).
  if (
    name === 'llm-agent' &&
    weather.assistant_speak === 'never' &&
    step.line.includes('The last you heard was')
  ) {
    return assistantSays('The last you heard was');
  }
  // The live system isn't slower because the voice is: less has been heard by then.
  const sooner = name === 'self-correction' && weather.voice_starts_after_ms && isCutByApp(step);
  return sooner ? assistantIsCut({ by: 'app' }) : step;
}

/**
 * Where nothing can be pushed, an interruption "leads the next answer" (docs/interruptions.md): it
 * cuts what that finds.
 */
function waysToTell(lines: Step[], way: Way, weather: GivenWeather): Step[][] {
  const { socket_lost_after_ms } = weather;
  const pushed = way === 'push' || (way === 'websocket' && socket_lost_after_ms === undefined);
  if (pushed) return [lines];
  // Nor is speech protected any more when the answer to its end is led.
  const possible = lines.filter(({ line }) => !line.includes('"id":"early"'));
  if (isCarriedAnywhere(weather, way)) return [possible.filter((step) => !isCutByApp(step))];
  const byAnEvent = (at: number) => possible[at - 1]?.line.startsWith('caller ');
  return [possible.filter((step, at) => !isCutByApp(step) || byAnEvent(at)), possible];
}

const isCutByApp = ({ line }: Step) => line.startsWith('assistant is cut by the app');
