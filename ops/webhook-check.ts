import { QUERY, type Verdict, well, wrong } from './verdict.ts';

/** AI Flow gives an answer one second. */
const IN_TIME_MS = 1_000;
const PATIENCE_MS = 15_000;

export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
  readonly took_ms: number;
}

/** Sends an event as AI Flow does. Throws when nobody answers. */
export async function sendEvent(
  url: string,
  { token, event, now }: { token: string; event: object; now: () => number },
): Promise<WebhookAnswer> {
  const began = now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-token': token },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, body: await response.text(), took_ms: now() - began };
}

/** What an answer to an event with the right token says of the webhook. */
export function judgeWebhook({ status, body, took_ms }: WebhookAnswer): Verdict {
  if (status === 200 || status === 204) {
    const said = status === 200 ? `${actionsIn(body).length} action(s)` : 'nothing to say';
    return well(`answers an event in ${Math.round(took_ms)} ms: ${said}`);
  }
  return wrong(WRONG[status] ?? `answers ${status} to an event: ${QUERY}`);
}

/** A cold start may be late; a second event may not. */
export const judgeSpeed = ({ took_ms }: WebhookAnswer): Verdict =>
  took_ms <= IN_TIME_MS
    ? well(`answers in time (${Math.round(took_ms)} ms, from here)`)
    : wrong(
        `takes ${Math.round(took_ms)} ms when warm, and AI Flow waits for one second: deploy nearer to your callers, or look at the template (${QUERY})`,
      );

/** Anybody could speak to your callers. */
export const judgeLock = ({ status }: WebhookAnswer): Verdict =>
  status === 401
    ? well('refuses a wrong token')
    : wrong(`answers ${status} to a wrong token, and should refuse it with 401`);

const CRASHED = `the function crashed, or took too long: ${QUERY} (3)`;
const WRONG: Record<number, string> = {
  401: 'refuses the token that lies in Secrets Manager: is WebhookUrl that of another stack? After a rotation, wait for five seconds and try again',
  403: 'API Gateway refuses the event (403): is there a firewall or an authorizer before it?',
  404: 'is not there (404): the URL in the outputs is no longer that of the API: deploy again',
  429: "API Gateway turns the event away (429): the stage's THROTTLE in lib/webhook-api.ts",
  500: CRASHED,
  502: CRASHED,
  503: 'the function cannot read the token (503 secret_unavailable), or has no concurrency left: check its permission secretsmanager:GetSecretValue',
  504: CRASHED,
};

export function actionsIn(body: string): { type: string; text?: string }[] {
  try {
    const actions: unknown = JSON.parse(body);
    return Array.isArray(actions) ? actions : [];
  } catch {
    return [];
  }
}
