import type { Action } from '../../functions/protocol/index.ts';
import { masked, maskedText } from '../../functions/protocol/masked.ts';
import {
  type ActingStep,
  assistantIsCut,
  assistantPlaysClip,
  assistantSays,
  callerHangsUp,
  callerIsSilent,
  callerPresses,
  callerSays,
  type Interruption,
  lineOfAction,
  type Play,
  type PlayCall,
  type Step,
} from '../play.ts';
import { heardPrefix } from '../simulator/speech.ts';
import type { TimelineEntry } from '../simulator/timeline.ts';
import { withPlaybacks } from './playbacks.ts';
import type { Recording, RecordingEntry } from './recording.ts';
import { withClips } from './silent-wav.ts';

type Entry<K extends RecordingEntry['kind']> = Extract<RecordingEntry, { kind: K }>;

/** What somebody else than the assistant did, and when. */
interface Act {
  kind: 'act';
  at_ms: number;
  step: ActingStep;
  /**
   * Of the call: after it the assistant could do nothing, so what it did in the same moment came
   * before.
   */
  ends?: true;
}

/**
 * A recorded call as a play: the caller, and what interrupted from elsewhere, do the same once
 * more; the assistant must say, do and get wrong the same. Numbers are compared as recordings mask
 * them. `call` is how to place it.
 */
export function playOf({ call, entries }: Recording): { play: Play; call: PlayCall } {
  const steps = createSteps();
  for (const entry of inOrder(withPlaybacks(entries), call)) {
    if (entry.kind === 'act') steps.act(entry);
    else steps.take(entry);
  }
  const { speed: _, ...placed } = call as PlayCall & { speed?: unknown };
  return { play: steps.all, call: placed };
}

/**
 * The same to be played on its own: of a call that went on nothing more is known, so the caller
 * hangs up.
 */
export function replayOf(recording: Recording): { play: Play; call: PlayCall } {
  const { entries } = recording;
  const { play, call } = playOf(recording);
  const ending = entries.some(isTheEnd) ? undefined : endOf(entries, call);
  return { play: ending ? [...play, ending] : play, call };
}

/** Acts stand where they happened, and not where their event was answered. */
function inOrder(entries: readonly RecordingEntry[], call: PlayCall): (RecordingEntry | Act)[] {
  const ordered: (RecordingEntry | Act)[] = entries.filter(({ kind }) => !ACTS.has(kind));
  for (const act of actsIn(entries, call)) {
    const done = act.ends
      ? ordered.findLastIndex(({ kind, at_ms }) => kind === 'action' && at_ms === act.at_ms)
      : -1;
    const at = ordered.findIndex(
      (entry, index) =>
        index > done &&
        entry.at_ms >= act.at_ms &&
        !(entry.kind === 'act' && entry.at_ms === act.at_ms),
    );
    ordered.splice(at < 0 ? ordered.length : at, 0, act);
  }
  return ordered;
}

const ACTS: ReadonlySet<string> = new Set(['interruption', 'pushed']);

function actsIn(entries: readonly RecordingEntry[], call: PlayCall): Act[] {
  const { weather = {} } = call;
  const { words_after_ms = 0, twice = [] } = weather;
  const delivered = new Set<string>();
  const cuts = entries.filter(
    (entry) => entry.kind === 'playback_interrupted' && entry.by === 'caller',
  );
  const ending = endOf(entries, call);
  return entries.flatMap((entry): Act[] => {
    const { at_ms } = entry;
    if (entry.kind === 'interruption')
      return [{ kind: 'act', at_ms, step: interruptionStep(entry) }];
    if (entry.kind === 'pushed') return [{ kind: 'act', at_ms, step: pushStep(entry) }];
    return entry.kind === 'event' && !isRepeated(entry) ? callersAct(entry) : [];
  });

  function callersAct({ at_ms, took_ms = 0, event }: Entry<'event'>): Act[] {
    const sent = at_ms - took_ms;
    const { type, text, digit, barged_in } = event;
    if (type === 'dtmf_received')
      return [{ kind: 'act', at_ms: sent, step: acting(callerPresses(`${digit}`)) }];
    if (type === 'session_end')
      return ending ? [{ kind: 'act', at_ms: sent, step: ending, ends: true }] : [];
    if (type !== 'user_speak') return [];
    // What was cut by the caller was cut by these words.
    const cut = barged_in === true ? cuts.findLast((each) => each.at_ms <= sent) : undefined;
    const said = cut?.at_ms ?? sent - words_after_ms;
    return [{ kind: 'act', at_ms: said, step: acting(callerSays(`${text}`)) }];
  }

  /** The weather delivers it once more. */
  function isRepeated({ event }: Entry<'event'>): boolean {
    if (!(twice as string[]).includes(event.type)) return false;
    const key = JSON.stringify(event);
    if (delivered.delete(key)) return true;
    delivered.add(key);
    return false;
  }
}

