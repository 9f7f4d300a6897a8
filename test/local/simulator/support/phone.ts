import { type KnownEvent, parseEvent } from '../../../../functions/protocol/index.ts';
import type { WebhookAnswer } from '../../../../local/simulator/answer.ts';
import type { GivenOptions } from '../../../../local/simulator/call-options.ts';
import { createSimulator } from '../../../../local/simulator/simulator.ts';
import type { Connect } from '../../../../local/simulator/socket.ts';
import type { TimelineEntry } from '../../../../local/simulator/timeline.ts';
import { type ManualClock, manualClock } from '../../../support/manual-clock.ts';

type Draft = { type: string; [field: string]: unknown };
/** What the application answers to one event; nothing is 204, a string is a body as it is. */
type Answer = Draft | Draft[] | WebhookAnswer | Error | undefined;
export type App = {
  [T in KnownEvent['type']]?: (event: KnownEvent, clock: ManualClock) => Answer | Promise<Answer>;
};

/**
 * A simulated call on a manual clock, to an application of a few lines. 15 characters take a
 * second.
 */
export function phone(app: App = {}, options: GivenOptions = {}) {
  const clock = manualClock();
  const events: KnownEvent[] = [];
  const logged: string[] = [];
  const sockets: { push(text: string): void; lose(): void }[] = [];
  const connect: Connect = async ({ received, closed }) => {
    sockets.push({ push: received, lose: closed });
    return {
      close: closed,
      async send(text) {
        const { status, body } = await deliver(JSON.parse(text));
        if (status === 200) clock.after(1, () => received(body));
      },
    };
  };
  const simulator = createSimulator({
    clock,
    deliver,
    connect,
    log: (message) => logged.push(message),
  });
  const call = simulator.place(options);

  async function deliver(event: KnownEvent) {
    events.push(parseEvent(event) as KnownEvent);
    const answer = await app[event.type]?.(event, clock);
    if (answer instanceof Error) throw answer;
    if (!answer) return { status: 204, body: '' };
    if ('status' in answer) return answer as WebhookAnswer;
    return { status: 200, body: JSON.stringify(addressed(answer, event.session.id)) };
  }

  const timeline = (kind?: TimelineEntry['kind']) =>
    call.timeline().filter((entry) => kind === undefined || entry.kind === kind);

  return {
    clock,
    simulator,
    call,
    events,
    logged,
    /** Every WebSocket that was opened. */
    sockets,
    timeline,
    types: () => events.map((event) => event.type),
    /**
     * The timeline in one word per entry: an event's type, an action's type in brackets, or the
     * kind.
     */
    story: () => timeline().map(word),
    errors: () =>
      call.timeline().flatMap((entry) => (entry.kind === 'error' ? [entry.message] : [])),
    /** Actions as the external API would bring them. */
    push: (...actions: Draft[]) =>
      call.execute(addressed(actions, call.session_id) as Draft[], 'external-api'),
  };
}

const addressed = (actions: Draft | Draft[], session_id: string) =>
  Array.isArray(actions)
    ? actions.map((action) => ({ session_id, ...action }))
    : { session_id, ...actions };

function word(entry: TimelineEntry): string {
  if (entry.kind === 'event') return entry.event.type;
  return entry.kind === 'action' ? `[${entry.action.type}]` : entry.kind;
}

/** The answer after `ms`. */
export const answerAfter = (ms: number, clock: ManualClock, answer?: Answer) =>
  new Promise<Answer>((done) => clock.after(ms, () => done(answer)));
