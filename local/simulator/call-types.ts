import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Pace } from '../pacing.ts';
import type { CallOptions } from './call-options.ts';
import type { Deliver } from './outbox.ts';
import type { Connect } from './socket.ts';
import type { ActionSource, TimelineEntry } from './timeline.ts';

export interface CallParts {
  options: CallOptions;
  clock: Clock;
  deliver: Deliver;
  pace: Pace;
  /** For calls whose transport is a WebSocket. */
  connect: Connect;
  log(message: string): void;
  /** Hears each timeline entry as it is written. */
  recorded(call: Call, entry: TimelineEntry): void;
  /** Hears that the summary is another one. */
  changed(call: Call): void;
}

/** One simulated telephone call. */
export interface Call {
  readonly session_id: string;
  readonly options: CallOptions;
  readonly transport: CallOptions['transport'];
  /** The call flow that it was placed for. */
  readonly template: string | undefined;
  summary(): CallSummary;
  timeline(): TimelineEntry[];
  /** False from the moment of hang-up, which is before `state` says `ended`. */
  live(): boolean;
  /** AI Flow picks up. */
  start(): void;
  /**
   * The caller says something, all of it at once; over a WebSocket perhaps after `speaking_ms` of
   * it.
   */
  says(text: string, speaking_ms?: number): void;
  /** The WebSocket breaks, and the next event opens another one. `false` for a call without one. */
  disconnect(): boolean;
  /** The caller presses one of 0–9, * and #. */
  presses(digit: string): void;
  hangUp(): void;
  /**
   * What the external API does with would-be actions for this call, which is live, or with what
   * holds none: resolves to the status it answers, or never.
   */
  pushed(actions: unknown[] | undefined): Promise<ContentfulStatusCode>;
  /**
   * Executes would-be actions in order, without waiting for playback; the invalid ones become
   * `error` entries.
   */
  execute(actions: unknown[], source: ActionSource): void;
}

export interface CallSummary {
  session_id: string;
  /** `ended` once the application has answered `session_end`, or failed to. */
  state: 'active' | 'ended';
  from: string;
  to: string;
  /** What the recogniser listens for, separated by commas; `auto` if it must find out. */
  language: string;
  /** The call flow that it was placed for, if for a certain one. */
  template?: string;
  /** Divides every speech duration, where it isn't 1. */
  speed?: number;
  /** Unix milliseconds. */
  started_at: number;
  /** Loudness (0–1) of the `mix_audio` loop while there is one. */
  background_volume?: number;
}