/** Nobody has to hang up where the assistant does, or where a transfer fails for good. */
function endOf(entries: readonly RecordingEntry[], { transfer }: PlayCall) {
  const last = entries.findLast(
    (entry) =>
      (entry.kind === 'action' && ENDS.has(entry.action.type)) ||
      (entry.kind === 'event' && PROVES_LIFE.has(entry.event.type)),
  );
  const end = last?.kind === 'action' ? last.action : undefined;
  const fails = end?.timeout === undefined && (transfer === 'busy' || transfer === 'unanswered');
  return end?.type === 'hangup' || (end && fails) ? undefined : acting(callerHangsUp());
}

const isTheEnd = (entry: RecordingEntry) =>
  entry.kind === 'event' && entry.event.type === 'session_end';

const ENDS: ReadonlySet<string> = new Set(['hangup', 'transfer']);
const PROVES_LIFE: ReadonlySet<string> = new Set(['user_speak', 'dtmf_received', 'session_start']);

const acting = (step: Step) => step as ActingStep;

function interruptionStep({ interruption }: Entry<'interruption'>): ActingStep {
  const { target, ...asked } = withClips(interruption) as Interruption;
  // Whose number it was isn't recorded: it concerns this call.
  const labelled = target && 'label' in target ? { target: { label: target.label } } : {};
  return {
    line: `interrupted with ${JSON.stringify(interruption)}`,
    act: (actors) => actors.interrupt({ ...labelled, ...asked }, ['HTTP']),
  };
}

const pushStep = ({ actions }: Entry<'pushed'>): ActingStep => ({
  line: `somebody posts ${JSON.stringify(actions)}`,
  act: (actors) => actors.push(withClips(actions) as object[]),
});

/** Writes the steps, and keeps what is playing meanwhile. */
function createSteps() {
  const all: Step[] = [];
  let playing: Entry<'playback_started'> | undefined;
  let silentSince = 0;

  return {
    all,
    act({ at_ms, step }: Act) {
      all.push(playing ? during(step, playing, at_ms) : step);
    },
    take(entry: RecordingEntry) {
      const step = stepFor(entry, silentSince);
      if (step) all.push(step);
      if (!entry.kind.startsWith('playback_')) return;
      playing = entry.kind === 'playback_started' ? (entry as typeof playing) : undefined;
      silentSince = entry.at_ms;
    },
  };
}

function during(
  step: ActingStep,
  { text = '', at_ms: began, duration_ms }: Entry<'playback_started'>,
  at_ms: number,
): ActingStep {
  const share = duration_ms > 0 ? Math.min(1, (at_ms - began) / duration_ms) : 0;
  if (share === 1) return step;
  const heard = heardPrefix(text, share);
  // Who acts only after its last word is too late to cut it.
  const after = heard === text ? heard.replace(/\s*\S+\s*$/, '') : heard;
  return after === ''
    ? { ...step, share }
    : { ...step, after, line: `${step.line} after ${JSON.stringify(after)}` };
}

function stepFor(entry: RecordingEntry, silentSince: number): Step | undefined {
  switch (entry.kind) {
    case 'playback_started':
      return entry.text === undefined ? assistantPlaysClip() : says(entry.text);
    case 'playback_interrupted':
      return assistantIsCut({ by: entry.by });
    case 'action':
      return actionStep(entry.action as Action);
    case 'error':
      return entry.mistake === 'late' ? undefined : errs(entry.mistake);
    case 'event': {
      if (entry.event.type !== 'user_input_timeout') return undefined;
      const silent = entry.at_ms - (entry.took_ms ?? 0) - silentSince;
      return callerIsSilent(Math.round(silent / 100) / 10);
    }
    default:
      return undefined;
  }
}

/** Exactly this. */
const says = (text: string): Step => ({
  line: assistantSays(text).line,
  matches: (happened) =>
    happened.kind === 'playback_started' &&
    'text' in happened &&
    maskedText(happened.text) === maskedText(text),
});

const errs = (mistake: string): Step => ({
  line: `error: ${mistake}`,
  matches: (happened) => happened.kind === 'error' && happened.mistake === mistake,
});

/**
 * What is heard is a playback; anything else must be the same action, but for what the mask hides.
 */
function actionStep(action: Action): Step | undefined {
  const line = lineOfAction(action);
  if (line === undefined) return undefined;
  const same = JSON.stringify(sorted(masked(action)));
  return {
    line,
    matches: (happened: TimelineEntry) =>
      happened.kind === 'action' && JSON.stringify(sorted(masked(happened.action))) === same,
  };
}

const sorted = (value: unknown) =>
  Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)));
