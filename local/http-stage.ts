import { setTimeout as sleep } from 'node:timers/promises';
import type { OutcomeEvent } from './outcomes.ts';
import type { Stage } from './perform.ts';
import type { TimelineEntry } from './simulator/timeline.ts';
import { line, lineFor } from './timeline-text.ts';
import { sendThrough } from './triggers.ts';

const POLL_MS = 25;
const PATIENCE_MS = 15_000;

export interface HttpStageParts {
  /** Of a running runtime. */
  url: string;
  /** Divides every speech duration. */
  speed: number;
  /** Takes a line for the terminal about each thing that happens. */
  tell(line: string): void;
}

/** Places a call on a running runtime, as a stage to perform a play on. */
export async function placeCall({ url, speed, tell }: HttpStageParts): Promise<Stage> {
  const { session_id } = (await request('/simulator/calls', { speed })) as { session_id: string };
  const placed = Date.now();
  const call = `/simulator/calls/${session_id}`;
  const unread: TimelineEntry[] = [];
  let seen = 0;

  return {
    says: async (text) => void (await request(`${call}/speech`, { text })),
    presses: async (digit) => void (await request(`${call}/dtmf`, { digit })),
    hangsUp: async () => void (await request(`${call}/hangup`, {})),
    wait: async (ms) => void (await sleep(ms)),
    async next() {
      await patiently(read, () => unread.length > 0);
      return unread.shift();
    },
    async interrupt(interruption, through) {
      const replies = await Promise.all(
        through.map(async (source) => `${source} → ${await sendThrough(source, url, { session_id, ...interruption })}`),
      );
      // What it did comes first, as it did in the call.
      await read();
      for (const reply of replies) note('interrupt', reply);
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

  async function patiently(look: () => Promise<void>, enough: () => boolean): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; !enough() && Date.now() < end; ) {
      await look();
      if (!enough()) await sleep(POLL_MS);
    }
  }

  async function read(): Promise<void> {
    const { timeline } = (await request(call)) as { timeline: TimelineEntry[] };
    for (const entry of timeline.slice(seen)) {
      tell(lineFor(entry));
      unread.push(entry);
    }
    seen = timeline.length;
  }

  async function readOutcomes(): Promise<Outcome[]> {
    const { outcomes } = (await request('/simulator/outcomes')) as { outcomes: OutcomeEvent[] };
    return outcomes.flatMap(({ detail_type, detail }) => {
      const { reason, took_ms, ...rest } = detail as { session_id?: string; reason?: string; took_ms?: number };
      const word = reason ?? detail_type.replace('Interruption ', '').toLowerCase();
      return rest.session_id === session_id ? [{ word, took_ms }] : [];
    });
  }

  function note(who: string, what: string): void {
    tell(line(Date.now() - placed, who, what, 'magenta'));
  }

  async function request(path: string, body?: object): Promise<unknown> {
    const response = await fetch(url + path, {
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

/** `word` is the reason of one that was skipped. */
interface Outcome {
  word: string;
  took_ms: number | undefined;
}
