import type { Notice as Told } from '../notices.ts';
import type { OutcomeEvent } from '../outcomes.ts';
import type { SessionView } from '../session-view.ts';
import type { CallSummary } from '../simulator/call-types.ts';
import type { TimelineEntry } from '../simulator/timeline.ts';
import type { Story } from '../story.ts';
import type { InterruptionRequest } from './commands.ts';

export type Source = 'HTTP' | 'EventBridge' | 'SQS';

/** What the stream tells: of a timeline only what has been added to. */
export type Notice =
  | { type: 'call'; call: CallSummary }
  | { type: 'timeline'; session_id: string; kind: TimelineEntry['kind'] }
  | { type: 'outcome'; outcome: OutcomeEvent }
  | { type: 'notice'; notice: Told };

/** Throws an error with the reason, in words. */
async function request<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, body && post(body));
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `${path}: ${response.status}`);
  return answer as T;
}

const post = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const path = (id: string) => `/simulator/calls/${encodeURIComponent(id)}`;

export const readCalls = () => request<{ calls: CallSummary[] }>('/simulator/calls');
export const readOutcomes = () => request<{ outcomes: OutcomeEvent[] }>('/simulator/outcomes');
export const readNotices = () => request<{ notices: Told[] }>('/simulator/notices');
export const readTemplates = () =>
  request<{ templates: { name: string; story: Story }[] }>('/simulator/templates');
export const readWeathers = () =>
  request<{ weathers: Record<string, object> }>('/simulator/weathers');
export const readTimeline = (id: string, from: number) =>
  request<{ timeline: TimelineEntry[] }>(`${path(id)}/timeline?from=${from}`);
export const readSession = (id: string) =>
  request<{ session?: SessionView }>(`${path(id)}/session`);
export const placeCall = (options: object) =>
  request<{ session_id: string }>('/simulator/calls', options);
export const callerDoes = (id: string, what: string, body: object = {}) =>
  request<object>(`${path(id)}/${what}`, body);

export interface Reply {
  source: Source;
  /** In a word or two. */
  summary: string;
  ok: boolean;
  body: unknown;
}

/** Sends an interruption as this source would. Never throws: a refusal is a reply. */
export async function interrupt(source: Source, interruption: InterruptionRequest): Promise<Reply> {
  try {
    const response = await SENDERS[source](interruption);
    const body = await response.json();
    return { source, body, ...summaryOf(response.status, body) };
  } catch (error) {
    return { source, summary: (error as Error).message, ok: false, body: {} };
  }
}

const SENDERS: Record<Source, (interruption: InterruptionRequest) => Promise<Response>> = {
  HTTP: (interruption) => fetch('/interruptions', post(interruption)),
  EventBridge: (interruption) =>
    fetch(
      '/eventbridge',
      post(
        {
          Entries: [
            { Source: 'shop', DetailType: 'Order Shipped', Detail: JSON.stringify(interruption) },
          ],
        },
        { 'x-amz-target': 'AWSEvents.PutEvents' },
      ),
    ),
  SQS: (interruption) =>
    fetch(
      '/2015-03-31/functions/interrupt/invocations',
      post({
        Records: [
          {
            messageId: crypto.randomUUID(),
            eventSource: 'aws:sqs',
            attributes: { SentTimestamp: String(Date.now()) },
            messageAttributes: {},
            body: JSON.stringify(interruption),
          },
        ],
      }),
    ),
};

interface AnyReply {
  outcomes?: { outcome: string; reason?: string; error?: { code: string; message: string } }[];
  error?: { message: string };
  queued?: number;
  FailedEntryCount?: number;
  batchItemFailures?: unknown[];
  errorMessage?: string;
}

function summaryOf(status: number, reply: AnyReply): { summary: string; ok: boolean } {
  const refused = reply.error?.message ?? reply.errorMessage;
  if (refused) return { summary: `${status} ${refused}`, ok: false };
  if (reply.outcomes) {
    const words = reply.outcomes.map(({ outcome, reason, error }) =>
      [outcome, reason ?? error?.message].filter(Boolean).join(': '),
    );
    if (reply.queued) words.push(`${reply.queued} queued`);
    return {
      summary: `${status} ${words.join(', ') || 'nobody is on the line'}`,
      ok: status < 300,
    };
  }
  const failed = (reply.FailedEntryCount ?? reply.batchItemFailures?.length ?? 0) > 0;
  return { summary: failed ? 'refused: see the terminal' : 'taken', ok: !failed };
}
