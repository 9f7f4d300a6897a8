import { setTimeout as sleep } from 'node:timers/promises';
import { type OutcomeEvent, wordOf } from './outcomes.ts';
import { PATIENCE_MS, type Stage } from './perform.ts';
import type { PlayCall } from './play.ts';
import type { TimelineEntry } from './simulator/timeline.ts';
import { line, lineFor } from './timeline-text.ts';
import { sendThrough } from './triggers.ts';

const POLL_MS = 25;
const INTERRUPT = '/2015-03-31/functions/interrupt/invocations';

export interface HttpStageParts {
  /** Of a running runtime. */
  url: string;
  /** Divides every speech duration. */
  speed: number;
  call?: PlayCall | undefined;
  /** Takes a line for the terminal about each thing that happens. */
  tell(line: string): void;
}

/** Places a call on a running runtime, as a stage to perform a play on. */
export async function placeCall({
  url,
  speed,
  call: options,
  tell,
}: HttpStageParts): Promise<Stage> {
  const { session_id } = (await request('/simulator/calls', { ...options, speed })) as {
    session_id: string;
  };
  const placed = Date.now();
  const call = `/simulator/calls/${session_id}`;
  const unread: TimelineEntry[] = [];
  let seen = 0;

  return {
    says: async (text) => void (await request(`${call}/speech`, { text })),
    presses: async (digit) => void (await request(`${call}/dtmf`, { digit })),
    hangsUp: async () => void (await request(`${call}/hangup`, {})),
    async push(actions) {
      const addressed = actions.map((action) => ({ ...action, session_id }));
      await request(`${call}/actions`, addressed);
      note('pushed', JSON.stringify(actions));
    },
    async invoke(service, payload) {
      await read();
      const sent = payload(new Date());
      note('interrupt', `${service}: ${JSON.stringify(sent)}`);
      const reply = await request(INTERRUPT, sent as object);
      await read();
      note('reply', JSON.stringify(reply));
    },
    wait: async (ms) => void (await sleep(ms)),
    async next(within_ms = PATIENCE_MS) {
      if (unread.length === 0) await read();
      await patiently(read, () => unread.length > 0, within_ms);
      return unread.shift();
    },
    async interrupt(interruption, through) {
      const whole = { ...(!interruption.target && { session_id }), ...interruption };
      await read();
      note('interrupt', `${through.join(', ')}: ${JSON.stringify(interruption)}`);
      const replies = await Promise.all(
        through.map(async (source) => `${source} → ${await sendThrough(source, url, whole)}`),
      );
      // What it did comes first, as it did in the call.
      await read();
      for (const reply of replies) note('reply', reply);
    },
    async outcomes(count) {
      let came: Outcome[] = [];
      await patiently(
        async () => {
          came = await readOutcomes();
        },
        () => came.length >= count,
      );
      await read();
      for (const { word, took_ms } of came)
        note('outcome', took_ms === undefined ? word : `${word} after ${took_ms} ms`);
      return came.map(({ word }) => word);
    },
  };

  async function patiently(
    look: () => Promise<void>,
    enough: () => boolean,
    ms = PATIENCE_MS,
  ): Promise<void> {
    for (const end = Date.now() + ms; !enough() && Date.now() < end; ) {
      await look();
      if (!enough()) await sleep(POLL_MS);
    }
  }

  async function read(): Promise<void> {
    const { timeline } = (await request(`${call}/timeline?from=${seen}`)) as {
      timeline: TimelineEntry[];
    };
    for (const entry of timeline) {
      tell(lineFor(entry));
      unread.push(entry);
    }
    seen += timeline.length;
  }

  async function readOutcomes(): Promise<Outcome[]> {
    const { outcomes } = (await request('/simulator/outcomes')) as { outcomes: OutcomeEvent[] };
    return outcomes.flatMap((outcome) => {
      const detail = outcome.detail as { session_id?: string; took_ms?: number };
      return detail.session_id === session_id
        ? [{ word: wordOf(outcome), took_ms: detail.took_ms }]
        : [];
    });
  }

  function note(who: string, what: string): void {
    tell(line(Date.now() - placed, who, what, 'magenta'));
  }

  async function request(path: string, body?: object): Promise<unknown> {
    const response = await fetch(url + path, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok)
      throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

/** `word` is the reason of one that was skipped. */
interface Outcome {
  word: string;
  took_ms: number | undefined;
}
