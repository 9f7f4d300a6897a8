import type { Clock } from '../runtime/clock.ts';
import { secretReader } from '../runtime/secrets-manager.ts';
import { signFor } from '../runtime/sigv4.ts';
import { sentToken } from '../runtime/tokens.ts';
import type { Channel } from './channel.ts';
import { createExternalApi, type ExternalApiSettings } from './external-api.ts';
import { createPost } from './post.ts';
import { createWebSocket } from './websocket.ts';

/** The external API as it was deployed; without a URL there is no way to push. */
export function channelFrom(settings: ConfiguredChannel, clock: Clock): Channel | undefined {
  if (!settings.url) return undefined;
  const { url, tokenSecretArn, token } = settings;
  const read = tokenSecretArn ? secretReader(tokenSecretArn) : async () => [{ value: token }];
  return createExternalApi({
    settings: { ...settings, url },
    token: sentToken(read),
    post: createPost(clock),
    clock,
    random: Math.random,
  });
}

/** The WebSocket API as it was deployed, by the URL of its stage; without one nothing is pushed over a WebSocket. */
export function webSocketFrom({ endpoint, region }: ConfiguredWebSocket, clock: Clock): Channel | undefined {
  if (!endpoint) return undefined;
  const sign = signFor('execute-api', region, clock.now);
  return createWebSocket({ endpoint, sign, post: createPost(clock), clock, random: Math.random });
}

export interface ConfiguredWebSocket {
  readonly endpoint: string | undefined;
  readonly region: string;
}

export type ConfiguredChannel = Omit<ExternalApiSettings, 'url'> & {
  readonly url: string | undefined;
  readonly tokenSecretArn: string | undefined;
  readonly token: string;
};
