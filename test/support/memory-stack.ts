import { createAssistant } from '../../functions/assistant/assistant.ts';
import type { TemplateChoice } from '../../functions/assistant/template-choice.ts';
import type { SurroundingsOf } from '../../functions/assistant/template-context.ts';
import { createWording } from '../../functions/assistant/trigger.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { createWebSocketHandler } from '../../functions/assistant/websocket-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import type { Wake } from '../../functions/interruption/consequences.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { createInterrupter } from '../../functions/interruption/interrupter.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import type { Queue } from '../../functions/interruption/queueing.ts';
import { createTelling } from '../../functions/interruption/telling.ts';
import type { Jobs } from '../../functions/jobs/job.ts';
import { createJobHandler } from '../../functions/jobs/job-handler.ts';
import type { Assets } from '../../functions/runtime/assets.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Log } from '../../functions/runtime/log.ts';

interface Parts {
  templates: TemplateChoice;
  sessions: CallStore;
  outcomes: Outcomes;
  jobs: Jobs;
  queue: Queue;
  /** Missing: there is no way to push. */
  channel: Channel | undefined;
  websocket: Channel | undefined;
  /** How long the end of a sentence waits for a slow answer, ms. */
  slow_answer_wait_ms?: number;
  assets?: Assets;
  surroundings?: SurroundingsOf;
  /** By default the clock alone. */
  wake?: Wake;
  /** 0–1. */
  random?: () => number;
  clock: Clock;
  log: Log;
}

const tokens = { accepts: async () => true, values: async () => ['secret'] };

/**
 * The functions, put together as `functions/wiring` does, of parts in memory; and the two things
 * that they are made of.
 */
export function memoryStack(parts: Parts) {
  const { clock } = parts;
  const byTheClock: Wake = async (session_id, at, failing_since) =>
    void clock.after(at - clock.now(), () => void telling.look(session_id, failing_since));
  const { wake = byTheClock } = parts;
  const telling = createTelling({ ...parts, wake });
  const interrupter = createInterrupter({ ...parts, telling, wording: createWording(parts) });
  const answering = { ...parts, wake, ways: telling.ways, secrets: tokens.values };
  return {
    assistant: createAssistant(answering),
    interrupter,
    webhook: createWebhookHandler({ ...answering, tokens }),
    websocket: createWebSocketHandler({ ...answering, tokens }),
    interrupt: createInterruptHandler({ ...parts, interrupt: interrupter, look: telling.look }),
    job: createJobHandler({ ...parts, telling }),
  };
}
