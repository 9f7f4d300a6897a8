import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './perform.ts';
import type { TimelineEntry } from './simulator/timeline.ts';

const POLL_MS = 25;
const PATIENCE_MS = 15_000;

export interface HttpStageParts {
  /** Of a running runtime. */
  url: string;
  /** Divides every speech duration. */
  speed: number;
  onEntry(entry: TimelineEntry): void;
}

/** Places a call on a running runtime, as a stage to perform a play on. */
export async function placeCall({ url, speed, onEntry }: HttpStageParts): Promise<Stage> {
  const { session_id } = (await request('/simulator/calls', { speed })) as { session_id: string };
  const call = `/simulator/calls/${session_id}`;
  const unread: TimelineEntry[] = [];
  let seen = 0;

  return {
    says: async (text) => void (await request(`${call}/speech`, { text })),
    presses: async (digit) => void (await request(`${call}/dtmf`, { digit })),
    hangsUp: async () => void (await request(`${call}/hangup`, {})),
    wait: async (ms) => void (await sleep(ms)),
    async next() {
      for (const end = Date.now() + PATIENCE_MS; !unread[0] && Date.now() < end; ) {
        await read();
        if (!unread[0]) await sleep(POLL_MS);
      }
      return unread.shift();
    },
  };

  async function read(): Promise<void> {
    const { timeline } = (await request(call)) as { timeline: TimelineEntry[] };
    for (const entry of timeline.slice(seen)) {
      onEntry(entry);
      unread.push(entry);
    }
    seen = timeline.length;
  }

  async function request(path: string, body?: object): Promise<unknown> {
    const response = await fetch(url + path, {
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
