import { createAssistant } from '../../functions/assistant/assistant.ts';
import type { Jobs } from '../../functions/assistant/job.ts';
import { createJobHandler } from '../../functions/assistant/job-handler.ts';
import type { TemplateChoice } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { createWebSocketHandler } from '../../functions/assistant/websocket-handler.ts';
import { createWording } from '../../functions/assistant/wording.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { createInterrupter } from '../../functions/interruption/interrupter.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import type { Queue } from '../../functions/interruption/passing-on.ts';
import type { Assets } from '../../functions/runtime/assets.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Log } from '../../functions/runtime/log.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';

interface Parts {
  templates: TemplateChoice;
  sessions: SessionStore;
  outcomes: Outcomes;
  jobs: Jobs;
  queue: Queue;
  /** Missing: there is no way to push. */
  channel: Channel | undefined;
  websocket: Channel | undefined;
  assets?: Assets;
  clock: Clock;
  log: Log;
}

const tokens = { accepts: async () => true };

/** The functions, put together as `functions/wiring` does, of parts in memory; and the two things that they are made of. */
export function memoryStack(parts: Parts) {
  const interrupter = createInterrupter({ ...parts, wording: createWording(parts) });
  return {
    assistant: createAssistant(parts),
    interrupter,
    webhook: createWebhookHandler({ ...parts, tokens }),
    websocket: createWebSocketHandler({ ...parts, tokens }),
    interrupt: createInterruptHandler({ ...parts, interrupt: interrupter }),
    job: createJobHandler({ ...parts, interrupt: interrupter }),
  };
}
