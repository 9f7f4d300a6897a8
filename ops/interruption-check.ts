import { AwsError } from '../functions/runtime/aws-json.ts';
import { FunctionError } from './aws.ts';
import { QUERY, type Verdict, well, wrong } from './verdict.ts';

/** What the interrupt function says of one call. */
export interface Outcome {
  readonly outcome: string;
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Reply {
  readonly outcomes: readonly Outcome[];
}

/** Why the interrupt function couldn't be asked. */
export function judgeInvocation(error: Error, functionName: string): Verdict {
  if (error instanceof FunctionError) {
    const crashed = /^(?:Runtime\.|Sandbox\.)/.test(error.name) || /timed out/.test(error.message);
    return wrong(`${crashed ? 'crashes' : 'fails'}: ${error.name}: ${error.message} (${QUERY})`);
  }
  if (!(error instanceof AwsError)) return wrong(`cannot be reached: ${error.message}`);
  if (/AccessDenied/.test(error.name))
    return wrong(`may not be invoked by you: you need lambda:InvokeFunction on ${functionName}`);
  if (/ResourceNotFound/.test(error.name))
    return wrong(`${functionName} is gone: deploy the stack again`);
  return wrong(`cannot be invoked: ${error.name}: ${error.message}`);
}

/** Whether the call that the webhook has just begun is known to the function that interrupts. */
export function judgeDryRun({ outcomes: [found] }: Reply): Verdict {
  if (found?.reason === 'unknown_session')
    return wrong(
      'does not find the call that the webhook has just answered: may the webhook write the table (dynamodb:UpdateItem)? Its log says session_not_read',
    );
  if (found?.error?.code === 'store_unavailable')
    return wrong(
      'cannot read the table: check its permissions for DynamoDB, and that the table is there',
    );
  if (found?.outcome === 'failed') return wrong(`fails: ${found.error?.message}`);
  return well('finds the call that the webhook has answered');
}

interface Channel {
  /** A call that is live, and not one that we made up. */
  readonly live: boolean;
  readonly tokenCommand: string | undefined;
}

/**
 * What an interruption through the external API has come to. AI Flow knows nothing of a call that
 * we made up.
 */
export function judgeChannel(
  { outcomes: [came] }: Reply,
  { live, tokenCommand }: Channel,
): Verdict {
  const { outcome, reason, error } = came ?? {};
  if (outcome === 'delivered')
    return live
      ? well('AI Flow has taken an interruption of the live call: was it heard?')
      : well(
          'AI Flow takes interruptions; whether they are heard shows only a live call: --session ID',
        );
  if (outcome === 'deferred') return well('it waits for the next event of the call');
  if (reason === 'session_ended' || reason === 'unknown_session') return unknownCall(live);
  if (outcome === 'skipped') return well(`reaches the call, which refuses it now: ${reason}`);
  return wrong(
    FAILED[error?.code ?? '']?.(error?.message ?? '', tokenCommand) ?? `fails: ${error?.message}`,
  );
}

const unknownCall = (live: boolean) =>
  live
    ? wrong(
        'AI Flow, or the stack, knows no such live call: is the session id right, and the path in externalApiUrl?',
      )
    : well(
        'AI Flow answers, and knows nothing of a call that we made up, as it should. A wrong path in externalApiUrl looks the same: --session ID of a live call proves it',
      );

const FAILED: Record<string, (message: string, tokenCommand?: string) => string> = {
  refused: (message, tokenCommand) =>
    message.includes('401')
      ? `AI Flow refuses the token of the external API: store the right one with ${tokenCommand ?? 'ExternalApiTokenCommand'}`
      : `${message}; they are the context keys externalApiUrl, externalApiMethod, externalApiBody, externalApiAcceptedStatuses`,
  unreachable: (message) => `${message}: is the host in externalApiUrl right?`,
  secret_unavailable: () =>
    'the function cannot read the token of the external API: check its permission secretsmanager:GetSecretValue',
  in_doubt: (message) => `${message}: AI Flow has a defect, or the URL is another service's`,
  store_unavailable: () => 'the table cannot be written: check the permission dynamodb:UpdateItem',
};
