import { describe, expect, it } from 'vitest';
import {
  createExternalApi,
  type ExternalApiSettings,
  statusRanges,
} from '../../functions/delivery/external-api.ts';
import { type Post, PostFailed, type PostRequest } from '../../functions/delivery/post.ts';
import type { Action } from '../../functions/protocol/actions.ts';
import { manualClock } from '../support/manual-clock.ts';

const SETTINGS = {
  url: 'https://api.example/sessions/{session_id}/actions',
  method: 'POST',
  authHeader: 'Authorization',
  authScheme: 'Bearer',
  acceptedStatuses: '200-299',
};
const ACTIONS = [{ type: 'barge_in' as const, session_id: 'a' }];

function setup(answers: (number | Error)[], settings: Partial<ExternalApiSettings> = {}) {
  const clock = manualClock();
  const requests: PostRequest[] = [];
  const tokens = ['old', 'new'];
  const channel = createExternalApi({
    settings: { ...SETTINGS, ...settings },
    token: async (fresh) => (fresh ? tokens[1] : tokens[0]) as string,
    post: async (request) => {
      requests.push(request);
      const answer = answers[requests.length - 1] ?? answers.at(-1);
      if (typeof answer === 'number') return answer;
      throw answer;
    },
    clock,
    random: () => 1,
  });
  const send = async (
    session_id = 'session-1',
    within = 30_000,
    actions: readonly Action[] = ACTIONS,
  ) => {
    const pending = channel.send(session_id, actions, clock.now() + within);
    await clock.advance(5_000);
    return pending;
  };
  return { requests, send };
}

describe('a send that is likely to come', () => {
  function prepared(session_id: string, settings: Partial<ExternalApiSettings> = {}) {
    const connected: object[] = [];
    let reads = 0;
    const post: Post = Object.assign(async () => 200, {
      prepare: (to: object) => void connected.push(to),
    });
    const channel = createExternalApi({
      settings: { ...SETTINGS, ...settings },
      token: async () => {
        reads++;
        throw new Error('no secret');
      },
      post,
      clock: manualClock(),
      random: () => 1,
    });
    channel.prepare?.(session_id);
    return { connected, reads };
  }

  it('has its token read, and its connection opened', () => {
    expect(prepared('session:1')).toEqual({
      connected: [{ method: 'POST', url: 'https://api.example/sessions/session%3A1/actions' }],
      reads: 1,
    });
  });

  it('has neither for an id that would change the URL', () => {
    expect(prepared('..')).toEqual({ connected: [], reads: 0 });
  });
});

const unsent = new PostFailed('connect ECONNREFUSED', false);

