import { createAssistant } from '../../functions/assistant/assistant.ts';
import type { Template } from '../../functions/assistant/template.ts';
import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import { createInterrupter } from '../../functions/interruption/interrupter.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import type { Action } from '../../functions/protocol/actions.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';
import { SESSION } from './events.ts';
import { recordingLog } from './log.ts';
import type { ManualClock } from './manual-clock.ts';

/** What was pushed to a call. */
export interface Sent {
  session_id: string;
  actions: readonly Action[];
}

export interface LineOptions {
  template?: Template;
  /** Whether there is a way to push. */
  push?: boolean;
  /** What AI Flow says to each push; it takes what is left over. */
  answers?: (Delivery | Error | Promise<Delivery>)[];
  store?: SessionStore;
}

interface LineParts extends LineOptions {
  sessions: SessionStore;
  outcomes: Outcomes;
  clock: ManualClock;
  sent: Sent[];
}

/** A phone line in miniature: events in, interruptions in, what the caller is told out. */
export function phoneLine({
  template = {},
  push = true,
  answers = [],
  sessions,
  store = sessions,
  outcomes,
  clock,
  sent,
}: LineParts) {
  const log = recordingLog();
  const channel: Channel = {
    async send(session_id, actions) {
      sent.push({ session_id, actions });
      const answer = (await answers.shift()) ?? { status: 'delivered' };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const parts = { sessions: store, outcomes, clock, log };
  const queued: object[] = [];
  const queue = { put: async (requests: readonly object[]) => void queued.push(...requests) };
  const interrupter = createInterrupter({ ...parts, queue, channel: push ? channel : undefined });
  const assistant = createAssistant({ template, ...parts });
  return {
    log,
    hear: (event: object) => assistant(event as never, { at: clock.now(), deadline: clock.now() + 800 }),
    queued,
    interrupt: async (request: object = {}, at = clock.now()) => {
      const whole = { session_id: SESSION.id, say: 'Your parcel has shipped.', id: 'shipped', ...request };
      const { outcomes: results } = await interrupter(parseInterruption(whole, { id: 'default', at }, clock.now()));
      return results;
    },
  };
}
