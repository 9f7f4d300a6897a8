import { ENGLISH } from '../../functions/templates/order-status.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { outcomesOf, placeCall, post, until } from './local-runtime.ts';

/** What the template `order-status` says. */
export const { legal: LEGAL, question: QUESTION, voice: VOICE } = ENGLISH;
export const HOLD = ENGLISH.hold('4711');
export const ANSWER = ENGLISH.packed('4711');

export interface Reply {
  status: number;
  body: {
    interruption_id: string;
    outcomes: { session_id: string; outcome: string; reason?: string }[];
  };
}

/** Interrupts over HTTP, whomever. */
export async function interrupt(url: string, interruption: object): Promise<Reply> {
  const response = await post(`${url}/interruptions`, interruption);
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

/** A caller of the template `order-status`, at the speed of life. */
export async function callOrderHotline(url: string, options: object = {}) {
  const call = await placeCall(url, { speed: 1, ...options });
  const { session_id, timeline } = call;

  return {
    ...call,
    interrupt: (interruption: object) => interrupt(url, { session_id, ...interruption }),
    /** What the caller heard and what was done about it, a line each, from `since` on. */
    async story(since = LEGAL) {
      const lines = (await timeline()).flatMap(lineOf);
      return lines.slice(lines.lastIndexOf(since));
    },
    /** In mid-sentence, and the session knows. */
    hearing: (text: string) =>
      until(
        async () => (await timeline()).some((entry) => tellsOf(entry, text)),
        `"${text}"`,
        15_000,
      ),
    /** Nothing plays any more, and the session knows. */
    silence: () => until(async () => isSilent(await timeline()), 'silence', 15_000),
    /**
     * What came of the interruptions, as soon as there are `count`. The look-up's result is one,
     * too, and left out.
     */
    async outcomes(count: number) {
      const read = async () =>
        (await outcomesOf(url, session_id))
          .filter(({ interruption_id }) => !interruption_id.startsWith('job-'))
          .map(({ word }) => word);
      await until(async () => (await read()).length >= count, `${count} outcomes`, 15_000);
      return read();
    },
    /** Has asked for order 4711, and hears where it is. */
    async asks() {
      await this.hearing(QUESTION);
      await call.says('It is order 4711');
      await this.hearing(ANSWER);
    },
  };
}

function lineOf(entry: TimelineEntry): string[] {
  switch (entry.kind) {
    case 'playback_started':
      return ['text' in entry ? entry.text : 'a clip'];
    case 'playback_interrupted':
      return [`cut by the ${entry.by}`];
    case 'playback_finished':
      return ['end'];
    case 'action':
      return entry.action.type === 'speak' ? [] : [entry.action.type];
    default:
      return [];
  }
}

const tellsOf = (entry: TimelineEntry, text: string) =>
  entry.kind === 'event' &&
  entry.event.type === 'assistant_speak' &&
  (entry.event.text ?? entry.event.ssml) === text;

function isSilent(timeline: readonly TimelineEntry[]): boolean {
  const started = timeline.filter(({ kind }) => kind === 'playback_started');
  const ended = timeline.filter(({ kind, ...entry }) => kind === 'event' && isEnd(entry));
  return started.length > 0 && started.length === ended.length;
}

const isEnd = (entry: object) =>
  'event' in entry && (entry.event as { type: string }).type === 'assistant_speech_ended';