describe('the external API', () => {
  it('is called as it is configured', async () => {
    const { requests, send } = setup([202]);
    expect(await send('session:1')).toEqual({ status: 'delivered' });
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'https://api.example/sessions/session%3A1/actions',
        headers: { 'content-type': 'application/json', Authorization: 'Bearer old' },
        body: JSON.stringify(ACTIONS),
      },
    ]);
  });

  it('can be something else altogether', async () => {
    const settings = {
      method: 'PUT',
      authHeader: 'X-Key',
      authScheme: '',
      acceptedStatuses: '404',
      url: 'http://x/{session_id}/{session_id}',
    };
    const { requests, send } = setup([404], settings);
    expect(await send('a')).toEqual({ status: 'delivered' });
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      url: 'http://x/a/a',
      headers: { 'X-Key': 'old' },
    });
  });

  it('can take the session in its body, and the actions wherever it wants them', async () => {
    const body =
      '{"call":{"id":"{session_id}","ref":"aiflow/{session_id}/1"},"v":[1,null,"{actions}"],"{session_id}":true}';
    const { requests, send } = setup([200], { url: 'https://api.example/actions', body });
    await send('session:1');
    expect(requests[0]?.url).toBe('https://api.example/actions');
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      call: { id: 'session:1', ref: 'aiflow/session:1/1' },
      v: [1, null, ACTIONS],
      '{session_id}': true,
    });
  });

  it('is sent valid JSON, whatever is said', async () => {
    const { requests, send } = setup([200], {
      body: '{"actions":"{actions}","session":"{session_id}"}',
    });
    const actions = [
      { type: 'speak' as const, session_id: 'a', text: '"{session_id}" $& {actions} \\ \n' },
    ];
    await send('a', 30_000, actions);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ actions, session: 'a' });
  });

  it.each([
    ['url', 'ftp://api.example/', 'EXTERNAL_API_URL'],
    ['url', 'api.example/actions', 'EXTERNAL_API_URL'],
    ['url', 'https://{session_id}.example/', 'EXTERNAL_API_URL'],
    ['url', 'https://api.example/{sessionId}', 'EXTERNAL_API_URL'],
    ['url', 'https://api.example/#{session_id}', 'EXTERNAL_API_URL'],
    ['method', 'GET', 'EXTERNAL_API_METHOD'],
    ['authHeader', 'X-Key: a', 'EXTERNAL_API_AUTH_HEADER'],
    ['acceptedStatuses', '2xx', 'EXTERNAL_API_ACCEPTED_STATUSES'],
    ['body', '{"actions": {actions}}', 'EXTERNAL_API_BODY must be JSON'],
    ['body', '{"actions": []}', 'EXTERNAL_API_BODY must hold "{actions}" once'],
    ['body', '{"{actions}": 1}', 'EXTERNAL_API_BODY must hold "{actions}" once'],
    ['body', '["{actions}", "{actions}"]', 'EXTERNAL_API_BODY must hold "{actions}" once'],
    ['body', '["{actions}", "do {actions}"]', 'EXTERNAL_API_BODY knows'],
    ['body', '{"actions": "{actions}", "id": "{session}"}', 'EXTERNAL_API_BODY knows'],
  ])('is refused at the start with the %s %s', (setting, value, message) => {
    expect(() => setup([200], { [setting]: value })).toThrow(message);
  });

  it('says yes to ids of dots where they are in no URL', async () => {
    const settings = { url: 'https://api.example/actions', body: '["{session_id}", "{actions}"]' };
    expect(await setup([200], settings).send('..')).toEqual({ status: 'delivered' });
  });

  it.each([404, 410])('takes %d for a call that is over', async (status) => {
    expect(await setup([status]).send()).toEqual({ status: 'gone' });
  });

  it('reads the token once more when it is refused', async () => {
    const { requests, send } = setup([401, 200]);
    expect(await send()).toEqual({ status: 'delivered' });
    expect(requests.map(({ headers }) => headers.Authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    const twice = setup([401]);
    expect(await twice.send()).toMatchObject({ status: 'refused', retryable: false });
    expect(twice.requests).toHaveLength(2);
  });

  it.each([429, 503, unsent])('tries %s again, twice', async (failure) => {
    const { requests, send } = setup([failure, failure, 200]);
    expect(await send()).toEqual({ status: 'delivered' });
    expect(requests).toHaveLength(3);
    const lost = setup([failure]);
    expect(await lost.send()).toMatchObject({ status: 'refused', retryable: true });
    expect(lost.requests).toHaveLength(3);
  });

  it('starts no attempt after the expiry', async () => {
    const { requests, send } = setup([503]);
    expect(await send('a', 50)).toMatchObject({ status: 'refused', retryable: true });
    expect(requests).toHaveLength(1);
  });

  it.each([500, 502, 504, new PostFailed('no answer within 800 ms', true)])(
    'never repeats what may have been heard: %s',
    async (failure) => {
      const { requests, send } = setup([failure]);
      expect(await send()).toMatchObject({ status: 'in_doubt' });
      expect(requests).toHaveLength(1);
    },
  );

  it.each([400, 403, 302])('does not repeat a refusal: %d', async (status) => {
    const { requests, send } = setup([status]);
    expect(await send()).toMatchObject({ status: 'refused', retryable: false });
    expect(requests).toHaveLength(1);
  });

  it.each(['.', '..', '...'])('lets no id climb the URL: %s', async (id) => {
    const { requests, send } = setup([200]);
    expect(await send(id)).toMatchObject({ status: 'refused', retryable: false });
    expect(requests).toEqual([]);
  });
});

describe('accepted statuses', () => {
  it.each([
    ['200-299', 204, true],
    ['200-299', 300, false],
    ['200, 202-204', 203, true],
    ['202', 200, false],
  ])('%s: %d is %s', (ranges, status, accepted) => {
    expect(statusRanges(ranges)(status)).toBe(accepted);
  });

  it.each(['', '2xx', '200-', 'abc'])('refuses %j', (ranges) => {
    expect(() => statusRanges(ranges)).toThrow(/EXTERNAL_API_ACCEPTED_STATUSES/);
  });
});
