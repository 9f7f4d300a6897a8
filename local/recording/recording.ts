import * as z from 'zod/mini';
import { InvalidValue, parse } from '../../functions/protocol/invalid.ts';
import { masked, withoutDigits } from '../../functions/protocol/masked.ts';
import type { PlayCall } from '../play.ts';
import type { Call } from '../simulator/call-types.ts';
import type { TimelineEntry } from '../simulator/timeline.ts';

const at_ms = z.number().check(z.gte(0));
const typed = z.looseObject({ type: z.string() });
const cut = z.enum(['app', 'caller', 'hangup']);

/**
 * What happened; the simulator's timeline, without whose call it was, and what interrupted it from
 * elsewhere.
 */
const entrySchema = z.discriminatedUnion('kind', [
  z.looseObject({ at_ms, kind: z.literal('event'), event: typed, took_ms: z.optional(z.number()) }),
  z.looseObject({ at_ms, kind: z.literal('action'), action: typed }),
  z.looseObject({
    at_ms,
    kind: z.literal('playback_started'),
    text: z.optional(z.string()),
    duration_ms: z.number(),
  }),
  z.looseObject({ at_ms, kind: z.literal('playback_finished') }),
  z.looseObject({ at_ms, kind: z.literal('playback_interrupted'), by: cut }),
  z.looseObject({ at_ms, kind: z.literal('error'), mistake: z.string() }),
  z.looseObject({
    at_ms,
    kind: z.literal('interruption'),
    interruption: z.record(z.string(), z.unknown()),
  }),
  /**
   * Actions that somebody has posted by hand, as the page does for an application without rules.
   */
  z.looseObject({ at_ms, kind: z.literal('pushed'), actions: z.array(typed) }),
]);

const VERSION = 1;

const recordingSchema = z.strictObject({
  recording: z.literal(VERSION),
  /** Name of the call flow that answered, where that is known. */
  template: z.optional(z.string()),
  /** How the call was placed, for another one like it. */
  call: z.record(z.string(), z.unknown()),
  entries: z.array(entrySchema).check(z.minLength(1)),
});

/** A call as a file, which can be played again. `at_ms`: milliseconds since it was placed. */
export type Recording = Omit<z.output<typeof recordingSchema>, 'call'> & { call: PlayCall };
export type RecordingEntry = Recording['entries'][number];

/** Throws an error that says what is wrong, and repeats nothing of what was said. */
export function readRecording(text: string): Recording {
  const remedy = 'it must be what GET /simulator/calls/{id}/recording or `npm run recording` gave';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`This is no recording: it isn't JSON; ${remedy}`);
  }
  try {
    return parse(recordingSchema, value, 'recording') as Recording;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Error(`This is no recording: ${error.logged}; ${remedy}`);
  }
}

export interface RecordedBeside {
  template?: string | undefined;
  /** What interrupted it from elsewhere. */
  interruptions: readonly RecordingEntry[];
  /** Its call flow asks for secret digits: none that the caller gives are kept. */
  secret?: boolean;
}

/** A call of the simulator so far. */
export function recordingOf(
  call: Call,
  { template, interruptions, secret = false }: RecordedBeside,
): Recording {
  const { from: _, to: __, ...options } = call.options;
  const happened = secret ? call.timeline().map(withoutSecrets) : call.timeline();
  const entries = [...interruptions, ...happened].sort((a, b) => a.at_ms - b.at_ms);
  return {
    recording: VERSION,
    ...(template !== undefined && { template }),
    call: options,
    entries: masked(entries) as RecordingEntry[],
  };
}

const withoutSecrets = (entry: TimelineEntry) =>
  entry.kind === 'event' ? { ...entry, event: withoutDigits(entry.event) } : entry;
