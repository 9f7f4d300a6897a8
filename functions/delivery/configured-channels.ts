import { type AwsService, awsJsonFor } from '../runtime/aws-json.ts';
import type { Clock } from '../runtime/clock.ts';
import { type TokenPlace, tokenReader } from '../runtime/secrets-manager.ts';
import { signFor } from '../runtime/sigv4.ts';
import { sentToken } from '../runtime/tokens.ts';
import type { Channel } from './channel.ts';
import { createExternalApi, type ExternalApiSettings } from './external-api.ts';
import { createPost } from './post.ts';
import { createWebSocket } from './websocket.ts';

/** The ways to push that were deployed. */
export const channelsFrom = (settings: ConfiguredChannels, clock: Clock) => ({
  channel: externalApiFrom(settings, clock),
  websocket: webSocketFrom(settings.websocket, clock),
});

interface ConfiguredChannels {
  /** Without a URL only calls over a WebSocket can be pushed to. */
  readonly externalApi: Omit<ExternalApiSettings, 'url'> &
    TokenPlace & { readonly url: string | undefined };
  readonly secretsManager: AwsService;
  /** Without an endpoint nothing is pushed over a WebSocket. */
  readonly websocket: { readonly endpoint: string | undefined; readonly region: string };
}

function externalApiFrom(
  { externalApi: settings, secretsManager }: ConfiguredChannels,
  clock: Clock,
): Channel | undefined {
  const { url } = settings;
  if (!url) return undefined;
  const secrets = awsJsonFor('secretsmanager', secretsManager, clock);
  return createExternalApi({
    settings: { ...settings, url },
    token: sentToken(tokenReader(settings, secrets)),
    post: createPost(clock),
    clock,
    random: Math.random,
  });
}

function webSocketFrom(
  { endpoint, region }: ConfiguredChannels['websocket'],
  clock: Clock,
): Channel | undefined {
  if (!endpoint) return undefined;
  const sign = signFor('execute-api', region, clock.now);
  return createWebSocket({ endpoint, sign, post: createPost(clock), clock, random: Math.random });
}
