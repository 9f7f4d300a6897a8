import { randomUUID } from 'node:crypto';
import { AwsError } from '../functions/runtime/aws-json.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import type { Stack } from './command.ts';
import { judgeChannel, judgeDryRun, judgeInvocation, type Reply } from './interruption-check.ts';
import { connect, judgeSocket, type Socket } from './socket-check.ts';
import { type Verdict, well, wrong } from './verdict.ts';
import {
  actionsIn,
  judgeLock,
  judgeSpeed,
  judgeWebhook,
  sendEvent,
  type WebhookAnswer,
} from './webhook-check.ts';

interface Options {
  readonly clock: Pick<Clock, 'now'>;
  /** A call that is live; without one a call is made up. */
  readonly session?: string | undefined;
  readonly print: (line: string) => void;
}

const TEXT = 'This is a test of the interruption.';
/** Regulators keep these numbers for fiction. */
const PARTIES = {
  from_phone_number: '4917639123456',
  to_phone_number: '493023125000',
  phone_number: '493023125000',
  direction: 'inbound',
};

/**
 * Sends events and interruptions through a deployed stack and prints a line for each part. Says
 * whether all is well.
 */
export async function smoke(stack: Stack, { clock, session, print }: Options): Promise<boolean> {
  const { aws, outputs } = stack;
  const { WebhookUrl = '', WebSocketUrl = '', InterruptFunctionName = '' } = outputs;
  let allIsWell = true;

  const token = await theToken();
  if (token === undefined) return false;
  const call = madeUpCall();
  const isAnswered = await checkWebhook(token, call);
  // What can't be found over one door can't be found over the other.
  const isFound = !isAnswered || (await checkInterruption(token, call));
  if (isFound) await checkSocket(token);
  print(allIsWell ? 'all is well' : 'something is wrong: see above');
  return allIsWell;

  function tell(part: string, { ok, words }: Verdict): boolean {
    print(`${ok ? 'ok   ' : 'WRONG'}  ${part}: ${words}`);
    allIsWell &&= ok;
    return ok;
  }

  async function theToken(): Promise<string | undefined> {
    const SecretId = /--secret-id (\S+)/.exec(outputs.WebhookTokenCommand ?? '')?.[1] ?? '';
    try {
      const call = aws.json('secretsmanager');
      const { SecretString } = (await call('secretsmanager.GetSecretValue', { SecretId })) as {
        SecretString?: string;
      };
      tell('token', well('lies in Secrets Manager'));
      return SecretString ?? '';
    } catch (error) {
      tell('token', wrong(tokenProblem(error as Error, SecretId)));
      return undefined;
    }
  }

  async function sent(token: string, event: object): Promise<WebhookAnswer | Verdict> {
    try {
      return await sendEvent(WebhookUrl, { token, event, now: clock.now });
    } catch (error) {
      const { message, cause } = error as Error;
      return wrong(`cannot be reached: ${(cause as Error | undefined)?.message ?? message}`);
    }
  }

  async function checkWebhook(token: string, call: MadeUpCall): Promise<boolean> {
    const judged = async (
      key: string,
      event: object,
      judge: (answer: WebhookAnswer) => Verdict,
    ) => {
      const answer = await sent(key, event);
      return tell('webhook', 'ok' in answer ? answer : judge(answer));
    };
    if (!(await judged(token, call.event('session_start'), judgeWebhook))) return false;
    await judged(token, call.event('user_input_timeout'), judgeSpeed);
    await judged(`not-${token.length}`, call.event('user_input_timeout'), judgeLock);
    return true;
  }

  async function interrupted(session_id: string, over: object = {}): Promise<Reply | Verdict> {
    const id = `smoke-${randomUUID()}`;
    // A template may protect its greeting; nobody hears that of a call that we made up.
    const force = session_id !== session;
    const interruption = { session_id, say: TEXT, id, force, ...over };
    try {
      return (await aws.invoke(InterruptFunctionName, interruption)) as Reply;
    } catch (error) {
      return judgeInvocation(error as Error, InterruptFunctionName);
    }
  }

  async function checkInterruption(token: string, call: MadeUpCall): Promise<boolean> {
    const foreseen = await interrupted(call.id, { dry_run: true });
    const isFound = tell('interrupt', 'ok' in foreseen ? foreseen : judgeDryRun(foreseen));
    if (!isFound) return false;
    const reply = await interrupted(session ?? call.id);
    if ('ok' in reply) tell('interrupt', reply);
    else if (outputs.InterruptionChannel === 'external-api' || session) {
      const tokenCommand = outputs.ExternalApiTokenCommand;
      tell('external API', judgeChannel(reply, { live: session !== undefined, tokenCommand }));
    } else await checkNextEvent(token, call, reply);
    await sent(token, call.event('session_end'));
    return true;
  }

  /** Without an external API it comes with the answer to the next event. */
  async function checkNextEvent(token: string, call: MadeUpCall, { outcomes: [came] }: Reply) {
    if (came?.outcome !== 'deferred')
      return tell(
        'channel',
        wrong(
          `an interruption should wait for the next event, and is ${came?.reason ?? came?.error?.message ?? came?.outcome}`,
        ),
      );
    for (const type of ['assistant_speech_ended', 'user_input_timeout'] as const) {
      const answer = await sent(token, call.event(type));
      if ('ok' in answer) return tell('channel', answer);
      if (actionsIn(answer.body).some(({ text }) => text === TEXT))
        return tell(
          'channel',
          well(
            'an interruption comes with the next event, not at once: there is no externalApiUrl',
          ),
        );
    }
    return tell('channel', wrong('an interruption that waited did not come with the next event'));
  }

  async function checkSocket(token: string): Promise<void> {
    const socket = await connect(WebSocketUrl, token);
    if ('ok' in socket) return void tell('WebSocket', socket);
    const call = madeUpCall();
    socket.send(call.event('session_start'));
    const reply = await untilKnown(call.id);
    tell('WebSocket', 'ok' in reply ? reply : await judged(socket, reply));
    socket.send(call.event('session_end'));
    socket.close();
  }

  async function judged(socket: Socket, { outcomes: [came] }: Reply): Promise<Verdict> {
    const isHeard = came?.outcome === 'delivered' && (await socket.hears(TEXT));
    return judgeSocket(isHeard, came?.error);
  }

  /** What is sent over a socket has no status: the call is there some time later. */
  async function untilKnown(id: string): Promise<Reply | Verdict> {
    for (let attempt = 1; ; attempt++) {
      const reply = await interrupted(id);
      const isUnknown = !('ok' in reply) && reply.outcomes[0]?.reason === 'unknown_session';
      if (!isUnknown || attempt === 10) return reply;
      await new Promise((go) => setTimeout(go, 300));
    }
  }
}

function tokenProblem(error: Error, secretId: string): string {
  if (!(error instanceof AwsError)) return `Secrets Manager cannot be reached: ${error.message}`;
  if (/AccessDenied/.test(error.name))
    return `you may not read it: you need secretsmanager:GetSecretValue on ${secretId}`;
  if (/ResourceNotFound/.test(error.name))
    return 'the secret is gone: deploy the stack again, and enter the new token in AI Flow';
  return `${error.name}: ${error.message}`;
}

type MadeUpCall = ReturnType<typeof madeUpCall>;

function madeUpCall() {
  const id = `smoke-${randomUUID()}`;
  const session = { id, account_id: 'smoke', ...PARTIES };
  return { id, event: (type: string) => ({ type, session }) };
}
