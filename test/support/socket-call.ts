import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { placeCall, post } from './local-runtime.ts';

const SAY = 'Your parcel has just been shipped.';

/** A caller over a WebSocket, in the middle of the greeting, who hangs up when the test is over. */
export async function listening(
  { onTestFinished }: TestContext,
  url: string,
  options: object = {},
) {
  const call = await placeCall(url, { speed: 1, transport: 'websocket', ...options });
  onTestFinished(async () => void (await call.hangsUp()));
  await call.hears(1);
  await sleep(550);
  const path = `${url}/simulator/calls/${call.session_id}`;
  return {
    ...call,
    speaks: (text: string, speaking_ms: number) => post(`${path}/speech`, { text, speaking_ms }),
    disconnects: async () => {
      await post(`${path}/disconnect`, {});
      // The function hears of it a moment later; a push before that would meet the same end (410).
      await sleep(200);
    },
    interrupt: async (request: object = {}) => {
      const response = await post(`${url}/interruptions`, {
        session_id: call.session_id,
        say: SAY,
        ...request,
      });
      const { outcomes } = (await response.json()) as { outcomes: object[] };
      return { status: response.status, outcomes };
    },
  };
}

/** What the assistant did, and by which way it came. */
export const sources = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) =>
    entry.kind === 'action' ? [`${entry.action.type} ${entry.source}`] : [],
  );
