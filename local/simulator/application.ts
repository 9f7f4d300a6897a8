import { MISTAKES } from './mistakes.ts';

/** What answers the calls: our functions, or an application of somebody else at this URL. */
export type Application = 'functions' | { url: string };

/** `ws:` and `wss:` URLs are connected to, others are posted to. */
export const transportOf = (url: string) => (/^wss?:/i.test(url) ? 'websocket' : 'http');

/**
 * What a page must know of it. Of the URL neither path nor query is told: a secret may be in them.
 * `interrupt`: where to POST actions for a live call, as there are no rules of ours.
 */
export const toldOf = (application: Application) =>
  application === 'functions'
    ? { application, mistakes: MISTAKES }
    : {
        application: 'foreign',
        origin: originOf(application.url),
        transport: transportOf(application.url),
        interrupt: '/simulator/calls/{id}/actions',
        mistakes: MISTAKES,
      };

/** Scheme, host and port: `URL.origin` is `null` for some schemes. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
